"""Pings many addresses in one batch over one socket."""

import ipaddress
import os
import re
import selectors
import socket
import subprocess
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from enum import StrEnum

from icmplib import ICMPReply, ICMPRequest, ICMPv4Socket, ICMPv6Socket
from icmplib.exceptions import ICMPLibError, SocketPermissionError, TimeoutExceeded

from gateways.probes.addresses import IpAddress

_PAYLOAD = b"pustikom"
_ECHO_REPLY = {4: 0, 6: 129}  # RFC 792, RFC 4443
_RECEIVE_BUFFER = 1 << 20
_PING_PROCESSES = 16


class PingWay(StrEnum):
    """How the packets left this machine."""

    RAW = "raw"
    DATAGRAM = "datagram"
    PROGRAM = "program"


class PingUnavailable(OSError):
    """This process may neither open an ICMP socket nor run `ping`: nothing is known about any target."""


@dataclass
class PingAnswers:
    """What one address answered; times are milliseconds."""

    address: str
    sent: int = 0
    times_ms: list[float] = field(default_factory=list)
    way: PingWay = PingWay.RAW

    @property
    def received(self) -> int:
        return len(self.times_ms)

    @property
    def loss_percent(self) -> int:
        return round(100 * (self.sent - self.received) / self.sent) if self.sent else 100

    @property
    def is_alive(self) -> bool:
        return bool(self.times_ms)

    @property
    def average_ms(self) -> float | None:
        return round(sum(self.times_ms) / len(self.times_ms), 2) if self.times_ms else None


def ping_batch(
    addresses: Iterable[IpAddress], *, count: int = 1, timeout: float = 2.0, gap: float = 0.2
) -> dict[IpAddress, PingAnswers]:
    """Send `count` echo requests to every address and wait `timeout` seconds for the last answers.

    `gap` seconds lie between two requests to one address. Raises PingUnavailable; addresses must have
    passed the allow-list already.
    """
    results: dict[IpAddress, PingAnswers] = {}
    addresses = list(dict.fromkeys(addresses))
    for version in (4, 6):
        family = [address for address in addresses if address.version == version]
        if family:
            results |= _ping_family(family, version, count, timeout, gap)
    return results


def _ping_family(
    addresses: list[IpAddress], version: int, count: int, timeout: float, gap: float
) -> dict[IpAddress, PingAnswers]:
    maker = ICMPv4Socket if version == 4 else ICMPv6Socket
    for way in (PingWay.RAW, PingWay.DATAGRAM):
        try:
            sock = maker(privileged=way is PingWay.RAW)
        except SocketPermissionError:
            continue
        except ICMPLibError as error:
            raise PingUnavailable(str(error)) from error
        with sock:
            return _Batch(sock, version, way, addresses).run(count, timeout, gap)
    return _ping_by_program(addresses, count, timeout, gap)


class _Batch:
    """One round of requests over one socket.

    1. Number the requests; raw sockets see the whole machine's ICMP, so an identifier of our own marks them.
    2. Send to every address, reading answers between sends, so that the receive buffer never fills.
    3. Read until all are answered or the time is up. An answer counts when sequence and source both fit.
    """

    def __init__(
        self, sock: ICMPv4Socket | ICMPv6Socket, version: int, way: PingWay, addresses: list[IpAddress]
    ) -> None:
        self.sock, self.way, self.echo_reply = sock, way, _ECHO_REPLY[version]
        self.results = {address: PingAnswers(str(address), way=way) for address in addresses}
        self.identifier = int.from_bytes(os.urandom(2))
        self.waiting: dict[int, tuple[IpAddress, float]] = {}
        sock.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER)
        self.selector = selectors.DefaultSelector()
        self.selector.register(sock.sock, selectors.EVENT_READ)

    def run(self, count: int, timeout: float, gap: float) -> dict[IpAddress, PingAnswers]:
        for number in range(count):
            started = time.monotonic()
            self._send_round(number)
            self._read_until(started + (gap if number + 1 < count else timeout))
        self.selector.close()
        return self.results

    def _send_round(self, number: int) -> None:
        for position, address in enumerate(self.results):
            sequence = (number * len(self.results) + position) & 0xFFFF
            self.results[address].sent += 1
            try:
                self.sock.send(ICMPRequest(str(address), id=self.identifier, sequence=sequence, payload=_PAYLOAD))
            except ICMPLibError:
                continue  # "network unreachable" is an answer too: sent, nothing received
            self.waiting[sequence] = (address, time.monotonic())
            if position % 16 == 15:
                self._read_until(0.0)

    def _read_until(self, deadline: float) -> None:
        while self.waiting:
            if not self.selector.select(max(deadline - time.monotonic(), 0.0)):
                return
            try:
                self._take(self.sock.receive(timeout=1.0))
            except TimeoutExceeded:
                continue

    def _take(self, reply: ICMPReply) -> None:
        now = time.monotonic()
        if self.way is PingWay.RAW and reply.id != self.identifier:
            return
        address, sent_at = self.waiting.get(reply.sequence, (None, now))
        if address is None:
            return
        if reply.type == self.echo_reply and ipaddress.ip_address(reply.source.split("%")[0]) == address:
            self.results[address].times_ms.append(round((now - sent_at) * 1000, 2))
            del self.waiting[reply.sequence]


def _ping_by_program(
    addresses: list[IpAddress], count: int, timeout: float, gap: float
) -> dict[IpAddress, PingAnswers]:
    def one(address: IpAddress) -> tuple[IpAddress, PingAnswers]:
        return address, run_ping(address, count=count, timeout=timeout, gap=gap)

    with ThreadPoolExecutor(_PING_PROCESSES) as pool:
        return dict(pool.map(one, addresses))


def ping_command(address: IpAddress, count: int, timeout: float, gap: float) -> list[str]:
    """The argument vector for iputils `ping`; an address object, after `--`, can be no option (N4)."""
    if not isinstance(address, (ipaddress.IPv4Address, ipaddress.IPv6Address)):
        raise TypeError(type(address).__name__)
    wait = max(1, round(timeout))
    return ["ping", "-n", "-c", str(count), "-i", str(max(gap, 0.2)), "-W", str(wait), "--", str(address)]


def run_ping(address: IpAddress, *, count: int = 1, timeout: float = 2.0, gap: float = 0.2) -> PingAnswers:
    """Ping one address with the `ping` program, without a shell; PingUnavailable where it cannot run."""
    try:
        finished = subprocess.run(
            ping_command(address, count, timeout, gap),
            capture_output=True,
            text=True,
            timeout=timeout + count * max(gap, 0.2) + 5,
            env={"LC_ALL": "C", "PATH": "/usr/bin:/bin:/usr/sbin:/sbin"},
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise PingUnavailable(str(error)) from error
    return _read_ping(str(address), finished.stdout, finished.stderr)


def _read_ping(address: str, output: str, errors: str) -> PingAnswers:
    sent = re.search(r"(\d+) packets transmitted", output)
    if sent is None:
        if "unreachable" in errors.lower():
            return PingAnswers(address, sent=1, way=PingWay.PROGRAM)
        raise PingUnavailable(errors.strip()[:200])
    times = [float(found) for found in re.findall(r"time[=<]([\d.]+) ms", output)]
    return PingAnswers(address, sent=int(sent[1]), times_ms=times, way=PingWay.PROGRAM)
