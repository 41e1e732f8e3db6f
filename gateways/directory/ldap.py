"""The LDAP directory, OpenLDAP or Active Directory: makes logins, activates, suspends and gives them passwords."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Protocol

from ldap3.core.exceptions import LDAPExceptionError

from gateways.directory.active_directory import ActiveDirectory
from gateways.directory.interface import (
    DirectoryEntry,
    DirectoryForbidden,
    EntryExists,
    EntryMissing,
    MustChangeFirst,
    PasswordResult,
    Proof,
    refuse_empty,
)
from gateways.directory.ldap_session import LdapRow, LdapSettings, Session
from gateways.directory.openldap import OpenLdap

UNIQUE = ("entryUUID", "objectGUID")  # what an entry keeps for ever (RFC 4530; MS-ADTS), of either kind of server


class Dialect(Protocol):
    """How one kind of server names, finds and changes a login; `place` is an entry's distinguished name."""

    attributes: list[str]
    everybody: str

    def named(self, login: str) -> str: ...

    def entry(self, row: LdapRow, login: str = "") -> DirectoryEntry: ...

    def add(self, session: Session, login: str, name: str, mail: str, made_for: str) -> str: ...

    def set_password(self, session: Session, place: str, password: str) -> bool: ...

    def unlock(self, session: Session, place: str) -> None: ...

    def lock(self, session: Session, place: str) -> None: ...


class LdapDirectory:
    """A directory server reached by ldap3; one connection a call, closed with it.

    What `find` finds is what the other calls change: the entry is looked for below the whole base, and changed
    where it lies. Two entries of one login are refused.
    """

    is_connected = True

    def __init__(self, settings: LdapSettings) -> None:
        self.settings = settings

    def find(self, login: str) -> DirectoryEntry | None:
        """The entry of one login, or None."""
        with self._session() as session:
            return _find(session, login)

    def entries(self) -> Iterator[DirectoryEntry]:
        """Every login under the base, read by pages (RFC 2696) over one connection."""
        with self._session() as session:
            dialect = _dialect(session)
            for page in session.pages(dialect.everybody, dialect.attributes):
                yield from (dialect.entry(row) for row in page)

    def create(self, login: str, name: str, mail: str) -> None:
        """Make the entry without a password; suspended at once where the server can."""
        with self._session() as session:
            _refuse_taken(session, login)
            _dialect(session).add(session, login, name, mail, "")

    def make(self, login: str, name: str, mail: str, password: str, made_for: str) -> PasswordResult:
        """Entry, password, activation, within one time limit; what an interrupted try of ours left is finished."""
        refuse_empty(password)
        with self._session() as session:
            dialect, entry = _dialect(session), _find(session, login)
            if entry is not None and (not made_for or entry.made_for != made_for):
                raise EntryExists(login)
            place = entry.place if entry else dialect.add(session, login, name, mail, made_for)
            must_change = dialect.set_password(session, place, password)
            dialect.unlock(session, place)
            return PasswordResult(must_change)

    def activate(self, login: str) -> None:
        with self._session() as session:
            place = _place(session, login)
            _dialect(session).unlock(session, place)

    def suspend(self, login: str) -> None:
        """Lock the login until it is activated."""
        with self._session() as session:
            place = _place(session, login)
            _dialect(session).lock(session, place)

    def set_password(self, login: str, password: str) -> PasswordResult:
        """The password, then the flag that asks for a new one; the flag's failure does not undo the password."""
        refuse_empty(password)
        with self._session() as session:
            place = _place(session, login)
            return PasswordResult(must_change=_dialect(session).set_password(session, place, password))

    def prove(self, login: str, password: str, number: str) -> Proof | None:
        """Look the entry up by our own right, then bind as it; an empty password would bind as nobody and be let in."""
        if not login.strip() or not password.strip():
            return None
        with self._session() as session:
            dialect = _dialect(session)
            wanted = [*dialect.attributes, *UNIQUE, *([number] if number else [])]
            row = session.search(dialect.named(login), wanted)
        if row is None or not self._binds(row.place, password):
            return None
        entry = dialect.entry(row, login)
        if entry.is_suspended:
            return None
        if entry.must_change:
            raise MustChangeFirst(login)
        unique = next((row.values[name][0].hex() for name in UNIQUE if row.values.get(name)), row.place)
        return Proof(unique, row.first(number) if number else "")

    def _binds(self, place: str, password: str) -> bool:
        """Does this password open this entry? The connection is closed at once: nothing is done in its name."""
        try:
            with self._session(replace(self.settings, bind_dn=place, bind_password=password)):
                return True
        except DirectoryForbidden:
            return False

    @contextmanager
    def _session(self, settings: LdapSettings | None = None) -> Iterator[Session]:
        """A bound connection; whatever goes wrong in it comes out as a DirectoryError."""
        session = Session(settings or self.settings)
        try:
            session.open()
            yield session
        except (LDAPExceptionError, OSError) as error:
            raise session.explain(error) from None  # the original may hold what was sent
        finally:
            session.close()


def _dialect(session: Session) -> Dialect:
    """By what the server says of itself: no setting can be wrong."""
    return ActiveDirectory() if session.is_active_directory else OpenLdap()


def _find(session: Session, login: str) -> DirectoryEntry | None:
    dialect = _dialect(session)
    row = session.search(dialect.named(login), dialect.attributes)
    return dialect.entry(row, login) if row else None


def _place(session: Session, login: str) -> str:
    entry = _find(session, login)
    if entry is None:
        raise EntryMissing(login)
    return entry.place


def _refuse_taken(session: Session, login: str) -> None:
    """The server refuses a second entry of one place only; the login may lie in another."""
    if _find(session, login) is not None:
        raise EntryExists(login)
