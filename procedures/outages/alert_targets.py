"""Which node or service of ours another monitor means, however it spells the address."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from sqlalchemy import select

from models.base.db import db
from models.outages.network import Node, WebService

PORTS = {"http": 80, "https": 443}


class AlertTarget(NamedTuple):
    """A node or a service of ours."""

    kind: str  # node or service
    id: int
    name: str


class Spelled(NamedTuple):
    """The parts of an address as somebody spelled it: `https://Host:443/`, `host:9100`, `[2001:db8::1]:9100`."""

    scheme: str
    host: str
    port: int | None
    path: str


def spelled(text: str) -> Spelled | None:
    """The address in one spelling for all: lower case, canonical IP, the scheme's port, no last slash."""
    text = text.strip().strip("\"'<>")
    if (alone := _ip(text)) is not None:
        return Spelled("", alone, None, "")
    has_scheme = "://" in text
    try:
        parts = urlsplit(text if has_scheme else f"//{text}")
        port = parts.port
    except ValueError:
        return None
    host = (parts.hostname or "").rstrip(".")
    if not host:
        return None
    scheme = parts.scheme.lower() if has_scheme else ""
    path = unquote(parts.path).rstrip("/") + (f"?{parts.query}" if parts.query else "")
    return Spelled(scheme, _ip(host) or _ascii(host), port or PORTS.get(scheme), path)


def _ip(text: str) -> str | None:
    """A canonical address; an IPv4 one inside IPv6 is the IPv4 one; zone and prefix length are left away."""
    try:
        found = ipaddress.ip_address(text.strip("[]").split("%")[0].split("/")[0])
    except ValueError:
        return None
    inside = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return str(inside or found)


def _ascii(host: str) -> str:
    try:
        return host.encode("idna").decode().lower()
    except UnicodeError:
        return host.lower()


class AlertTargets:
    """All nodes and services by name and address; read once for a whole body of alerts."""

    def __init__(self, nodes: Iterable[tuple[int, str, str | None]], services: Iterable[tuple[int, str, str]]) -> None:
        self._named: dict[str, AlertTarget] = {}
        self._nodes: dict[str, AlertTarget] = {}
        self._services: list[tuple[Spelled, AlertTarget]] = []
        for node_id, name, address in nodes:
            target = AlertTarget("node", node_id, name)
            self._named.setdefault(_folded(name), target)
            if address and (where := spelled(address)):
                self._nodes.setdefault(where.host, target)
        for service_id, name, url in services:
            target = AlertTarget("service", service_id, name)
            self._named.setdefault(_folded(name), target)
            if where := spelled(url):
                self._services.append((where, target))

    @classmethod
    def read(cls) -> AlertTargets:
        nodes = db.session.execute(select(Node.id, Node.name, Node.address).order_by(Node.id)).tuples()
        services = db.session.execute(select(WebService.id, WebService.name, WebService.url).order_by(WebService.id))
        return cls(nodes, services.tuples())

    def find(self, hosts: Iterable[str]) -> AlertTarget | None:
        """The first of these names, addresses and URLs that is one of ours."""
        return next((target for host in hosts if (target := self._find(host)) is not None), None)

    def _find(self, host: str) -> AlertTarget | None:
        if (named := self._named.get(_folded(host))) is not None:
            return named
        where = spelled(host)
        if where is None:
            return None
        if where.scheme in PORTS:
            return self._of_url(where) or self._nodes.get(where.host)
        on_port = [
            one for one in self._services if where.port and (one[0].host, one[0].port) == (where.host, where.port)
        ]
        return _meant(on_port) or self._nodes.get(where.host) or _meant(self._on(where.host))

    def _of_url(self, where: Spelled) -> AlertTarget | None:
        """The service of this URL, else the one whose URL it begins with, else the only one of that host."""
        on_host = self._on(where.host)
        same_port = [one for one in on_host if one[0].port == where.port]
        for found in (same_port, on_host):
            within = [one for one in found if _is_within(where.path, one[0].path)]
            if within:
                return max(within, key=lambda one: len(one[0].path))[1]
        return None

    def _on(self, host: str) -> list[tuple[Spelled, AlertTarget]]:
        return [one for one in self._services if one[0].host == host]


def _is_within(path: str, of: str) -> bool:
    return path == of or path.startswith((of + "/", of + "?")) or not of


def _meant(found: Iterable[tuple[Spelled, AlertTarget]]) -> AlertTarget | None:
    """Of the services of one host the one at its top, or the only one; of several none is guessed."""
    found = list(found)
    at_top = [target for where, target in found if not where.path]
    if len(at_top) == 1:
        return at_top[0]
    return found[0][1] if len(found) == 1 else None


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()
