"""What the shift's page shows: open outages, states of nodes, promises, work ahead."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, func, select

from documents.outages.network_picture import DrawnNode
from models.base.db import Base, db, utcnow
from models.organisation.roles import Role
from models.organisation.staff import Staff
from models.outages.network import (
    CONDITIONS,
    Node,
    PlannedWork,
    WatchRun,
    WebService,
    muted_now,
    topology,
)
from models.outages.outage import Outage
from models.outages.outage_recipients import OutageRecipient
from models.outages.topology import Topology
from models.outages.watching import Condition
from models.tickets.ticket import Ticket, visible_to
from procedures.outages import promises as kept_promises

SILENT_AFTER = timedelta(minutes=2)
PROMISES_OF = timedelta(days=90)
AHEAD = timedelta(days=7)


@dataclass(frozen=True)
class Shift:
    """One look at everything that is not well."""

    outages: list[Outage]
    told: dict[int, list[OutageRecipient]]
    nodes_down: int
    nodes: int
    services_down: int
    services: int
    blind_since: datetime | None
    is_watching: bool
    promises: kept_promises.Tally
    follow_ups: list[Outage]
    works: list[PlannedWork]


def shift_of(staff: Staff) -> Shift:
    """The open outages that this person may see, newest first, with counts of the rest."""
    query = select(Outage).join(Ticket).where(Ticket.is_open, visible_to(staff))
    query = query.order_by(Outage.began_at.desc(), Outage.ticket_id.desc())
    outages = list(db.session.scalars(query).unique())
    run = db.session.get(WatchRun, 1)
    return Shift(
        outages=outages,
        told=_recipients_of_each(outages),
        nodes_down=_count(Node, Node.condition == Condition.DOWN),
        nodes=_count(Node),
        services_down=_count(WebService, WebService.condition == Condition.DOWN),
        services=_count(WebService),
        blind_since=run.blind_since if run else None,
        is_watching=run is not None and run.held_until > utcnow() - SILENT_AFTER,
        promises=kept_promises.tally(kept_promises.estimates_of(staff, utcnow() - PROMISES_OF, utcnow())),
        follow_ups=follow_ups(staff),
        works=works_ahead(),
    )


def blind_since() -> datetime | None:
    run = db.session.get(WatchRun, 1)
    return run.blind_since if run else None


def _count(model: type[Base], *rules: ColumnElement[bool]) -> int:
    return int(db.session.scalar(select(func.count()).select_from(model).where(*rules)) or 0)


def _recipients_of_each(outages: Iterable[Outage]) -> dict[int, list[OutageRecipient]]:
    """Who was told of each outage so far, people outside first."""
    told: dict[int, list[OutageRecipient]] = {outage.ticket_id: [] for outage in outages}
    rows = db.session.scalars(
        select(OutageRecipient).where(OutageRecipient.ticket_id.in_(list(told))).order_by(OutageRecipient.first_at)
    )
    for row in rows:
        told[row.ticket_id].append(row)
    return {key: sorted(people, key=lambda row: row.audience in set(Role)) for key, people in told.items()}


def follow_ups(staff: Staff) -> list[Outage]:
    """W7: outages in an outside manager's hands, by the day on which they are to be asked again."""
    query = select(Outage).join(Ticket).where(Ticket.is_open, Outage.held_outside_since.is_not(None), visible_to(staff))
    return list(db.session.scalars(query.order_by(Outage.follow_up_at.nulls_first(), Outage.ticket_id)).unique())


def works_ahead() -> list[PlannedWork]:
    """Planned work that goes on or begins within a week."""
    now = utcnow()
    query = select(PlannedWork).where(
        PlannedWork.ends_at > now, PlannedWork.starts_at < now + AHEAD, PlannedWork.cancelled_at.is_(None)
    )
    return list(db.session.scalars(query.order_by(PlannedWork.starts_at)).unique())


def picture_nodes(root: int | None) -> tuple[dict[int, DrawnNode], Topology]:
    """The nodes to draw, all or those behind one, with their states."""
    tree = topology()
    muted, _services = muted_now(tree)
    rows = list(db.session.scalars(select(Node)).unique())
    down = {node.id for node in rows if node.condition == Condition.DOWN}
    shown = {root} | tree.behind(root) if root in tree.uplinks else set(tree.uplinks)
    nodes = {node.id: _picture_node(node, tree, down, muted) for node in rows if node.id in shown}
    return nodes, Topology({key: up for key, up in tree.uplinks.items() if key in shown})


def _picture_node(node: Node, tree: Topology, down: set[int], muted: set[int]) -> DrawnNode:
    state, words = node.condition, str(CONDITIONS[Condition(node.condition)])
    if node.id in muted:
        state, words = "planned", _("Pekerjaan terencana")
    elif node.id not in down and any(above in down for above in tree.above(node.id)):
        state, words = "affected", _("Di belakang yang putus")
    elif node.is_flapping:
        words = _("%(words)s, hilang timbul", words=words)
    href = f"/admin/shift/picture/?root={node.id}" if tree.children[node.id] else f"/admin/node/details/?id={node.id}"
    return DrawnNode(node.id, node.name, state, words, str(node.kind_label), href)


def new_nonce() -> str:
    return secrets.token_hex(16)
