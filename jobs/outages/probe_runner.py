"""Probes a set of targets on time, again and again, and hands the outcomes on."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeVar

from gateways.probes.addresses import AllowList
from gateways.probes.host_probes import Answer, connect_tcp, ping_hosts
from gateways.probes.http import Expectation, WebProbe, WebResult
from jobs.outages.probe_schedule import ProbeSchedule

R = TypeVar("R")
log = logging.getLogger(__name__)
TICK_SECONDS = 0.5
OWN_NETWORK_SECONDS = 5.0
PARALLEL = 80


@dataclass(frozen=True)
class Target:
    """One thing to watch: a node by ping, or by TCP where it has a port; a service by its address."""

    kind: str  # "node" or "service"
    id: int
    interval: float  # seconds
    host: str = ""
    port: int | None = None
    url: str = ""
    expects: Expectation = field(default_factory=Expectation)

    @property
    def key(self) -> tuple[str, int]:
        return self.kind, self.id


@dataclass(frozen=True)
class ProbeOutcome:
    """What one probe said; `answered` None where it said nothing (own fault, forbidden, monitor blind)."""

    kind: str
    id: int
    at: datetime
    answered: bool | None
    milliseconds: float | None = None
    detail: str = ""
    visit: WebResult | None = None
    late: float = 0.0  # seconds after the moment it was due


class OwnNetwork:
    """Whether this machine's own network works: one of its gateways answers a ping.

    Asked only when a probe failed, and at most every five seconds. Without a known gateway it says yes.
    """

    def __init__(self, gateways: Callable[[], Sequence[str]]) -> None:
        self._gateways = gateways
        self._asked_at = float("-inf")
        self.works = True

    async def check(self) -> bool:
        """True where the failures of others may be believed."""
        if time.monotonic() - self._asked_at >= OWN_NETWORK_SECONDS:
            self._asked_at = time.monotonic()
            gateways = self._gateways()
            # The gateways are this machine's own setting, so they are allowed by definition.
            own = AllowList.parse(" ".join(gateways), "")
            answers = await ping_hosts(gateways, own, timeout=1.5)
            said = [answer.is_up for answer in answers.values() if answer.is_up is not None]
            self.works = any(said) or not said
        return self.works


class ProbeRunner:
    """Probes what is due: all pings of a tick in one batch, TCP and web side by side, 80 at most."""

    def __init__(self, allow: AllowList, web: WebProbe, own_network: OwnNetwork) -> None:
        self.allow, self.web, self.own_network = allow, web, own_network
        self.schedule: ProbeSchedule[tuple[str, int]] = ProbeSchedule()
        self.targets: Mapping[tuple[str, int], Target] = {}
        self._places = asyncio.Semaphore(PARALLEL)
        self._running: set[asyncio.Task[None]] = set()
        self.outcomes: list[ProbeOutcome] = []

    def keep(self, targets: Iterable[Target]) -> None:
        """Take over the present targets."""
        self.targets = {target.key: target for target in targets}
        self.schedule.keep({key: target.interval for key, target in self.targets.items()}, time.monotonic())

    def start_due(self) -> None:
        """Start a probe for everything that is due; returns at once."""
        due = [(self.targets[key], late) for key, late in self.schedule.take_due(time.monotonic())]
        pings = [(target, late) for target, late in due if target.host and target.port is None]
        if pings:
            self._start(self._ping(pings))
        for target, late in due:
            if target.url or target.port is not None:
                self._start(self._open(target, late))

    async def probe_all(self) -> list[ProbeOutcome]:
        """Probe every target once, now, and give what they said."""
        pings = [(target, 0.0) for target in self.targets.values() if target.host and target.port is None]
        others = [target for target in self.targets.values() if target.url or target.port is not None]
        await asyncio.gather(self._ping(pings), *[self._open(target, 0.0) for target in others])
        return self.take_outcomes()

    def take_outcomes(self) -> list[ProbeOutcome]:
        """The outcomes since the last call."""
        taken, self.outcomes = self.outcomes, []
        return taken

    async def stop(self) -> None:
        """Give up what is still under way."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    def _start(self, probe: Awaitable[None]) -> None:
        task = asyncio.ensure_future(probe)
        self._running.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: "asyncio.Future[None]") -> None:
        self._running.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("a probe failed by our own fault", exc_info=task.exception())

    async def _ping(self, due: list[tuple[Target, float]]) -> None:
        try:
            answers = await ping_hosts({target.host for target, _late in due}, self.allow)
            for target, late in due:
                await self._tell(target, answers[target.host], late)
        finally:
            self.schedule.finished(target.key for target, _late in due)

    async def _open(self, target: Target, late: float) -> None:
        waited_from = time.monotonic()
        try:
            async with self._places:
                late += time.monotonic() - waited_from
                if target.url:
                    visit = await self.web.visit(target.url, target.expects)
                    answer = Answer(visit.answers, visit.duration_ms, visit.detail)
                    await self._tell(target, answer, late, visit)
                else:
                    port = target.port or 0
                    await self._tell(target, await connect_tcp(target.host, port, self.allow), late)
        finally:
            self.schedule.finished([target.key])

    async def _tell(self, target: Target, answer: Answer, late: float, visit: WebResult | None = None) -> None:
        answered, detail = answer.is_up, answer.detail
        if answered is False and not await self.own_network.check():
            answered, detail = None, "monitor blind"
        now = datetime.now(UTC)
        self.outcomes.append(
            ProbeOutcome(target.kind, target.id, now, answered, answer.milliseconds, detail, visit, late)
        )


async def keep_probing(
    runner: ProbeRunner,
    load: Callable[[], Iterable[Target]],
    store: Callable[[list[ProbeOutcome]], None],
    ended: Callable[[], bool],
    reload_seconds: float = 20.0,
) -> None:
    """Probe until `ended`: targets are loaded anew every 20 seconds, outcomes stored every tick.

    `load` and `store` run in a thread, for they talk to the database; a slow `store` delays no probe, what comes
    meanwhile goes with the next one. When they fail, the outcomes are
    dropped and nothing is recorded: a database error never makes a target down (Z22).
    """
    loaded_at = float("-inf")
    storing: asyncio.Future[None] | None = None
    while not ended():
        if time.monotonic() - loaded_at >= reload_seconds:
            targets = await _guarded(load)
            if targets is not None:
                runner.keep(targets)
            loaded_at = time.monotonic()
        runner.start_due()
        if (storing is None or storing.done()) and (outcomes := runner.take_outcomes()):
            storing = asyncio.ensure_future(_guarded(store, outcomes))
        await asyncio.sleep(TICK_SECONDS)
    if storing is not None:
        await storing
    await runner.stop()


async def _guarded(work: Callable[..., R], *args: object) -> R | None:
    try:
        return await asyncio.to_thread(work, *args)
    except Exception:  # the watch goes on whatever the database says
        log.exception("the watch could not reach its rows")
        return None
