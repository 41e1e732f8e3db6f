"""The gateway against a real Active Directory: Samba's domain controller, with its own password rules and TLS."""

from itertools import count

import pytest

from gateways.directory import interface as doors
from tests.accounts.samba import FACULTY, PASSWORD, PEOPLE

pytestmark = pytest.mark.slow

FIRST, LATER = "Kopi-talua-71-manis", "Rendang-kapau-83-pedas"
numbers = count(1)


@pytest.fixture
def login(samba):
    """A new active login with FIRST."""
    name = f"andi{next(numbers)}"
    samba.directory().make(name, "Andi Saputra", f"{name}@kampus.test", FIRST, "PTK-1")
    samba.put(f"CN={name},{PEOPLE}", "pwdLastSet", "-1")  # else no bind before the person has changed it
    return name


def test_account_is_made_with_its_password_active_and_to_be_changed(samba):
    directory, name = samba.directory(), f"andi{next(numbers)}"
    assert directory.make(name, "Andi Saputra", f"{name}@kampus.test", FIRST, "PTK-1") == doors.PasswordResult(True)
    entry = directory.find(name)
    assert (entry.login, entry.name, entry.mail, entry.made_for) == (
        name,
        "Andi Saputra",
        f"{name}@kampus.test",
        "PTK-1",
    )
    assert (entry.is_suspended, entry.must_change, entry.place) == (False, True, f"CN={name},{PEOPLE}")
    assert entry.changed_at.tzinfo is not None
    raw = samba.raw(entry.place)
    assert (raw["sAMAccountName"], raw["userPrincipalName"]) == ([name.encode()], [f"{name}@kampus.test".encode()])
    samba.put(entry.place, "pwdLastSet", "-1")
    assert samba.binds(name, FIRST)


def test_new_password_binds_and_old_one_no_longer_does(samba, login):
    assert samba.binds(login, FIRST)
    assert samba.directory().set_password(login, LATER) == doors.PasswordResult(must_change=True)
    assert samba.directory().find(login).must_change
    samba.put(f"CN={login},{PEOPLE}", "pwdLastSet", "-1")
    assert (samba.binds(login, LATER), samba.binds(login, FIRST)) == (True, False)
    assert samba.directory().find(login).password_changed_at.tzinfo is not None


def test_suspended_login_does_not_bind_until_activated_and_keeps_its_other_bits(samba, login):
    place = f"CN={login},{PEOPLE}"
    samba.put(place, "userAccountControl", str(0x200 | 0x10000))
    samba.directory().suspend(login)
    assert (samba.directory().find(login).is_suspended, samba.binds(login, FIRST)) == (True, False)
    samba.directory().activate(login)
    assert (samba.raw(place)["userAccountControl"], samba.binds(login, FIRST)) == ([b"66048"], True)


def test_password_that_never_expires_is_told_as_not_to_be_changed(samba, login):
    samba.put(f"CN={login},{PEOPLE}", "userAccountControl", str(0x200 | 0x10000))
    assert samba.directory().set_password(login, LATER) == doors.PasswordResult(must_change=False)


def test_locked_out_person_gets_in_with_the_new_password(samba, login):
    place = f"CN={login},{PEOPLE}"
    samba.directory().set_password(login, LATER)
    assert samba.raw(place).get("lockoutTime", [b"0"]) == [b"0"]


def test_entry_in_a_faculty_is_found_and_changed_where_it_lies(samba):
    directory, name = samba.directory(), f"dosen{next(numbers)}"
    place = f"CN=Dr. {name},{FACULTY}"
    samba.add_user(place, name, displayName="Dr. Dosen")
    assert (directory.find(name).place, directory.find(name).is_suspended) == (place, True)
    directory.set_password(name, FIRST)
    directory.activate(name)
    samba.put(place, "pwdLastSet", "-1")
    assert samba.binds(name, FIRST)
    assert name in {entry.login for entry in directory.entries()}


