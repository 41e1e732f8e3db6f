"""Real packets through a small campus: what a cut cable looks like to the probes."""

import asyncio
import ipaddress

from icmplib.exceptions import SocketPermissionError

from gateways.probes import icmp
from gateways.probes.addresses import AllowList
from gateways.probes.host_probes import default_gateways, ping_hosts
from gateways.probes.icmp import PingWay, ping_batch
from tests.probes.campus import campus  # noqa: F401  # a fixture

ALLOWED = AllowList.parse("10.77.0.0/16", "80")


def silent(built):
    with built.monitor():
        answers = asyncio.run(ping_hosts(built.addresses.values(), ALLOWED, timeout=1.0))
    return {name for name, address in built.addresses.items() if answers[address].is_up is False}


def test_a_cut_cable_silences_the_switch_and_all_behind_it_until_it_is_mended(campus):  # noqa: F811
    assert silent(campus) == set()
    campus.cut("sw2")
    assert silent(campus) == {"sw2", "h21", "h22", "h23"}
    campus.mend("sw2")
    assert silent(campus) == set()


def test_a_hosts_own_cable_silences_that_host_alone(campus):  # noqa: F811
    campus.cut("h12")
    assert silent(campus) == {"h12"}
    campus.mend("h12")


def test_datagram_sockets_serve_where_raw_ones_are_refused(campus, monkeypatch):  # noqa: F811
    real = icmp.ICMPv4Socket

    def no_raw(*args, privileged=True, **more):
        if privileged:
            raise SocketPermissionError(privileged)
        return real(*args, privileged=False, **more)

    monkeypatch.setattr(icmp, "ICMPv4Socket", no_raw)
    campus.allow_datagram_pings()
    router, switch, nobody = (ipaddress.ip_address(text) for text in ("10.77.0.1", "10.77.1.2", "10.77.1.99"))
    with campus.monitor():
        results = ping_batch([router, switch, nobody], timeout=1.0)
    assert [results[address].is_alive for address in (router, switch, nobody)] == [True, True, False]
    assert {result.way for result in results.values()} == {PingWay.DATAGRAM}


def test_monitors_own_gateway_is_found(campus):  # noqa: F811
    with campus.monitor():
        assert default_gateways() == ["10.77.0.1"]
