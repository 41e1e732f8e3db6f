"""Opens a web service once, as a visitor would, and says what it found."""

import asyncio
import errno
import ipaddress
import ssl
import time
import zlib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from urllib.parse import urljoin

import httpx

from gateways.probes.addresses import (
    AddressRefused,
    AllowList,
    IpAddress,
    NameUnknown,
    ResolverFailed,
    WebAddress,
    parse_url,
    resolve,
)
from models.base.columns.json_value import Json

BODY_LIMIT = 64 * 1024
DEADLINE_SECONDS = 10.0
MAX_REDIRECTS = 3
_SHOWN = 300
_CONNECT_SHARE = 0.6  # of the deadline, so that "never connected" is told apart from "never finished"
# This machine's own want of descriptors or memory says nothing about the service (Z22).
_OWN_FAULTS = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOBUFS})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


class VisitFinding(StrEnum):
    """What the visit found; the worst of several is the one that is told."""

    OK = "ok"
    STOPPED = "stopped"
    STATUS = "status"
    TEXT = "text"
    SLOW = "slow"
    TIMEOUT = "timeout"
    CERTIFICATE = "certificate"
    CERTIFICATE_ENDS = "certificate_ends"
    FORBIDDEN = "forbidden"
    UNKNOWN = "unknown"


DOWN = frozenset(
    {VisitFinding.STOPPED, VisitFinding.STATUS, VisitFinding.TEXT, VisitFinding.TIMEOUT, VisitFinding.CERTIFICATE}
)


@dataclass(frozen=True)
class Expectation:
    """What a healthy service answers."""

    status: int = 200
    text: str = ""
    slow_after_ms: int = 5_000
    certificate_days: int = 14


@dataclass(frozen=True)
class WebResult:
    """One visit. `first_bytes` is plain text from outside: escape it wherever it is shown."""

    url: str
    finding: VisitFinding
    status: int | None = None
    duration_ms: int = 0
    first_bytes: str = ""
    certificate_ends_at: datetime | None = None
    peer: str = ""
    detail: str = ""

    @property
    def answers(self) -> bool | None:
        """True up, False down, None where the visit says nothing about the service (forbidden, unknown)."""
        if self.finding in (VisitFinding.FORBIDDEN, VisitFinding.UNKNOWN):
            return None
        return self.finding not in DOWN


@dataclass(frozen=True)
class _Answer:
    status: int
    headers: httpx.Headers
    body: bytes
    peer: str
    certificate_ends_at: datetime | None


class WebProbe:
    """Visits services with one TLS context and no kept-alive connection; use within one event loop."""

    def __init__(self, allow: AllowList, ca_file: str | None = None, deadline: float = DEADLINE_SECONDS) -> None:
        self.allow, self.deadline = allow, deadline
        self.trust = ssl.create_default_context()
        if ca_file:
            self.trust.load_verify_locations(ca_file)

    async def visit(self, url: str, expects: Expectation = Expectation()) -> WebResult:  # noqa: B008  # frozen
        """Open `url`, following at most three redirects; never raises for anything the far side does."""
        started = time.monotonic()
        try:
            async with asyncio.timeout(self.deadline):
                answer = await self._follow(parse_url(url), expects)
            result = _judge(url, answer, expects, started)
        except AddressRefused as error:
            result = WebResult(url, VisitFinding.FORBIDDEN, detail=str(error))
        except ResolverFailed as error:
            result = WebResult(url, VisitFinding.UNKNOWN, detail=f"name resolution failed: {error}")
        except NameUnknown as error:
            result = WebResult(url, VisitFinding.STOPPED, detail=f"name unknown: {error}")
        except (httpx.HTTPError, ssl.SSLError, OSError) as error:
            finding, detail = _transport_finding(error)
            result = WebResult(url, finding, detail=detail)
        return replace(result, duration_ms=round((time.monotonic() - started) * 1000))

    async def _follow(self, address: WebAddress, expects: Expectation) -> _Answer:
        for _hop in range(MAX_REDIRECTS + 1):
            answer = await self._open(address)
            target = answer.headers.get("location")
            if answer.status not in _REDIRECTS or answer.status == expects.status or not target:
                return answer
            here = f"{address.scheme}://{address.host_header}{address.target}"
            address = parse_url(urljoin(here, target))
        raise httpx.TooManyRedirects(f"more than {MAX_REDIRECTS} redirects")

    async def _open(self, address: WebAddress) -> _Answer:
        """Resolve once, check, connect to that very address with the name in Host and SNI, check the peer."""
        self.allow.check_port(address.port)
        pinned = await resolve(address.host, self.allow)
        async with self._connection(address, str(pinned)) as response:
            stream = response.extensions["network_stream"]
            return _Answer(
                response.status_code,
                response.headers,
                await _read_body(response),
                str(_peer(stream)),
                _certificate_end(stream.get_extra_info("ssl_object")),
            )

    @asynccontextmanager
    async def _connection(self, address: WebAddress, pinned: str) -> AsyncIterator[httpx.Response]:
        async def check_peer(event: str, info: dict[str, Json]) -> None:
            connected = event == "connection.connect_tcp.complete"  # before a byte of the request leaves
            if connected and _peer(info["return_value"]) != ipaddress.ip_address(pinned):
                raise AddressRefused("connected to another address than the one checked")

        request = httpx.Request(
            "GET",
            httpx.URL(scheme=address.scheme, host=pinned, port=address.port, raw_path=address.target.encode()),
            headers={
                "Host": address.host_header,
                "User-Agent": "pustikom-helpdesk",
                "Accept": "*/*",
                "Accept-Encoding": "identity",
                "Connection": "close",
            },
            extensions={
                "sni_hostname": address.host,
                "trace": check_peer,
                "timeout": httpx.Timeout(self.deadline, connect=self.deadline * _CONNECT_SHARE).as_dict(),
            },
        )
        async with httpx.AsyncHTTPTransport(verify=self.trust, trust_env=False) as transport:
            response = await transport.handle_async_request(request)
            try:
                yield response
            finally:
                await response.aclose()


