"""Who reads: the language, the network address, the path to go back to."""

from __future__ import annotations

import re
from ipaddress import IPv6Address, ip_address

from flask import request
from flask_babel import get_locale

_OWN_PATH = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")


def language() -> str:
    return str(get_locale() or "id")


def network() -> str:
    """What limits are counted for: an IPv4 address, or the /64 of an IPv6 address, which is one household."""
    address = ip_address(request.remote_addr or "0.0.0.0")
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return f"{IPv6Address(int(address) >> 64 << 64)}/64"


def own_path(path: str | None, otherwise: str = "/") -> str:
    """The path if it stays on this site, else the other one (security.md D13)."""
    return path if path and len(path) < 2000 and _OWN_PATH.fullmatch(path) else otherwise
