"""How OpenLDAP and its like keep a login: uid, RFC 3062 for passwords, the password policy's lock and reset flag."""

from contextlib import suppress

from ldap3.core.exceptions import LDAPExceptionError
from ldap3.utils.conv import escape_filter_chars

from gateways.directory.interface import DirectoryEntry, DirectoryError, NotSupported
from gateways.directory.ldap_session import LdapRow, Session, escape_dn_value, generalized_time

LOCKED_FOR_EVER = "000001010000Z"
"""pwdAccountLockedTime's value for an account that only an administrator unlocks (ppolicy draft, 5.3.3)."""

PEOPLE = "(|(objectClass=inetOrgPerson)(objectClass=posixAccount)(objectClass=account))"
ATTRIBUTES = ["uid", "cn", "mail", "pwdReset", "pwdAccountLockedTime", "pwdChangedTime"]
ATTRIBUTES += ["modifyTimestamp", "description"]


class OpenLdap:
    """Logins by uid, wherever they lie below the base and however their entry is named."""

    attributes = ATTRIBUTES
    everybody = f"(&{PEOPLE}(uid=*))"

    def named(self, login: str) -> str:
        return f"(&{PEOPLE}(uid={escape_filter_chars(login)}))"

    def entry(self, row: LdapRow, login: str = "") -> DirectoryEntry:
        """`login` is the name that was asked for: an entry may have several, and servers know no case."""
        names = row.all("uid") or [""]
        return DirectoryEntry(
            login=login if login.casefold() in map(str.casefold, names) else names[0].lower(),
            name=row.first("cn"),
            mail=row.first("mail"),
            is_suspended=bool(row.first("pwdAccountLockedTime")),
            must_change=row.first("pwdReset") == "TRUE",
            password_changed_at=generalized_time(row.first("pwdChangedTime")),
            changed_at=generalized_time(row.first("modifyTimestamp")),
            made_for=row.first("description"),
            place=row.place,
        )

    def add(self, session: Session, login: str, name: str, mail: str, made_for: str) -> str:
        """An entry that nobody can use: without password, locked where the server can. Says where it is."""
        place = f"uid={escape_dn_value(login)},{session.settings.new_dn or session.settings.base_dn}"
        attributes = {"uid": login, "cn": name, "sn": (name.split() or [login])[-1], "mail": mail}
        if made_for:
            attributes["description"] = made_for
        has_policy = session.has_password_policy  # asked before the change, so that only one thing can fail
        session.write("add", place, ["inetOrgPerson"], attributes)
        if has_policy:
            session.replace(place, "pwdAccountLockedTime", LOCKED_FOR_EVER)
        return place

    def set_password(self, session: Session, place: str, password: str) -> bool:
        """The password, then pwdReset (ppolicy draft, 5.3.6); says whether a new one will be asked for."""
        has_policy = session.has_password_policy
        session.write_password(place, password)
        if not has_policy:
            return False
        with suppress(DirectoryError, LDAPExceptionError, OSError):
            session.replace(place, "pwdReset", "TRUE")
            return True
        return False

    def unlock(self, session: Session, place: str) -> None:
        if session.has_password_policy:
            session.replace(place, "pwdAccountLockedTime", None)

    def lock(self, session: Session, place: str) -> None:
        """The server's policy needs pwdLockout TRUE for it."""
        if not session.has_password_policy:
            raise NotSupported("no password policy schema")
        session.replace(place, "pwdAccountLockedTime", LOCKED_FOR_EVER)
