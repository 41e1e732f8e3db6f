"""Which addresses a probe may touch: security.md N1, N3 and N4."""

import asyncio
import ipaddress
import socket

import pytest

from gateways.probes.addresses import (
    AddressRefused,
    AllowList,
    NameUnknown,
    ResolverFailed,
    check_target,
    parse_host,
    parse_url,
    resolve,
)
from gateways.probes.host_probes import connect_tcp, default_gateways, ping_hosts
from gateways.probes.http import VisitFinding, WebProbe
from gateways.probes.icmp import ping_command

CAMPUS = AllowList.parse("10.0.0.0/8, 192.168.0.0/16, fd12::/16", "80,443,8080")
EVERYTHING = AllowList.parse("0.0.0.0/0 ::/0", "80,443")

SPELLINGS = [
    "127.0.0.1", "127.1", "127.0.1", "127.255.255.254", "0", "0.0.0.0", "0x7f000001", "0x7f.0.0.1", "0x7f.1",
    "2130706433", "017700000001", "0177.0.0.1", "127.0.0.1.", "①②⑦.⓪.⓪.①", "１２７.0.0.1", "127。0。0。1",
    "::1", "0:0:0:0:0:0:0:1", "::", "::ffff:127.0.0.1", "::ffff:7f00:1", "::127.0.0.1", "64:ff9b::7f00:1",
    "64:ff9b:1::7f00:1", "2002:7f00:1::", "2001:0:7f00:1::", "fe80::1%lo", "169.254.169.254",
    "::ffff:169.254.169.254", "2852039166", "0xa9fea9fe", "0251.0376.0251.0376", "64:ff9b::a9fe:a9fe",
    "2002:a9fe:a9fe::", "fd00:ec2::254", "100.100.100.200", "224.0.0.1", "ff02::1", "255.255.255.255",
    "localhost",
]  # fmt: skip


@pytest.mark.parametrize("allow", [CAMPUS, EVERYTHING], ids=["campus", "everything"])
@pytest.mark.parametrize("host", SPELLINGS)
def test_n1_spellings_of_loopback_and_metadata_are_refused_at_save(host, allow):
    with pytest.raises(AddressRefused):
        check_target(host, allow)


@pytest.mark.parametrize("host", SPELLINGS)
def test_n1_spellings_of_loopback_and_metadata_are_refused_at_run(host):
    """Even where a row slipped past the form: no packet, and no "down" either."""
    name = f"[{host}]" if ":" in host else host

    async def every_probe():
        visit = await WebProbe(EVERYTHING).visit(f"http://{name}/")
        connected = await connect_tcp(host, 80, EVERYTHING)
        return visit, connected, await ping_hosts([host], EVERYTHING)

    visit, connected, pings = asyncio.run(every_probe())
    assert (visit.finding, visit.answers, visit.status) == (VisitFinding.FORBIDDEN, None, None)
    assert connected.is_up is None
    assert pings[host].is_up is None


@pytest.mark.parametrize(
    ("listed", "address", "admitted"),
    [
        ("10.0.0.0/8", "10.1.2.3", True),
        ("10.0.0.0/8", "11.0.0.1", False),
        ("0.0.0.0/0", "203.0.113.9", True),
        ("0.0.0.0/0", "127.0.0.1", False),
        ("127.0.0.0/8", "127.0.0.1", True),
        ("127.0.0.5/32", "127.0.0.5", True),
        ("127.0.0.5/32", "127.0.0.6", False),
        ("::/0", "2001:db8::1", True),
        ("::/0", "::1", False),
        ("::1/128", "::1", True),
        ("169.254.10.0/24", "169.254.10.7", True),
        ("127.0.0.0/8", "::ffff:127.0.0.1", False),
        ("", "10.0.0.1", False),
    ],
)
def test_allow_list_admits_what_is_listed_and_special_ranges_only_by_name(listed, address, admitted):
    assert AllowList.parse(listed, "").admits(ipaddress.ip_address(address)) is admitted


def test_every_address_of_a_name_must_be_allowed(monkeypatch):
    async def lookup(*_args, **_more):
        return [(2, 1, 6, "", ("10.0.0.9", 0)), (2, 1, 6, "", ("169.254.169.254", 0))]

    async def ask():
        monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", lookup)
        return await resolve("rebind.kampus.ac.id", CAMPUS)

    with pytest.raises(AddressRefused):
        asyncio.run(ask())


