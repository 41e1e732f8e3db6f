"""What all monitors together say of a node or service: our own watch, and the alerts of others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select

from models.base.db import db
from models.outages.alert import ReceivedAlert
from models.outages.network import Node, WebService
from models.outages.watching import Condition
from models.tickets.ticket import Ticket


@dataclass(frozen=True)
class Evidence:
    """Is it down, since when; if not, when was it last seen to answer again (None: nobody saw that)."""

    is_down: bool
    since: datetime | None = None
    rose_at: datetime | None = None
    is_down_by_own: bool = False
    is_faltering: bool = False  # the last check failed, not yet believed
    is_answering: bool = False  # the last check was answered, and nobody says otherwise
    firing: tuple[ReceivedAlert, ...] = ()
    resolved: tuple[ReceivedAlert, ...] = ()


def evidence_of(row: Node | WebService, heard: Sequence[ReceivedAlert]) -> Evidence:
    """Weigh what is known of one target.

    1. Our own watch says "down": it is down, whatever another monitor says.
    2. Another monitor's alert stands: it is down, unless our own watch saw it come up after that alert came.
    3. Otherwise it is not; the last proof is our own watch's change to "up" or the last alert that was resolved.
    """
    watched = row.is_watched
    own_down = watched and row.condition == Condition.DOWN
    own_up_at = row.since_at if watched and row.condition == Condition.UP else None
    firing = tuple(alert for alert in heard if alert.resolved_at is None)
    resolved = tuple(alert for alert in heard if alert.resolved_at is not None)
    stands = tuple(alert for alert in firing if own_up_at is None or own_up_at <= alert.fired_at)
    faltering = watched and row.watched.is_faltering
    if own_down or stands:
        since = row.since_at if own_down else min(alert.began_at or alert.fired_at for alert in stands)
        return Evidence(True, since, None, own_down, faltering, False, firing, resolved)
    rises = [own_up_at, *(alert.resolved_at for alert in resolved)]
    rose_at = max((at for at in rises if at is not None), default=None)
    answering = own_up_at is not None and not row.failures
    return Evidence(False, None, rose_at, False, faltering, answering, firing, resolved)


def alerts_that_count(without: Sequence[str] = ()) -> list[ReceivedAlert]:
    """Alerts about an outage that stand, or that belong to an outage that is open; not those of the keys `without`.

    One whose outage has ended counts no more, until the other monitor says it again.
    """
    query = select(ReceivedAlert).outerjoin(Ticket, Ticket.id == ReceivedAlert.ticket_id)
    stands = ReceivedAlert.resolved_at.is_(None) & ReceivedAlert.ticket_id.is_(None)
    query = query.where(ReceivedAlert.act == "outage", or_(stands, Ticket.is_open))
    query = query.where(ReceivedAlert.key.not_in(without))
    return list(db.session.scalars(query.order_by(ReceivedAlert.id)).unique())


def by_target(alerts: Iterable[ReceivedAlert]) -> tuple[dict[int, list[ReceivedAlert]], dict[int, list[ReceivedAlert]]]:
    """The alerts of each node and of each service."""
    nodes: dict[int, list[ReceivedAlert]] = defaultdict(list)
    services: dict[int, list[ReceivedAlert]] = defaultdict(list)
    for alert in alerts:
        if alert.node_id is not None:
            nodes[alert.node_id].append(alert)
        elif alert.service_id is not None:
            services[alert.service_id].append(alert)
    return nodes, services
