"""How Active Directory keeps a login: sAMAccountName, unicodePwd over TLS, the disabled bit; Windows and Samba alike.

Sources: MS-ADTS 3.1.1.3.1.5 (unicodePwd), 2.2.16 (userAccountControl); MS-ADA3 (pwdLastSet, sAMAccountName).
"""

import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from ldap3.core.exceptions import LDAPExceptionError
from ldap3.utils.conv import escape_filter_chars

from gateways.directory.interface import DirectoryEntry, DirectoryError, EntryMissing, NameRefused
from gateways.directory.ldap_session import LdapRow, Session, escape_dn_value, generalized_time

DISABLED, NORMAL, NEVER_EXPIRES = 0x2, 0x200, 0x10000  # bits of userAccountControl
LONGEST_LOGIN = 20
FORBIDDEN = re.compile(r"[\x00-\x1f\"/\\\[\]:;|=,+*?<>@]|\.$")  # in a sAMAccountName
PEOPLE = "(objectCategory=person)(objectClass=user)(!(isCriticalSystemObject=TRUE))"
BEGINNING = datetime(1601, 1, 1, tzinfo=UTC)  # of Windows' clock, which counts tenths of microseconds
ATTRIBUTES = ["sAMAccountName", "displayName", "cn", "mail", "userAccountControl", "pwdLastSet", "whenChanged"]
ATTRIBUTES += ["description"]


class ActiveDirectory:
    """Logins by sAMAccountName, wherever they lie below the base."""

    attributes = ATTRIBUTES
    everybody = f"(&{PEOPLE}(sAMAccountName=*))"

    def named(self, login: str) -> str:
        return f"(&{PEOPLE}(sAMAccountName={escape_filter_chars(login)}))"

    def entry(self, row: LdapRow, login: str = "") -> DirectoryEntry:
        set_at = int(row.first("pwdLastSet") or 0)
        return DirectoryEntry(
            login=login or row.first("sAMAccountName").lower(),
            name=row.first("displayName") or row.first("cn"),
            mail=row.first("mail"),
            is_suspended=bool(_control(row) & DISABLED),
            must_change=not set_at and not _control(row) & NEVER_EXPIRES,
            password_changed_at=BEGINNING + timedelta(microseconds=set_at // 10) if set_at else None,
            changed_at=generalized_time(row.first("whenChanged")),
            made_for=row.first("description"),
            place=row.place,
        )

    def add(self, session: Session, login: str, name: str, mail: str, made_for: str) -> str:
        """A disabled entry without a password. Says where it is."""
        if len(login) > LONGEST_LOGIN or FORBIDDEN.search(login):
            raise NameRefused(f"{len(login)} characters")
        place = f"CN={escape_dn_value(login)},{session.settings.new_dn or session.settings.base_dn}"
        attributes = {
            "sAMAccountName": login,
            "userPrincipalName": f"{login}@{_realm(session)}",
            "displayName": name,
            "sn": (name.split() or [login])[-1],
            "mail": mail,
            "description": made_for,
            "userAccountControl": str(NORMAL | DISABLED),
        }
        filled = {key: value for key, value in attributes.items() if value}
        session.write("add", place, ["top", "person", "organizationalPerson", "user"], filled)
        return place

    def set_password(self, session: Session, place: str, password: str) -> bool:
        """The password in quotes as UTF-16, then "must change at next logon"; says whether that took.

        Whoever locked themselves out by wrong tries gets in again with the new password.
        """
        control = _read_control(session, place)
        session.replace(place, "unicodePwd", f'"{password}"'.encode("utf-16-le"))
        with suppress(DirectoryError, LDAPExceptionError, OSError):
            session.replace(place, "lockoutTime", "0")
        with suppress(DirectoryError, LDAPExceptionError, OSError):
            session.replace(place, "pwdLastSet", "0")
            return not control & NEVER_EXPIRES
        return False

    def unlock(self, session: Session, place: str) -> None:
        session.replace(place, "userAccountControl", str(_read_control(session, place) & ~DISABLED))

    def lock(self, session: Session, place: str) -> None:
        session.replace(place, "userAccountControl", str(_read_control(session, place) | DISABLED))


def _read_control(session: Session, place: str) -> int:
    """The bits as they are now: only one of them is ours to change."""
    row = session.read(place, ["userAccountControl"])
    if row is None:
        raise EntryMissing(place)
    return _control(row)


def _control(row: LdapRow) -> int:
    return int(row.first("userAccountControl") or NORMAL)


def _realm(session: Session) -> str:
    """The domain's name, from its distinguished one: DC=kampus,DC=test is kampus.test."""
    parts = re.findall(r"DC=([^,]+)", session.root.first("defaultNamingContext"), re.IGNORECASE)
    return ".".join(parts)
