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
from ldap3.utils.conv import escape_filter_chars

from gateways.directory.interface import (
    TIME_LIMIT_SECONDS,
    DirectoryEntry,
    DirectoryError,
    DirectoryForbidden,
    DirectoryTimeout,
    DirectoryUnreachable,
    DirectoryUntrusted,
    EntryExists,
    EntryMissing,
    NotSupported,
    PasswordRejected,
)

PAGED_RESULTS = "1.2.840.113556.1.4.319"
"""The control of RFC 2696."""

ATTRIBUTES = ["uid", "cn", "mail", "pwdReset", "pwdAccountLockedTime", "pwdChangedTime"]
ATTRIBUTES += ["modifyTimestamp", "description"]

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


@dataclass(frozen=True)
class LdapSettings:
    """Where the directory is. `ldap://` always upgrades by STARTTLS; there is no clear-text setting."""

    url: str
    bind_dn: str
    bind_password: str = field(repr=False)
    base_dn: str
    ca_file: str | None = None
    time_limit: float = TIME_LIMIT_SECONDS

    def __post_init__(self) -> None:
        if urlsplit(self.url).scheme not in ("ldap", "ldaps") or not urlsplit(self.url).hostname:
            raise ValueError("DIRECTORY_URL must read ldap://host:port or ldaps://host:port")
        if not self.bind_dn or not self.bind_password:
            raise ValueError("DIRECTORY_BIND_DN and DIRECTORY_BIND_PASSWORD are both required")


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
            refusal = REFUSALS.get(code, DirectoryError)
            told = f"LDAP {code} {self.connection.result['description']}"
            raise refusal(told, nothing_changed=not self.changed)

    def dn(self, login: str) -> str:
        return f"uid={escape_dn_value(login)},{self.settings.base_dn}"

    def write(self, verb: str, *arguments: Any) -> None:
        """One change. Until its answer is read, nobody can say whether it was made."""
        call: Callable[..., Any] = getattr(self.connection, verb)
        self.wrote = True
        call(*arguments)
        self._check()
        self.changed = True

    def replace(self, login: str, attribute: str, value: str | None) -> None:
        values = [] if value is None else [value]
        self.write("modify", self.dn(login), {attribute: [(ldap3.MODIFY_REPLACE, values)]})

    def write_password(self, login: str, password: str) -> None:
        self.wrote = True
        self.connection.extend.standard.modify_password(self.dn(login), new_password=password.encode())
        self._check()
        self.changed = True

    @property
    def has_password_policy(self) -> bool:
        """Whether the schema knows the ppolicy attributes; read once a session, raw (parsing it is slow)."""
        if self._policy is None:
            self.connection.search("", "(objectClass=*)", ldap3.BASE, attributes=["subschemaSubentry"])
            where = _first(self.connection.response[0]["raw_attributes"], "subschemaSubentry")
            self.connection.search(where, "(objectClass=subschema)", ldap3.BASE, attributes=["attributeTypes"])
            types = _rows(self.connection)[0].get("attributeTypes", [])
            self._policy = any(b"'pwdReset'" in line for line in types)
        return self._policy

    def find(self, login: str) -> DirectoryEntry | None:
        self.connection.search(
            self.settings.base_dn,
            f"(&(objectClass=inetOrgPerson)(uid={escape_filter_chars(login)}))",
            ldap3.LEVEL,
            attributes=ATTRIBUTES,
            size_limit=2,
        )
        if self.connection.result["result"] != results.RESULT_NO_SUCH_OBJECT:
            self._check()
        return next((_entry(row) for row in _rows(self.connection)), None)

    def pages(self) -> Iterator[list[DirectoryEntry]]:
        """Every entry, 500 at a time; the clock starts anew for each page."""
        cookie = None
        while cookie != b"":
            self._wind()
            self.connection.search(
                self.settings.base_dn,
                "(&(objectClass=inetOrgPerson)(uid=*))",
                ldap3.LEVEL,
                attributes=ATTRIBUTES,
                paged_size=500,
                paged_cookie=cookie,
            )
            self._check()
            yield [_entry(row) for row in _rows(self.connection)]
            cookie = self.connection.result["controls"][PAGED_RESULTS]["value"]["cookie"]


def escape_dn_value(value: str) -> str:
    """A value safe inside a distinguished name (RFC 4514, 2.4): all but letters and digits as hex pairs."""
    return "".join(c if c.isascii() and c.isalnum() else _hex_pairs(c) for c in value)


def _hex_pairs(character: str) -> str:
    return "".join(f"\\{byte:02x}" for byte in character.encode())


def _rows(connection: Any) -> list[dict[str, Any]]:
    return [row["raw_attributes"] for row in connection.response or [] if row["type"] == "searchResEntry"]


def _first(attributes: dict[str, Any], name: str) -> str:
    values = attributes.get(name) or [b""]
    return str(values[0], "utf-8", "replace")


def _time(generalized: str) -> datetime | None:
    """GeneralizedTime as OpenLDAP writes it (20261123093000Z, with or without a fraction)."""
    digits = generalized.split(".")[0].rstrip("Z")
    if len(digits) != 14 or not digits.isdecimal():
        return None
    return datetime.strptime(digits, "%Y%m%d%H%M%S").replace(tzinfo=UTC)


def _entry(row: dict[str, Any]) -> DirectoryEntry:
    return DirectoryEntry(
        login=_first(row, "uid"),
        name=_first(row, "cn"),
        mail=_first(row, "mail"),
        is_suspended=bool(_first(row, "pwdAccountLockedTime")),
        must_change=_first(row, "pwdReset") == "TRUE",
        password_changed_at=_time(_first(row, "pwdChangedTime")),
        changed_at=_time(_first(row, "modifyTimestamp")),
        made_for=_first(row, "description"),
    )