def _peer(stream: Any) -> IpAddress:
    """The address at the far end of an open connection, as the system reports it."""
    return ipaddress.ip_address(str(stream.get_extra_info("server_addr")[0]).split("%")[0])


async def _read_body(response: httpx.Response) -> bytes:
    """At most 64 KB as sent, and at most 64 KB once unpacked: a small bomb stays small."""
    raw = b""
    async for part in response.stream:  # type: ignore[union-attr]  # an async transport gives an async stream
        raw += part
        if len(raw) >= BODY_LIMIT:
            break
    raw = raw[:BODY_LIMIT]
    if response.headers.get("content-encoding", "").strip().lower() in ("gzip", "deflate", "x-gzip"):
        try:
            return zlib.decompressobj(zlib.MAX_WBITS | 32).decompress(raw, BODY_LIMIT)
        except zlib.error:
            return b""
    return raw


def _certificate_end(tls: ssl.SSLObject | None) -> datetime | None:
    certificate = tls.getpeercert() if tls else None
    if not certificate:
        return None
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(certificate["notAfter"])), UTC)


def _judge(url: str, answer: _Answer, expects: Expectation, started: float) -> WebResult:
    text = answer.body.decode("utf-8", "replace")
    slow = (time.monotonic() - started) * 1000 > expects.slow_after_ms
    end = answer.certificate_ends_at
    if answer.status != expects.status:
        finding, detail = VisitFinding.STATUS, f"{answer.status} != {expects.status}"
    elif expects.text and expects.text not in text:
        finding, detail = VisitFinding.TEXT, "expected text not found"
    elif slow:
        finding, detail = VisitFinding.SLOW, f"> {expects.slow_after_ms} ms"
    elif end is not None and (end - datetime.now(UTC)).days < expects.certificate_days:
        finding, detail = VisitFinding.CERTIFICATE_ENDS, end.date().isoformat()
    else:
        finding, detail = VisitFinding.OK, ""
    shown = "".join(char if char.isprintable() or char == "\n" else " " for char in text[:_SHOWN])
    return WebResult(
        url,
        finding,
        answer.status,
        first_bytes=shown,
        certificate_ends_at=end,
        peer=answer.peer,
        detail=detail,
    )


def _transport_finding(error: BaseException) -> tuple[VisitFinding, str]:
    """The finding and its reason for a visit that got no whole answer."""
    causes = list(_causes(error))
    verification = next((cause for cause in causes if isinstance(cause, ssl.SSLCertVerificationError)), None)
    if verification is not None:
        return VisitFinding.CERTIFICATE, verification.verify_message
    if isinstance(error, httpx.ConnectTimeout):
        return VisitFinding.STOPPED, "no connection in time"
    if isinstance(error, (TimeoutError, httpx.TimeoutException)):
        return VisitFinding.TIMEOUT, "no whole answer in time"
    if isinstance(error, httpx.TooManyRedirects):
        return VisitFinding.STATUS, str(error)
    if any(isinstance(cause, OSError) and cause.errno in _OWN_FAULTS for cause in causes):
        return VisitFinding.UNKNOWN, str(causes[-1])
    return VisitFinding.STOPPED, type(error).__name__


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
