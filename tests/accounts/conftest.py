"""The directory servers of the account tests, one of each kind for the whole run."""

import os

import pytest

from tests.accounts.samba import SambaDC, why_not
from tests.accounts.slapd import Slapd


@pytest.fixture(scope="session")
def slapd(tmp_path_factory):
    """A directory with the password policy overlay (pwdReset, pwdAccountLockedTime)."""
    with Slapd(tmp_path_factory.mktemp("ldap") / "policy") as server:
        yield server


@pytest.fixture(scope="session")
def plain_slapd(tmp_path_factory):
    """A directory without that overlay or its schema."""
    with Slapd(tmp_path_factory.mktemp("ldap") / "plain", with_policy=False) as server:
        yield server


@pytest.fixture(scope="session")
def samba(tmp_path_factory):
    """An Active Directory: Samba's domain controller; left out where it cannot run, but never in CI."""
    if (why := why_not()) and os.environ.get("CI") != "true":
        pytest.skip(f"Samba's domain controller: {why}")
    assert not why
    with SambaDC(tmp_path_factory.mktemp("ad") / "dc") as server:
        yield server
