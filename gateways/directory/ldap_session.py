"""One conversation with an LDAP server: bound, certificate checked, limited in time.

Nothing is ever sent in clear text, and no value reaches a filter or a name without escaping.
"""

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

import ldap3
from ldap3.core import exceptions as ldap_errors
from ldap3.core import results

from gateways.directory.interface import (
    TIME_LIMIT_SECONDS,
    DirectoryError,
    DirectoryForbidden,
    DirectoryTimeout,
    DirectoryUnreachable,
    DirectoryUntrusted,
    EntryExists,
    EntryMissing,
    NameRefused,
    NotSupported,
    PasswordRejected,
    SeveralEntries,
)

PAGED_RESULTS = "1.2.840.113556.1.4.319"
"""The control of RFC 2696."""

ACTIVE_DIRECTORY = b"1.2.840.113556.1.4.800"
"""LDAP_CAP_ACTIVE_DIRECTORY_OID (MS-ADTS 3.1.1.3.4.3.1), told by Windows and by Samba alike."""

REFUSALS: dict[int, type[DirectoryError]] = {
    results.RESULT_NO_SUCH_OBJECT: EntryMissing,
    results.RESULT_ENTRY_ALREADY_EXISTS: EntryExists,
    results.RESULT_CONSTRAINT_VIOLATION: PasswordRejected,
    results.RESULT_INSUFFICIENT_ACCESS_RIGHTS: DirectoryForbidden,
    results.RESULT_INVALID_CREDENTIALS: DirectoryForbidden,
    results.RESULT_INAPPROPRIATE_AUTHENTICATION: DirectoryForbidden,
    results.RESULT_UNWILLING_TO_PERFORM: NotSupported,
    results.RESULT_UNDEFINED_ATTRIBUTE_TYPE: NotSupported,
    results.RESULT_PROTOCOL_ERROR: NotSupported,
    results.RESULT_BUSY: DirectoryUnreachable,
    results.RESULT_UNAVAILABLE: DirectoryUnreachable,
}
WINDOWS_REFUSALS: dict[str, type[DirectoryError]] = {
    "0000052D": PasswordRejected,  # ERROR_PASSWORD_RESTRICTION, whatever LDAP calls it
    "00000524": EntryExists,  # ERROR_USER_EXISTS
    "00000523": NameRefused,  # ERROR_INVALID_ACCOUNT_NAME
}
Argument = str | list[str] | dict[str, str] | dict[str, list[tuple[str, list[str | bytes]]]]  # of a call of ldap3


@dataclass(frozen=True)
class LdapSettings:
    """Where the directory is. `ldap://` always upgrades by STARTTLS; there is no clear-text setting."""

    url: str
    bind_dn: str
    bind_password: str = field(repr=False)
    base_dn: str  # logins are looked for in all that lies below it
    new_dn: str = ""  # where new ones are made; the base by default
    ca_file: str | None = None
    time_limit: float = TIME_LIMIT_SECONDS

    def __post_init__(self) -> None:
        if urlsplit(self.url).scheme not in ("ldap", "ldaps") or not urlsplit(self.url).hostname:
            raise ValueError("DIRECTORY_URL must read ldap://host:port or ldaps://host:port")
        if not self.bind_dn or not self.bind_password:
            raise ValueError("DIRECTORY_BIND_DN and DIRECTORY_BIND_PASSWORD are both required")


@dataclass(frozen=True)
class LdapRow:
    """One entry as read: its distinguished name, and the values of its attributes as bytes."""

    place: str
    values: dict[str, list[bytes]]

    def first(self, name: str) -> str:
        return str((self.values.get(name) or [b""])[0], "utf-8", "replace")

    def all(self, name: str) -> list[str]:
        return [str(value, "utf-8", "replace") for value in self.values.get(name, ())]


class VerifiedTls(ldap3.Tls):
    """TLS whose chain and host name OpenSSL checks during the handshake (ldap3 looks only afterwards)."""

    def wrap_socket(self, connection: Any, do_handshake: bool = False) -> None:
        context = ssl.create_default_context(cafile=self.ca_certs_file)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        connection.socket = context.wrap_socket(connection.socket, server_hostname=connection.server.host)


