"""Asks many hosts at once whether they answer, each with its deadline."""

import asyncio
import ipaddress
import time
from collections.abc import Iterable
from dataclasses import dataclass

from gateways.probes.addresses import (
    AddressRefused,
    AllowList,
    IpAddress,
    NameUnknown,
    ResolverFailed,
    resolve,
)
from gateways.probes.icmp import PingAnswers, PingUnavailable, ping_batch

TCP_TIMEOUT = 5.0


@dataclass(frozen=True)
class Answer:
    """What a probe says of one target: up, down, or nothing (`is_up` None: forbidden, or our own fault)."""

    is_up: bool | None
    milliseconds: float | None = None
    detail: str = ""


async def ping_hosts(hosts: Iterable[str], allow: AllowList, *, timeout: float = 2.0) -> dict[str, Answer]:
    """Ping many hosts (addresses or names) once, in one batch; every host gets its answer."""
    answers: dict[str, Answer] = {}
    addresses: dict[str, IpAddress] = {}
    for host in hosts:
        found = await _resolved(host, allow)
        if isinstance(found, Answer):
            answers[host] = found
        else:
            addresses[host] = found
    try:
        results = await asyncio.to_thread(ping_batch, addresses.values(), timeout=timeout)
    except PingUnavailable as error:
        return answers | {host: Answer(None, detail=f"ping unavailable: {error}") for host in addresses}
    for host, address in addresses.items():
        answers[host] = Answer(results[address].is_alive, results[address].average_ms)
    return answers


async def connect_tcp(host: str, port: int, allow: AllowList, *, timeout: float = TCP_TIMEOUT) -> Answer:
    """Open and close one TCP connection; the connected peer must be the address that was checked."""
    try:
        allow.check_port(port)
    except AddressRefused as error:
        return Answer(None, detail=str(error))
    address = await _resolved(host, allow)
    if isinstance(address, Answer):
        return address
    started = time.monotonic()
    try:
        async with asyncio.timeout(timeout):
            _reader, writer = await asyncio.open_connection(str(address), port)
    except TimeoutError:
        return Answer(False, detail="no connection in time")
    except OSError as error:
        return Answer(False, detail=type(error).__name__)
    peer = writer.get_extra_info("peername")[0].split("%")[0]
    writer.close()
    if ipaddress.ip_address(peer) != address:
        return Answer(None, detail="connected to another address than the one checked")
    return Answer(True, round((time.monotonic() - started) * 1000, 2))


async def _resolved(host: str, allow: AllowList) -> IpAddress | Answer:
    try:
        return await resolve(host, allow)
    except AddressRefused as error:
        return Answer(None, detail=str(error))
    except NameUnknown:
        return Answer(False, detail=f"name unknown: {host}")
    except ResolverFailed:
        return Answer(None, detail="name resolution failed")


def ping_now(host: str, allow: AllowList, *, count: int = 4) -> PingAnswers:
    """A person's ping from the workbench: `count` requests, answers kept by the caller.

    Raises AddressRefused, NameUnknown, ResolverFailed, PingUnavailable.
    """
    address = asyncio.run(resolve(host, allow))
    return ping_batch([address], count=count)[address]


def default_gateways(routes: str = "/proc/thread-self/net/route") -> list[str]:
    """This machine's IPv4 default gateways, lowest metric first; empty where the system does not tell."""
    try:
        with open(routes, encoding="ascii") as table:
            rows = [line.split() for line in table][1:]
    except OSError:
        return []
    found = [(int(row[6]), row[2]) for row in rows if row[1] == "00000000" and int(row[3], 16) & 2]
    return [str(ipaddress.IPv4Address(bytes.fromhex(text)[::-1])) for _metric, text in sorted(found)]
