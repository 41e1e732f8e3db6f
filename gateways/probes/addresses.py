"""Decides which addresses and ports the product's probes may touch."""

import asyncio
import ipaddress
import re
import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from urllib.parse import urlsplit

from flask_babel import lazy_gettext as _l

from models.base.wording import Words

IpAddress = IPv4Address | IPv6Address
IpNetwork = IPv4Network | IPv6Network

# RFC 1123 labels; the last one has a letter, so that no spelling of a number passes as a name.
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOSTNAME = re.compile(rf"(?:{_LABEL}\.)*(?=[a-z0-9-]*[a-z])(?!0x[0-9a-f]*\Z){_LABEL}\Z", re.ASCII)
# IPv6 prefixes that carry an IPv4 address inside: mapped, compatible, NAT64, local NAT64, 6to4, Teredo.
_EMBEDDING = tuple(
    ipaddress.IPv6Network(text)
    for text in ("::ffff:0:0/96", "::/96", "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")
)
# A wide entry such as 0.0.0.0/0 does not open these; each must be listed by a network of its own.
_SPECIAL: tuple[IpNetwork, ...] = tuple(
    ipaddress.ip_network(text)
    for text in (
        "0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "100.100.100.200/32", "224.0.0.0/4", "240.0.0.0/4",
        "::/128", "::1/128", "fe80::/10", "fec0::/10", "ff00::/8", "fd00:ec2::254/128", "fd20:ce::254/128",
    )
)  # fmt: skip


class AddressRefused(ValueError):
    """The address is not one that a probe may touch; `sentence` says why and what to do, for a person."""

    def __init__(self, sentence: Words) -> None:
        super().__init__(sentence)
        self.sentence = sentence

    def __str__(self) -> str:
        return str(self.sentence)


class NameUnknown(OSError):
    """The name server says that this name does not exist."""


class ResolverFailed(OSError):
    """Our own name resolution does not work, which says nothing about the target."""


@dataclass(frozen=True)
class AllowList:
    """Networks and TCP ports that the centre lets its monitor touch; everything else is refused."""

    networks: tuple[IpNetwork, ...]
    ports: frozenset[int]

    @classmethod
    def parse(cls, networks: str, ports: str) -> "AllowList":
        """Read two settings, separated by commas or blanks; ValueError names the entry that is wrong."""
        return cls(
            tuple(ipaddress.ip_network(text) for text in networks.replace(",", " ").split()),
            frozenset(_port(text) for text in ports.replace(",", " ").split()),
        )

    def admits(self, address: IpAddress) -> bool:
        """True where a listed network holds the address and, for special ranges, was listed for them."""
        if isinstance(address, IPv6Address) and (
            address.scope_id or (address != IPv6Address("::1") and any(address in net for net in _EMBEDDING))
        ):
            return False
        special = next((net for net in _SPECIAL if net.version == address.version and address in net), None)
        return any(
            net.version == address.version and address in net and (special is None or net.subnet_of(special))  # type: ignore[arg-type]  # same version, above
            for net in self.networks
        )

    def check(self, address: IpAddress) -> IpAddress:
        """Give the address back, or raise AddressRefused."""
        if not self.admits(address):
            raise AddressRefused(
                _l("Alamat ini di luar jaringan yang boleh dipantau. Administrator dapat menambahnya.")
            )
        return address

    def check_port(self, port: int) -> int:
        """Give the port back, or raise AddressRefused."""
        if port not in self.ports:
            raise AddressRefused(_l("Porta %(port)s tidak ada dalam daftar porta yang boleh dipantau.", port=port))
        return port


# localhost itself, names below it, and names of services that answer with the address in the name (127.0.0.1.nip.io)
_LOOPBACK_NAME = re.compile(
    r"(^|\.)(localhost|localdomain|loopback|ip6-localhost|ip6-loopback)$|(^|[.-])127[.-]\d+[.-]\d+[.-]\d+([.-]|$)"
)


@dataclass(frozen=True)
class WebAddress:
    """The parts of a web address that a probe needs."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def is_secure(self) -> bool:
        return self.scheme == "https"

    @property
    def host_header(self) -> str:
        name = f"[{self.host}]" if ":" in self.host else self.host
        return name if self.port == (443 if self.is_secure else 80) else f"{name}:{self.port}"


def _port(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or not 0 < int(text) < 65536:
        raise ValueError(text)
    return int(text)


def parse_host(text: str) -> IpAddress | str:
    """A canonical IP address, or a lower-case DNS name; every other spelling raises AddressRefused.

    `127.1`, `0x7f000001`, `2130706433`, `①②⑦.0.0.1` and the like are neither, so no later parser
    (libc's `inet_aton`, IDNA's normalisation) gets a chance to read an address into them.
    """
    host = text.lower()
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        address = None
    if address is not None and host.isascii() and "%" not in host:
        return address
    if len(host) > 253 or not _HOSTNAME.match(host):
        raise AddressRefused(
            _l(
                "Alamat tidak dikenali. Tulis alamat IP lengkap seperti 10.10.1.1"
                " atau nama host seperti www.kampus.ac.id."
            )
        )
    return host


def parse_url(text: str) -> WebAddress:
    """Split an http or https address; AddressRefused for other schemes, credentials and bad hosts."""
    if len(text) > 2000 or any(ord(char) <= 32 or ord(char) == 127 for char in text) or "\\" in text:
        raise AddressRefused(_l("Alamat web berisi tanda yang tidak boleh ada di dalamnya."))
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise AddressRefused(_l("Alamat web tidak dapat dibaca.")) from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise AddressRefused(_l("Alamat web dimulai dengan http:// atau https:// dan nama host."))
    if "@" in parts.netloc:
        raise AddressRefused(_l("Alamat web tidak boleh memuat nama pengguna atau kata sandi."))
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if port is None:
        port = 443 if parts.scheme == "https" else 80
    return WebAddress(parts.scheme, str(parse_host(parts.hostname)), port, target)


async def resolve(host: str, allow: AllowList) -> IpAddress:
    """Look the host up once and give the one address to connect to.

    Every address that the name has must be allowed: a name that also points elsewhere is refused.
    Raises AddressRefused, NameUnknown, ResolverFailed.
    """
    parsed = parse_host(host)
    if not isinstance(parsed, str):
        return allow.check(parsed)
    try:
        found = await asyncio.get_running_loop().getaddrinfo(parsed, None, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        if error.errno in (socket.EAI_NONAME, socket.EAI_NODATA):
            raise NameUnknown(parsed) from error
        raise ResolverFailed(parsed) from error
    addresses = [allow.check(ipaddress.ip_address(str(entry[4][0]))) for entry in found]
    return sorted(addresses, key=lambda address: address.version)[0]


def check_target(host: str, allow: AllowList, port: int | None = None) -> None:
    """What a form asks when a node or service is saved; a name that cannot be looked up yet may pass.

    Raises AddressRefused. The probe asks again each time it runs, so a name that changes gains nothing.
    """
    if port is not None:
        allow.check_port(port)
    if _LOOPBACK_NAME.search(host.lower().rstrip(".")):
        allow.check(ipaddress.ip_address("127.0.0.1"))
    try:
        asyncio.run(resolve(host, allow))
    except (NameUnknown, ResolverFailed):
        return
