"""How available nodes, services and units were in a period, from their checks and outages."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, and_, false, func, or_, select, true

from models.base.db import db, utcnow
from models.base.wording import WIB, Words, local
from models.organisation.unit import Unit
from models.outages.network import CheckHour, Node, PlannedWork, WebService, topology, units_served
from models.outages.outage import Outage
from models.outages.watching import Interval, availability, uptime_percent, without
from models.tickets.ticket import Ticket

KINDS: dict[str, Words] = {"unit": _l("Unit"), "service": _l("Layanan"), "node": _l("Perangkat")}


@dataclass(frozen=True)
class Share:
    """How available one node, service or unit was in a period; `percent` None where nothing is known."""

    kind: str  # node, service or unit
    name: str
    percent: float | None
    minutes_down: int
    checks: int
    href: str = ""

    @property
    def kind_words(self) -> str:
        return str(KINDS[self.kind])


Only = Mapping[str, Collection[int]]  # kind -> the ids that are asked for; a kind that is not named is left out


def availability_of(start: datetime, end: datetime, only: Only | None = None) -> list[Share]:
    """What their users felt, whoever was the cause, the lowest first; planned work does not count."""
    asked = _chosen(CheckHour.kind, CheckHour.target_id, only)
    counts = {
        (kind, target): (int(answered), int(failed))
        for kind, target, answered, failed in db.session.execute(
            select(CheckHour.kind, CheckHour.target_id, func.sum(CheckHour.answered), func.sum(CheckHour.failed))
            .where(CheckHour.hour >= start, CheckHour.hour < end, asked)
            .group_by(CheckHour.kind, CheckHour.target_id)
        )
    }
    outages = list(
        db.session.scalars(
            select(Outage)
            .join(Ticket)
            .where(
                Outage.began_at < end,
                or_(Outage.answered_at.is_(None), Outage.answered_at > start),
                Ticket.state.not_in(("not_confirmed", "false_alarm", "joined", "cancelled")),
            )
        ).unique()
    )
    felt = _Felt(outages, _planned(start, end), start, end)
    shares = [
        *_units(felt, _wanted("unit", Unit, only)),
        *_services(felt, counts, _wanted("service", WebService, only)),
        *_nodes(felt, counts, _wanted("node", Node, only)),
    ]
    return sorted(shares, key=lambda share: (101.0 if share.percent is None else share.percent, share.name))


@dataclass(frozen=True)
class _Planned:
    """Planned work: when, and the nodes (with all behind them), services and units that it takes out."""

    span: Interval
    nodes: frozenset[int]
    services: frozenset[int]
    units: frozenset[int]


@dataclass(frozen=True)
class _Felt:
    """The outages and the planned work of a period, from which follows what was felt of them."""

    outages: list[Outage]
    works: list[_Planned]
    start: datetime
    end: datetime

    def down(self, is_felt: Callable[[Outage], bool], is_planned: Callable[[_Planned], bool]) -> timedelta:
        """How long at least one of these outages was felt, planned work apart."""
        spans = [_interval(outage) for outage in self.outages if is_felt(outage)]
        return without(spans, [work.span for work in self.works if is_planned(work)], self.start, self.end)

    def share(self, kind: str, row: Any, down: timedelta, checked: tuple[int, int], view: str) -> Share:
        """By checks and by time the lower one counts: what lies behind a dead uplink is out, asked or not."""
        by_checks = availability(*checked)
        by_time = uptime_percent(down, self.start, self.end) if down else None
        known = [percent for percent in (by_checks, by_time) if percent is not None]
        minutes = int(down.total_seconds() // 60)
        return Share(
            kind, row.name, min(known, default=None), minutes, sum(checked), f"/admin/{view}/details/?id={row.id}"
        )


Counts = dict[tuple[str, int], tuple[int, int]]


def _nodes(felt: _Felt, counts: Counts, wanted: ColumnElement[bool]) -> Iterator[Share]:
    """A node is out with every outage that it is part of, whether it is the cause or lies behind it."""
    of_node: dict[int, set[int]] = {}
    for outage in felt.outages:
        for node_id in {outage.cause_node_id, *(node.id for node in outage.nodes)} - {None}:
            of_node.setdefault(node_id or 0, set()).add(outage.ticket_id)
    for node in db.session.scalars(select(Node).where(wanted).order_by(Node.name)).unique():
        mine = of_node.get(node.id, set())
        down = felt.down(_of(mine), _takes_out("nodes", node.id))
        yield felt.share("node", node, down, counts.get(("node", node.id), (0, 0)), "node")


def _services(felt: _Felt, counts: Counts, wanted: ColumnElement[bool]) -> Iterator[Share]:
    """A service is out by itself, and with the server on which it lies."""
    for service in db.session.scalars(select(WebService).where(wanted).order_by(WebService.name)).unique():
        host = service.host_node_id

        def is_felt(outage: Outage, service: WebService = service, host: int | None = host) -> bool:
            with_host = host is not None and (
                outage.cause_node_id == host or host in {node.id for node in outage.nodes}
            )
            return outage.service_id == service.id or with_host

        def is_planned(work: _Planned, service: WebService = service, host: int | None = host) -> bool:
            return service.id in work.services or host in work.nodes

        down = felt.down(is_felt, is_planned)
        yield felt.share("service", service, down, counts.get(("service", service.id), (0, 0)), "web_service")


def _units(felt: _Felt, wanted: ColumnElement[bool]) -> Iterator[Share]:
    """Units that an outage reached; those that none reached are not in the table."""
    for unit in db.session.scalars(select(Unit).where(Unit.is_active, wanted).order_by(Unit.name)):
        mine = {outage.ticket_id for outage in felt.outages if unit.id in {each.id for each in outage.units}}
        if mine:
            down = felt.down(_of(mine), _takes_out("units", unit.id))
            percent = uptime_percent(down, felt.start, felt.end)
            href = f"/admin/unit/details/?id={unit.id}"
            yield Share("unit", unit.name, percent, int(down.total_seconds() // 60), 0, href)


def _of(tickets: set[int]) -> Callable[[Outage], bool]:
    return lambda outage: outage.ticket_id in tickets


def _takes_out(kind: str, ident: int) -> Callable[[_Planned], bool]:
    return lambda work: ident in getattr(work, kind)


def _planned(start: datetime, end: datetime) -> list[_Planned]:
    rules = (PlannedWork.starts_at < end, PlannedWork.ends_at > start, PlannedWork.cancelled_at.is_(None))
    works = list(db.session.scalars(select(PlannedWork).where(*rules)).unique())
    tree = topology() if works else None
    found = []
    for work in works:
        own = {node.id for node in work.nodes}
        nodes = own | {below for node_id in own for below in (tree.behind(node_id) if tree else ())}
        units = frozenset(unit.id for unit in units_served(nodes))
        services = frozenset(service.id for service in work.services)
        found.append(_Planned(Interval(work.starts_at, work.ends_at), frozenset(nodes), services, units))
    return found


def _interval(outage: Outage) -> Interval:
    return Interval(outage.began_at, outage.answered_at or outage.ended_at)


def _wanted(kind: str, model: type[Unit] | type[Node] | type[WebService], only: Only | None) -> ColumnElement[bool]:
    return true() if only is None else model.id.in_(list(only.get(kind, ())))


def _chosen(kind: Any, ident: Any, only: Only | None) -> ColumnElement[bool]:
    """The condition that a count is of one that is asked for."""
    if only is None:
        return true()
    return or_(false(), *(and_(kind == name, ident.in_(list(ids))) for name, ids in only.items() if ids))


@dataclass(frozen=True)
class CheckDay:
    """How a device answered on one day of the centre's clock."""

    day: date
    answered: int = 0
    failed: int = 0

    @property
    def percent(self) -> float | None:
        return availability(self.answered, self.failed)

    @property
    def failed_share(self) -> float | None:
        """From 0 to 1; None where nothing was checked."""
        checks = self.answered + self.failed
        return self.failed / checks if checks else None


def check_days(kind: str, target_id: int, days: int) -> list[CheckDay]:
    """The last so many days, today included, the oldest first; `kind` is node or service."""
    today = local(utcnow()).date()
    first = today - timedelta(days=days - 1)
    start = datetime.combine(first, time(), WIB)
    query = select(CheckHour.hour, CheckHour.answered, CheckHour.failed).where(
        CheckHour.kind == kind, CheckHour.target_id == target_id, CheckHour.hour >= start
    )
    sums: dict[date, tuple[int, int]] = {}
    for hour, answered, failed in db.session.execute(query):
        before = sums.get(local(hour).date(), (0, 0))
        sums[local(hour).date()] = (before[0] + answered, before[1] + failed)
    every = (first + timedelta(days=n) for n in range(days))
    return [CheckDay(day, *sums.get(day, (0, 0))) for day in every]
