"""The runner keeps healthy targets on time whatever the others do; Z22, Z31 and Z32."""

import asyncio
import time

import pytest

from gateways.probes.addresses import AllowList
from gateways.probes.host_probes import Answer
from gateways.probes.http import VisitFinding, WebProbe, WebResult
from jobs.outages import probe_runner
from jobs.outages.probe_runner import OwnNetwork, ProbeRunner, Target, keep_probing

HOME = AllowList.parse("127.0.0.0/8 10.0.0.0/8", "80")


def nodes(count, interval=30.0):
    return [
        Target("node", number, interval, host=f"10.0.{number // 250}.{number % 250 + 1}") for number in range(count)
    ]


def runner(gateways=("10.0.0.254",)):
    return ProbeRunner(HOME, WebProbe(HOME), OwnNetwork(lambda: list(gateways)))


def pinging(monkeypatch, answers):
    """Replace the network: `answers(host)` says up or down; gives the list of batches sent."""
    batches = []

    async def ping_hosts(hosts, _allow, *, timeout=2.0):
        batches.append(set(hosts))
        return {host: Answer(answers(host)) for host in hosts}

    monkeypatch.setattr(probe_runner, "ping_hosts", ping_hosts)
    return batches


def test_all_pings_of_a_round_go_in_one_batch(monkeypatch):
    batches = pinging(monkeypatch, lambda _host: True)

    async def ask():
        watch = runner()
        watch.keep(nodes(500))
        return await watch.probe_all()

    outcomes = asyncio.run(ask())
    assert ([len(batch) for batch in batches], len(outcomes)) == ([500], 500)


def test_z32_own_network_down_makes_none_of_500_targets_down(monkeypatch):
    batches = pinging(monkeypatch, lambda _host: False)

    async def ask():
        watch = runner()
        watch.keep(nodes(500))
        return await watch.probe_all(), watch.own_network.works

    outcomes, works = asyncio.run(ask())
    assert {(outcome.answered, outcome.detail) for outcome in outcomes} == {(None, "monitor blind")}
    assert works is False
    assert batches[1:] == [{"10.0.0.254"}]


def test_failures_count_when_the_own_gateway_answers_or_is_not_known(monkeypatch):
    pinging(monkeypatch, lambda host: host == "10.0.0.254")

    async def ask(watch):
        watch.keep(nodes(3))
        return {outcome.answered for outcome in await watch.probe_all()}

    async def both():
        return await ask(runner()), await ask(runner(gateways=()))

    assert asyncio.run(both()) == ({False}, {False})


def test_z31_black_holes_do_not_delay_healthy_services(monkeypatch):
    """200 services, 20 of them silent for the whole deadline: the healthy ones run on time."""

    class Visits:
        async def visit(self, url, _expects):
            await asyncio.sleep(5.0 if "hole" in url else 0.01)
            return WebResult(url, VisitFinding.OK)

    services = [
        Target("service", number, 0.5, url=f"http://{'hole' if number < 20 else 'ok'}{number}/")
        for number in range(200)
    ]

    async def ask():
        watch = ProbeRunner(HOME, Visits(), OwnNetwork(list))
        seen = []
        until = time.monotonic() + 3
        await keep_probing(watch, lambda: services, seen.extend, lambda: time.monotonic() > until)
        return seen

    seen = asyncio.run(ask())
    healthy = {outcome.id for outcome in seen if outcome.id >= 20}
    late = sorted(outcome.late for outcome in seen)
    assert len(healthy) == 180
    assert late[int(len(late) * 0.99)] < 1.0


def test_z22_database_that_fails_drops_the_outcomes_and_the_watch_goes_on(monkeypatch, caplog):
    pinging(monkeypatch, lambda _host: True)
    stored = []

    def store(outcomes):
        if not stored:
            stored.append("failed")
            raise RuntimeError("too many connections")
        stored.extend(outcomes)

    async def ask():
        until = time.monotonic() + 2.5
        await keep_probing(runner(), lambda: nodes(5, 0.5), store, lambda: time.monotonic() > until)

    asyncio.run(ask())
    assert stored[0] == "failed"
    assert {outcome.answered for outcome in stored[1:]} == {True}
    assert "the watch could not reach its rows" in caplog.text


def test_fault_of_our_own_in_a_probe_is_logged_and_says_nothing_of_the_target(monkeypatch, caplog):
    async def broken(*_args, **_more):
        raise RuntimeError("bug")

    monkeypatch.setattr(probe_runner, "ping_hosts", broken)
    stored = []

    async def ask():
        until = time.monotonic() + 1.2
        await keep_probing(runner(), lambda: nodes(2, 0.2), stored.extend, lambda: time.monotonic() > until)

    asyncio.run(ask())
    assert stored == []
    assert "a probe failed by our own fault" in caplog.text


@pytest.mark.parametrize("port", [None, 80])
def test_node_outside_the_allowed_networks_is_neither_up_nor_down(port):
    async def ask():
        watch = runner()
        watch.keep([Target("node", 1, 30, host="192.0.2.1", port=port)])
        return await watch.probe_all()

    assert [outcome.answered for outcome in asyncio.run(ask())] == [None]
