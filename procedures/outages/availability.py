"""How available nodes, services and units were in a period, from their checks and outages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, or_, select

from models.base.db import db
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


def availability_of(start: datetime, end: datetime) -> list[Share]:
    """The lowest first: nodes and services by their checks, units by their outages; planned work does not count."""
    counts = {
        (kind, target): (int(answered), int(failed))
        for kind, target, answered, failed in db.session.execute(
            select(CheckHour.kind, CheckHour.target_id, func.sum(CheckHour.answered), func.sum(CheckHour.failed))
            .where(CheckHour.hour >= start, CheckHour.hour < end)
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
        *_units(outages, start, end),
        *_targets("service", WebService, counts, outages, start, end),
        *_targets("node", Node, counts, outages, start, end),
    ]
    return sorted(shares, key=lambda share: (101.0 if share.percent is None else share.percent, share.name))


def _targets(
    kind: str,
    model: type[Node] | type[WebService],
    counts: dict[tuple[str, int], tuple[int, int]],
    outages: list[Outage],
    start: datetime,
    end: datetime,
) -> list[Share]:
    view = "node" if kind == "node" else "web_service"
    shares = []
    rows: list[Any] = list(db.session.scalars(select(model).order_by(model.name)).unique())
    for row in rows:
        answered, failed = counts.get((kind, row.id), (0, 0))
        mine = [o for o in outages if (o.cause_node_id if kind == "node" else o.service_id) == row.id]
        down = merged_duration([_interval(o) for o in mine], start, end)
        percent, minutes = availability(answered, failed), int(down.total_seconds() // 60)
        shares.append(Share(kind, row.name, percent, minutes, answered + failed, f"/admin/{view}/details/?id={row.id}"))
    return shares


def _interval(outage: Outage) -> Interval:
    return Interval(outage.began_at, outage.answered_at or outage.ended_at)


def _units(outages: list[Outage], start: datetime, end: datetime) -> list[Share]:
    works = db.session.scalars(select(PlannedWork).where(PlannedWork.starts_at < end, PlannedWork.ends_at > start))
    planned = [
        (Interval(w.starts_at, w.ends_at), {unit.id for n in w.nodes for unit in n.units}) for w in works.unique()
    ]
    shares = []
    for unit in db.session.scalars(select(Unit).where(Unit.is_active).order_by(Unit.name)):
        mine = [_interval(outage) for outage in outages if unit.id in {each.id for each in outage.units}]
        if not mine:
            continue
        down = without(mine, [span for span, ids in planned if unit.id in ids], start, end)
        percent = uptime_percent(down, start, end)
        href = f"/admin/unit/details/?id={unit.id}"
        shares.append(Share("unit", unit.name, percent, int(down.total_seconds() // 60), 0, href))
    return shares