@pytest.mark.parametrize(("code", "expected"), [(socket.EAI_NONAME, NameUnknown), (socket.EAI_AGAIN, ResolverFailed)])
def test_unknown_name_is_told_apart_from_our_own_resolver_failing(monkeypatch, code, expected):
    async def lookup(*_args, **_more):
        raise socket.gaierror(code, "no")

    async def ask():
        monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", lookup)
        return await resolve("siak.kampus.ac.id", CAMPUS)

    with pytest.raises(expected):
        asyncio.run(ask())


@pytest.mark.parametrize("host", ["10.10.1.1", "fd12::7", "www.bunghatta.ac.id", "sw-lt2.kampus", "a1"])
def test_ordinary_hosts_are_read(host):
    assert str(parse_host(host)) == host


INJECTIONS = [
    "-f",
    "-I eth0",
    "10.0.0.1;id",
    "10.0.0.1\n-f",
    "$(id)",
    "`id`",
    "a|b",
    "10.0.0.1 -c 9",
    "-oProxy=x",
]


@pytest.mark.parametrize("host", INJECTIONS)
def test_n4_options_and_shell_signs_are_no_host(host):
    with pytest.raises(AddressRefused):
        parse_host(host)
    with pytest.raises(TypeError):
        ping_command(host, 1, 1, 1)


def test_n4_ping_gets_the_resolved_address_after_the_double_dash():
    command = ping_command(ipaddress.ip_address("10.0.0.1"), 2, 1.0, 0.2)
    assert command == ["ping", "-n", "-c", "2", "-i", "0.2", "-W", "1", "--", "10.0.0.1"]


@pytest.mark.parametrize(
    "url",
    [
        "ftp://10.0.0.1/", "file:///etc/passwd", "//10.0.0.1", "http://", "http://10.0.0.1:99999/", "http:///x",
        "http://user:rahasia@10.0.0.1/", "http://10.0.0.1@10.0.0.2/", "http://10.0.0.1\\@evil/",
        "http://a b/",
        "http://10.0.0.1/\r\nX: y", "http://[::1", "http://10.0.0.1/" + "x" * 2000,
    ],
)  # fmt: skip
def test_n3_bad_web_addresses_and_credentials_are_refused(url):
    with pytest.raises(AddressRefused):
        parse_url(url)


def test_n3_port_outside_the_list_is_refused():
    with pytest.raises(AddressRefused):
        check_target("10.0.0.1", CAMPUS, 5432)
    visit = asyncio.run(WebProbe(CAMPUS).visit("http://10.0.0.1:5432/"))
    assert (visit.finding, visit.answers) == (VisitFinding.FORBIDDEN, None)


@pytest.mark.parametrize(
    ("networks", "ports"), [("10.0.0.0/33", ""), ("campus", ""), ("", "0"), ("", "70000"), ("", "http")]
)
def test_allow_list_settings_that_cannot_be_read_are_refused(networks, ports):
    with pytest.raises(ValueError):  # noqa: PT011  # the entry's own message differs by kind
        AllowList.parse(networks, ports)


def test_default_gateway_is_read_from_the_routing_table(tmp_path):
    table = tmp_path / "route"
    table.write_text(
        "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\n"
        "eth0\t00000000\t0100A8C0\t0003\t0\t0\t100\t00000000\n"
        "eth1\t00000000\t0101010A\t0003\t0\t0\t50\t00000000\n"
        "eth0\t0000A8C0\t00000000\t0001\t0\t0\t100\t0000FFFF\n"
    )
    assert default_gateways(str(table)) == ["10.1.1.1", "192.168.0.1"]
    assert default_gateways(str(tmp_path / "missing")) == []


@pytest.mark.parametrize(
    "name",
    ["printer.localhost", "LOCALHOST.localdomain", "127.0.0.1.nip.io", "www.127-0-0-53.sslip.io", "ip6-loopback"],
)
def test_n1_names_that_say_loopback_are_refused_when_they_are_typed(name):
    """They may lead anywhere today and to this server tomorrow; where loopback is allowed, so are they."""
    with pytest.raises(AddressRefused):
        check_target(name, CAMPUS)
    assert check_target("router-127.kampus.invalid", CAMPUS) is None
