"""The LDAP directory: makes logins, activates, suspends and gives them passwords."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from ldap3.core.exceptions import LDAPExceptionError

from gateways.directory.interface import (
    DirectoryEntry,
    DirectoryError,
    EntryExists,
    EntryMissing,
    NotSupported,
    PasswordResult,
    refuse_empty,
)
from gateways.directory.ldap_session import LdapSettings, Session

LOCKED_FOR_EVER = "000001010000Z"
"""pwdAccountLockedTime's value for an account that only an administrator unlocks (ppolicy draft, 5.3.3)."""


class LdapDirectory:
    """A directory server reached by ldap3; one connection a call, closed with it."""

    is_connected = True

    def __init__(self, settings: LdapSettings) -> None:
        self.settings = settings

    def find(self, login: str) -> DirectoryEntry | None:
        """The entry of one login, or None."""
        with self._session() as session:
            return session.find(login)

    def entries(self) -> Iterator[DirectoryEntry]:
        """Every login under the base, read by pages (RFC 2696) over one connection."""
        with self._session() as session:
            for page in session.pages():
                yield from page

    def create(self, login: str, name: str, mail: str) -> None:
        """Make the entry without a password; suspended at once where the server can."""
        with self._session() as session:
            _add(session, login, name, mail)

    def make(self, login: str, name: str, mail: str, password: str, made_for: str) -> PasswordResult:
        """Entry, password, activation, within one time limit; what an interrupted try of ours left is finished."""
        refuse_empty(password)
        with self._session() as session:
            has_policy, entry = session.has_password_policy, session.find(login)
            if entry is None:
                _add(session, login, name, mail, made_for)
            elif not made_for or entry.made_for != made_for:
                raise EntryExists(login)
            session.write_password(login, password)
            must_change = has_policy and _flag(session, login)
            if has_policy:
                session.replace(login, "pwdAccountLockedTime", None)
            return PasswordResult(must_change)

    def activate(self, login: str) -> None:
        with self._session() as session:
            if session.has_password_policy:
                session.replace(login, "pwdAccountLockedTime", None)
            elif session.find(login) is None:
                raise EntryMissing(login)

    def suspend(self, login: str) -> None:
        """Lock the login until it is activated (the server's policy needs pwdLockout TRUE for it)."""
        with self._session() as session:
            if not session.has_password_policy:
                raise NotSupported("no password policy schema")
            session.replace(login, "pwdAccountLockedTime", LOCKED_FOR_EVER)

    def set_password(self, login: str, password: str) -> PasswordResult:
        """RFC 3062, the server hashes; then pwdReset. The flag's failure does not undo the password."""
        refuse_empty(password)
        with self._session() as session:
            if session.find(login) is None:
                raise EntryMissing(login)
            has_flag = session.has_password_policy  # asked before the change, so that only one thing can fail
            session.write_password(login, password)
            return PasswordResult(must_change=has_flag and _flag(session, login))

    @contextmanager
    def _session(self) -> Iterator[Session]:
        """A bound connection; whatever goes wrong in it comes out as a DirectoryError."""
        session = Session(self.settings)
        try:
            session.open()
            yield session
        except (LDAPExceptionError, OSError) as error:
            raise session.explain(error) from None  # the original may hold what was sent
        finally:
            session.close()


def _add(session: Session, login: str, name: str, mail: str, made_for: str = "") -> None:
    """An entry that nobody can use: without password, locked where the server can."""
    attributes = {"uid": login, "cn": name, "sn": (name.split() or [login])[-1], "mail": mail}
    if made_for:
        attributes["description"] = made_for
    has_policy = session.has_password_policy  # asked before the change, so that only one thing can fail
    session.write("add", session.dn(login), ["inetOrgPerson"], attributes)
    if has_policy:
        session.replace(login, "pwdAccountLockedTime", LOCKED_FOR_EVER)


def _flag(session: Session, login: str) -> bool:
    """Ask for a new password at the next login (pwdReset, ppolicy draft 5.3.6); say whether it took."""
    with suppress(DirectoryError, LDAPExceptionError, OSError):
        session.replace(login, "pwdReset", "TRUE")
        return True
    return False
