"""Pinging in one batch, by whichever way this process is allowed."""

import asyncio
import ipaddress
import shutil

import pytest
from icmplib.exceptions import SocketPermissionError

from gateways.probes import host_probes, icmp
from gateways.probes.addresses import AddressRefused, AllowList
from gateways.probes.icmp import PingAnswers, PingUnavailable, PingWay, ping_batch, run_ping

HERE = ipaddress.ip_address("127.0.0.1")
HOME = AllowList.parse("127.0.0.0/8", "")


def may_ping():
    try:
        return ping_batch([HERE], timeout=1)[HERE].is_alive
    except PingUnavailable:
        return False


needs_ping = pytest.mark.skipif(not may_ping(), reason="this process may not send ICMP echo requests at all")


@needs_ping
def test_batch_pings_many_addresses_over_one_socket():
    addresses = [ipaddress.ip_address(f"127.0.{high}.{low}") for high in range(2) for low in range(1, 251)]
    results = ping_batch(addresses, timeout=2)
    assert [result.is_alive for result in results.values()] == [True] * 500
    assert {result.sent for result in results.values()} == {1}


@needs_ping
def test_batch_counts_every_answer_of_each_address():
    result = ping_batch([HERE, HERE], count=3, gap=0.05)[HERE]
    assert (result.sent, result.received, result.loss_percent) == (3, 3, 0)
    assert 0 <= result.average_ms < 1000


def refuse_sockets(monkeypatch, *ways):
    def maker(real):
        def make(*args, privileged=True, **more):
            if (PingWay.RAW if privileged else PingWay.DATAGRAM) in ways:
                raise SocketPermissionError(privileged)
            return real(*args, privileged=privileged, **more)

        return make

    monkeypatch.setattr(icmp, "ICMPv4Socket", maker(icmp.ICMPv4Socket))


@pytest.mark.skipif(shutil.which("ping") is None, reason="the ping program is not installed")
def test_without_sockets_the_ping_program_is_used(monkeypatch):
    refuse_sockets(monkeypatch, PingWay.RAW, PingWay.DATAGRAM)
    result = ping_batch([HERE], count=2)[HERE]
    assert (result.way, result.sent, result.received) == (PingWay.PROGRAM, 2, 2)


def test_no_way_at_all_says_nothing_of_the_target(monkeypatch):
    refuse_sockets(monkeypatch, PingWay.RAW, PingWay.DATAGRAM)
    monkeypatch.setattr(icmp, "ping_command", lambda *_args: ["/nonexistent/ping"])
    with pytest.raises(PingUnavailable):
        run_ping(HERE)
    answers = asyncio.run(host_probes.ping_hosts(["127.0.0.1", "10.0.0.1"], HOME))
    assert [answer.is_up for answer in answers.values()] == [None, None]


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        (
            "2 packets transmitted, 2 received\n64 bytes: time=0.05 ms\n64 bytes: time=1.5 ms\n",
            (2, [0.05, 1.5]),
        ),
        ("3 packets transmitted, 0 received, 100% packet loss\n", (3, [])),
        ("1 packets transmitted, 1 received\n64 bytes from x: icmp_seq=1 ttl=64 time<1 ms\n", (1, [1.0])),
    ],
)
def test_output_of_the_ping_program_is_read(output, expected):
    result = icmp._read_ping("10.0.0.1", output, "")
    assert (result.sent, result.times_ms) == expected


def test_output_that_says_nothing_is_not_taken_for_down():
    with pytest.raises(PingUnavailable):
        icmp._read_ping("10.0.0.1", "", "ping: socket: Operation not permitted")


def test_loss_is_in_percent_and_whole():
    assert PingAnswers("x", sent=3, times_ms=[1.0, 2.0]).loss_percent == 33
    assert PingAnswers("x").loss_percent == 100


def test_persons_ping_outside_the_allowed_networks_is_refused():
    with pytest.raises(AddressRefused):
        host_probes.ping_now("192.0.2.1", HOME)


def test_tcp_connect_tells_open_from_closed():
    async def ask():
        server = await asyncio.start_server(lambda _reader, writer: writer.close(), "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        allow = AllowList.parse("127.0.0.1/32", str(port))
        opened = await host_probes.connect_tcp("127.0.0.1", port, allow)
        server.close()
        await server.wait_closed()
        return opened, await host_probes.connect_tcp("127.0.0.1", port, allow)

    opened, closed = asyncio.run(ask())
    assert (opened.is_up, closed.is_up, closed.detail) == (True, False, "ConnectionRefusedError")