def test_login_known_in_another_folder_is_not_made_a_second_time(samba):
    name = f"dosen{next(numbers)}"
    samba.add_user(f"CN={name},{FACULTY}", name)
    with pytest.raises(doors.EntryExists):
        samba.directory().make(name, "X", f"{name}@kampus.test", FIRST, "PTK-2")
    with pytest.raises(doors.EntryExists):  # outside our base: only the server knows of it
        samba.directory(base_dn=FACULTY, new_dn=FACULTY).create("helpdesk", "X", "x@kampus.test")


def test_what_an_interrupted_try_left_is_finished_for_its_ticket_alone(samba):
    directory, name = samba.directory(), f"andi{next(numbers)}"
    directory.create(name, "Andi", f"{name}@kampus.test")
    samba.put(f"CN={name},{PEOPLE}", "description", "PTK-7")
    with pytest.raises(doors.EntryExists):
        directory.make(name, "Andi", f"{name}@kampus.test", FIRST, "PTK-8")
    assert directory.make(name, "Andi", f"{name}@kampus.test", FIRST, "PTK-7").must_change
    assert not directory.find(name).is_suspended


@pytest.mark.parametrize("weak", ["pendek", "hurufkecilsaja"])
def test_password_against_the_domains_rules_is_refused(samba, login, weak):
    with pytest.raises(doors.PasswordRejected) as refusal:
        samba.directory().set_password(login, weak)
    assert refusal.value.nothing_changed
    assert samba.binds(login, FIRST)


@pytest.mark.parametrize("name", ["prodi.akuntansi.keuangan", "a+b", "titik."])
def test_name_that_windows_does_not_take_is_refused_before_anything_is_made(samba, name):
    with pytest.raises(doors.NameRefused) as refusal:
        samba.directory().make(name, "X", "x@kampus.test", FIRST, "PTK-3")
    assert (refusal.value.nothing_changed, samba.directory().find(name)) == (True, None)


@pytest.mark.parametrize("act", ["activate", "suspend"])
def test_unknown_login_is_refused(samba, act):
    with pytest.raises(doors.EntryMissing):
        getattr(samba.directory(), act)("tidak-ada")
    with pytest.raises(doors.EntryMissing):
        samba.directory().set_password("tidak-ada", FIRST)


def test_own_accounts_of_the_domain_are_nobodys_login(samba):
    everywhere = samba.directory(base_dn="DC=kampus,DC=test")
    assert {"administrator", "krbtgt", "guest"}.isdisjoint(entry.login for entry in everywhere.entries())
    assert everywhere.find("Administrator") is None


def test_service_account_without_the_right_is_told(samba, login):
    with pytest.raises(doors.DirectoryForbidden) as refusal:
        samba.directory(bind_dn=f"CN={login},{PEOPLE}", bind_password=FIRST).set_password(login, LATER)
    assert refusal.value.nothing_changed
    with pytest.raises(doors.DirectoryForbidden):
        samba.directory(bind_password="bukan-ini").find(login)


@pytest.mark.parametrize("hostile", ["*", "*)(cn=*", "a\\2a", "(", "Ünï"])
def test_s8_filter_characters_find_nobody_in_active_directory(samba, login, hostile):
    assert samba.directory().find(hostile) is None


def test_s8_starttls_is_used_on_the_plain_port_of_active_directory(samba, login):
    by_starttls = samba.directory(url=f"ldap://{samba.address}")
    assert by_starttls.set_password(login, LATER).must_change


def test_s8_domain_controller_of_a_strange_authority_gets_nothing(samba, login):
    with pytest.raises(doors.DirectoryUntrusted):
        samba.directory(ca_file=str(samba.home / "stranger-ca.pem")).set_password(login, LATER)
    assert samba.binds(login, FIRST)
    assert PASSWORD not in repr(samba.directory().settings)
