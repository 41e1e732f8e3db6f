"""How available nodes, services and units were in a period, from their checks and outages."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, and_, false, func, or_, select, true

from models.base.db import db, utcnow
from models.base.wording import WIB, local
from models.organisation.unit import Unit
from models.outages.network import CheckHour, Node, PlannedWork, WebService
from models.outages.outage import Outage
from models.outages.watching import Interval, availability, merged_duration, uptime_percent, without
from models.tickets.ticket import Ticket

KINDS: dict[str, Any] = {"unit": _l("Unit"), "service": _l("Layanan"), "node": _l("Perangkat")}


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
    """The lowest first: nodes and services by their checks, units by their outages; planned work does not count."""
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
    shares = [
        *_units(outages, start, end, _wanted("unit", Unit, only)),
        *_targets("service", WebService, counts, outages, start, end, _wanted("service", WebService, only)),
        *_targets("node", Node, counts, outages, start, end, _wanted("node", Node, only)),
    ]
    return sorted(shares, key=lambda share: (101.0 if share.percent is None else share.percent, share.name))


def _targets(
    kind: str,
    model: type[Node] | type[WebService],
    counts: dict[tuple[str, int], tuple[int, int]],
    outages: list[Outage],
    start: datetime,
    end: datetime,
    wanted: ColumnElement[bool],
) -> list[Share]:
    view = "node" if kind == "node" else "web_service"
    shares = []
    rows: list[Any] = list(db.session.scalars(select(model).where(wanted).order_by(model.name)).unique())
    for row in rows:
        answered, failed = counts.get((kind, row.id), (0, 0))
        mine = [o for o in outages if (o.cause_node_id if kind == "node" else o.service_id) == row.id]
        down = merged_duration([_interval(o) for o in mine], start, end)
        percent, minutes = availability(answered, failed), int(down.total_seconds() // 60)
        shares.append(Share(kind, row.name, percent, minutes, answered + failed, f"/admin/{view}/details/?id={row.id}"))
    return shares


def _interval(outage: Outage) -> Interval:
    return Interval(outage.began_at, outage.answered_at or outage.ended_at)


def _units(outages: list[Outage], start: datetime, end: datetime, wanted: ColumnElement[bool]) -> list[Share]:
    works = db.session.scalars(select(PlannedWork).where(PlannedWork.starts_at < end, PlannedWork.ends_at > start))
    planned = [
        (Interval(w.starts_at, w.ends_at), {unit.id for n in w.nodes for unit in n.units}) for w in works.unique()
    ]
    shares = []
    for unit in db.session.scalars(select(Unit).where(Unit.is_active, wanted).order_by(Unit.name)):
        mine = [_interval(outage) for outage in outages if unit.id in {each.id for each in outage.units}]
        if not mine:
            continue
        down = without(mine, [span for span, ids in planned if unit.id in ids], start, end)
        percent = uptime_percent(down, start, end)
        href = f"/admin/unit/details/?id={unit.id}"
        shares.append(Share("unit", unit.name, percent, int(down.total_seconds() // 60), 0, href))
    return shares


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