class Session:
    """One connection and its clock."""

    def __init__(self, settings: LdapSettings) -> None:
        self.settings, self.wrote, self.changed = settings, False, False
        self._policy: bool | None = None
        self._root: LdapRow | None = None
        self.ends_at = monotonic() + settings.time_limit
        where = urlsplit(settings.url)
        secure = where.scheme == "ldaps"
        self.server = ldap3.Server(
            where.hostname,
            port=where.port or (636 if secure else 389),
            use_ssl=secure,
            tls=VerifiedTls(validate=ssl.CERT_REQUIRED, ca_certs_file=settings.ca_file),
            get_info=ldap3.NONE,
            connect_timeout=settings.time_limit,
        )
        self.starttls = not secure
        self.connection = ldap3.Connection(
            self.server,
            settings.bind_dn,
            settings.bind_password,
            receive_timeout=max(1, round(settings.time_limit)),
            check_names=False,
            auto_referrals=False,
        )
        self.timer: threading.Timer | None = None

    def _cut(self) -> None:
        with suppress(OSError, AttributeError):
            self.connection.socket.shutdown(2)

    def _wind(self) -> None:
        """Start the clock; when it runs out the socket is cut, however slowly the server drips."""
        if self.timer:
            self.timer.cancel()
        self.ends_at = monotonic() + self.settings.time_limit
        self.timer = threading.Timer(self.settings.time_limit, self._cut)
        self.timer.daemon = True
        self.timer.start()

    def open(self) -> None:
        self._wind()
        self.connection.open(read_server_info=False)
        if self.starttls:
            self.connection.start_tls(read_server_info=False)
        self.connection.bind(read_server_info=False)
        self._check()

    def close(self) -> None:
        if self.timer:
            self.timer.cancel()
        with suppress(ldap_errors.LDAPExceptionError, OSError, AttributeError):
            self.connection.strategy.close()

    def explain(self, error: Exception) -> DirectoryError:
        """The failure in our terms: certificate, time, or no connection; uncertain once sent."""
        text = f"{type(error).__name__}: {error}"
        if "CERTIFICATE_VERIFY_FAILED" in text or "certificate verify failed" in text:
            return DirectoryUntrusted(type(error).__name__)
        certain = not self.wrote
        if monotonic() >= self.ends_at - 0.05 or "timed out" in text:
            return DirectoryTimeout(type(error).__name__, nothing_changed=certain)
        if self.wrote:
            return DirectoryTimeout(type(error).__name__, nothing_changed=False)
        return DirectoryUnreachable(type(error).__name__)

    def _check(self) -> None:
        code = self.connection.result["result"]
        if code != results.RESULT_SUCCESS:
            said = str(self.connection.result.get("message") or "")[:8].upper()
            refusal = WINDOWS_REFUSALS.get(said) or REFUSALS.get(code, DirectoryError)
            told = f"LDAP {code} {self.connection.result['description']}"
            raise refusal(told, nothing_changed=not self.changed)

    def write(self, verb: str, *arguments: Argument) -> None:
        """One change. Until its answer is read, nobody can say whether it was made."""
        call: Callable[..., Any] = getattr(self.connection, verb)
        self.wrote = True
        call(*arguments)
        self._check()
        self.changed = True

    def replace(self, place: str, attribute: str, value: str | bytes | None) -> None:
        values = [] if value is None else [value]
        self.write("modify", place, {attribute: [(ldap3.MODIFY_REPLACE, values)]})

    def write_password(self, place: str, password: str) -> None:
        """RFC 3062: the server hashes it."""
        self.wrote = True
        self.connection.extend.standard.modify_password(place, new_password=password.encode())
        self._check()
        self.changed = True

    @property
    def root(self) -> LdapRow:
        """What the server says of itself (RFC 4512, 5.1); read once a session."""
        if self._root is None:
            wanted = ["subschemaSubentry", "supportedCapabilities", "defaultNamingContext"]
            self.connection.search("", "(objectClass=*)", ldap3.BASE, attributes=wanted)
            self._root = _rows(self.connection)[0]
        return self._root

    @property
    def is_active_directory(self) -> bool:
        return ACTIVE_DIRECTORY in self.root.values.get("supportedCapabilities", ())

    @property
    def has_password_policy(self) -> bool:
        """Whether the schema knows the ppolicy attributes; read once a session, raw (parsing it is slow)."""
        if self._policy is None:
            where = self.root.first("subschemaSubentry")
            self.connection.search(where, "(objectClass=subschema)", ldap3.BASE, attributes=["attributeTypes"])
            types = _rows(self.connection)[0].values.get("attributeTypes", [])
            self._policy = any(b"'pwdReset'" in line for line in types)
        return self._policy

    def search(self, wanted: str, attributes: list[str]) -> LdapRow | None:
        """The one entry below the base that fits, or None. Raises SeveralEntries."""
        self.connection.search(self.settings.base_dn, wanted, ldap3.SUBTREE, attributes=attributes, size_limit=2)
        code, rows = self.connection.result["result"], _rows(self.connection)
        if len(rows) > 1 or code == results.RESULT_SIZE_LIMIT_EXCEEDED:
            raise SeveralEntries(wanted)
        if code != results.RESULT_NO_SUCH_OBJECT:
            self._check()
        return rows[0] if rows else None

    def read(self, place: str, attributes: list[str]) -> LdapRow | None:
        """The entry of this distinguished name, or None."""
        self.connection.search(place, "(objectClass=*)", ldap3.BASE, attributes=attributes)
        if self.connection.result["result"] != results.RESULT_NO_SUCH_OBJECT:
            self._check()
        return next(iter(_rows(self.connection)), None)

    def pages(self, wanted: str, attributes: list[str]) -> Iterator[list[LdapRow]]:
        """Every entry below the base that fits, 500 at a time; the clock starts anew for each page."""
        cookie = None
        while cookie != b"":
            self._wind()
            self.connection.search(
                self.settings.base_dn,
                wanted,
                ldap3.SUBTREE,
                attributes=attributes,
                paged_size=500,
                paged_cookie=cookie,
            )
            self._check()
            yield _rows(self.connection)
            cookie = self.connection.result["controls"][PAGED_RESULTS]["value"]["cookie"]


def escape_dn_value(value: str) -> str:
    """A value safe inside a distinguished name (RFC 4514, 2.4): all but letters and digits as hex pairs."""
    return "".join(c if c.isascii() and c.isalnum() else _hex_pairs(c) for c in value)


def _hex_pairs(character: str) -> str:
    return "".join(f"\\{byte:02x}" for byte in character.encode())


def _rows(connection: Any) -> list[LdapRow]:
    found = [row for row in connection.response or [] if row["type"] == "searchResEntry"]
    return [LdapRow(row["dn"], row["raw_attributes"]) for row in found]


def generalized_time(text: str) -> datetime | None:
    """GeneralizedTime as servers write it (20261123093000Z, with or without a fraction)."""
    digits = text.split(".")[0].rstrip("Z")
    if len(digits) != 14 or not digits.isdecimal():
        return None
    return datetime.strptime(digits, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
