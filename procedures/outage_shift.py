"""What the networking and systems desks read: open outages, conditions, promises, availability; it moves nothing."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, or_, select

from documents.network_picture import DrawnNode
from models.db import db, utcnow
from models.incident import Estimate, Outage
from models.network import CONDITIONS, CheckHour, Node, PlannedWork, WatchRun, WebService, muted_now, topology
from models.outbox import Mail
from models.staff import Staff
from models.ticket import Ticket, visible_to
from models.topology import Topology
from models.unit import Unit
from models.watching import Condition, Interval, availability, merged_duration, uptime_percent, without

SILENT_AFTER = timedelta(minutes=2)


@dataclass(frozen=True)
class Shift:
    """One look at everything that is not well."""

    outages: list[Outage]
    told: dict[int, int]
    nodes_down: int
    nodes: int
    services_down: int
    services: int
    blind_since: datetime | None
    is_watching: bool
    kept: int
    promised: int


def shift_of(staff: Staff) -> Shift:
    """The open outages that this person may see, with counts of the rest."""
    query = select(Outage).join(Ticket).where(Ticket.is_open, visible_to(staff)).order_by(Outage.began_at)
    outages = list(db.session.scalars(query).unique())
    run = db.session.get(WatchRun, 1)
    kept, promised = promises(staff)
    return Shift(
        outages,
        _told(outages),
        _count(Node, Node.condition == Condition.DOWN),
        _count(Node),
        _count(WebService, WebService.condition == Condition.DOWN),
        _count(WebService),
        run.blind_since if run else None,
        run is not None and run.held_until > utcnow() - SILENT_AFTER,
        kept,
        promised,
    )


def _count(model: Any, *rules: Any) -> int:
    return int(db.session.scalar(select(func.count()).select_from(model).where(*rules)) or 0)


def _told(outages: Iterable[Outage]) -> dict[int, int]:
    """How many people each outage's mails went to (by the outage's own ticket, or a tied one)."""
    counts: dict[int, int] = {}
    for outage in outages:
        ids = [outage.ticket_id, *db.session.scalars(select(Ticket.id).where(Ticket.incident_id == outage.ticket_id))]
        query = select(func.count(func.distinct(Mail.recipient))).where(Mail.ticket_id.in_(ids))
        counts[outage.ticket_id] = int(db.session.scalar(query) or 0)
    return counts


def promises(staff: Staff) -> tuple[int, int]:
    """Estimates kept, and estimates that can be judged, of the last 90 days."""
    since = utcnow() - timedelta(days=90)
    query = (
        select(Estimate)
        .join(Outage, Outage.ticket_id == Estimate.ticket_id)
        .join(Ticket, Ticket.id == Outage.ticket_id)
        .where(Estimate.at > since, visible_to(staff))
    )
    judged = [estimate.is_kept for estimate in db.session.scalars(query).unique() if estimate.is_kept is not None]
    return sum(judged), len(judged)


def drawn(root: int | None) -> tuple[dict[int, DrawnNode], Topology]:
    """The nodes to draw, all or those behind one, with their states."""
    tree = topology()
    muted, _services = muted_now(tree)
    rows = list(db.session.scalars(select(Node)).unique())
    down = {node.id for node in rows if node.condition == Condition.DOWN}
    shown = {root} | tree.behind(root) if root in tree.uplinks else set(tree.uplinks)
    nodes = {node.id: _drawn(node, tree, down, muted) for node in rows if node.id in shown}
    return nodes, Topology({key: up for key, up in tree.uplinks.items() if key in shown})


def _drawn(node: Node, tree: Topology, down: set[int], muted: set[int]) -> DrawnNode:
    state, words = node.condition, str(CONDITIONS[Condition(node.condition)])
    if node.id in muted:
        state, words = "planned", _("Pekerjaan terencana")
    elif node.id not in down and any(above in down for above in tree.above(node.id)):
        state, words = "affected", _("Di belakang yang putus")
    elif node.is_flapping:
        words = _("%(words)s, hilang timbul", words=words)
    href = f"/admin/shift/picture/?root={node.id}" if tree.children[node.id] else f"/admin/node/details/?id={node.id}"
    return DrawnNode(node.id, node.name, state, words, str(node.kind_label), href)


@dataclass(frozen=True)
class Share:
    """How available one node, service or unit was in a month; `percent` None where nothing is known."""

    kind_words: str
    name: str
    percent: float | None
    minutes_down: int
    checks: int
    href: str = ""


def availability_of(start: datetime, end: datetime) -> list[Share]:
    """Nodes and services by their checks, units by the outages that affected them; planned work does not count."""
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
                Ticket.state.not_in(("not_confirmed", "false_alarm", "cancelled")),
            )
        ).unique()
    )
    return [
        *_targets("node", Node, counts, outages, start, end),
        *_targets("service", WebService, counts, outages, start, end),
        *_units(outages, start, end),
    ]


def _targets(
    kind: str,
    model: type[Node] | type[WebService],
    counts: dict[tuple[str, int], tuple[int, int]],
    outages: list[Outage],
    start: datetime,
    end: datetime,
) -> list[Share]:
    words, view = (_("Perangkat"), "node") if kind == "node" else (_("Layanan"), "web_service")
    shares = []
    rows: list[Any] = list(db.session.scalars(select(model).order_by(model.name)).unique())
    for row in rows:
        answered, failed = counts.get((kind, row.id), (0, 0))
        mine = [o for o in outages if (o.cause_node_id if kind == "node" else o.service_id) == row.id]
        down = merged_duration([_interval(o) for o in mine], start, end)
        percent, minutes = availability(answered, failed), int(down.total_seconds() // 60)
        shares.append(
            Share(words, row.name, percent, minutes, answered + failed, f"/admin/{view}/details/?id={row.id}")
        )
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
        shares.append(Share(_("Unit"), unit.name, percent, int(down.total_seconds() // 60), 0, href))
    return shares


def new_nonce() -> str:
    return secrets.token_hex(16)
