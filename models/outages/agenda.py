"""Repairs at the place of an outage (L7, W4) and turns on duty in an officer's agenda."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from sqlalchemy import select

from models.base import setting
from models.base.db import db, utcnow
from models.base.wording import WIB, local
from models.organisation.staff import Staff
from models.outages.duty_turn import DutyTurn
from models.outages.network import Node
from models.outages.outage import Outage, OutageCrew
from models.tickets.listing.agenda import MOST, SOURCES, AgendaEntry, Window
from models.tickets.ticket import Ticket


def repairs(window: Window) -> list[AgendaEntry]:
    """Outages to whose place somebody is sent, from when the ticket came to its desk until now."""
    now = utcnow()
    if not window.begins <= now:
        return []
    query = (
        select(
            Ticket.id, Ticket.number, Ticket.subject, Ticket.since_at, Staff.name, Staff.id.label("staff_id"),
            Node.building, Node.floor, Node.room,
        )
        .join(Outage, Outage.ticket_id == Ticket.id)
        .join(OutageCrew, OutageCrew.ticket_id == Ticket.id)
        .join(Staff, Staff.id == OutageCrew.staff_id)
        .outerjoin(Node, Node.id == Outage.cause_node_id)
        .where(
            Ticket.is_open,
            Outage.ended_at.is_(None),
            Ticket.since_at < window.ends,
            window.is_theirs(OutageCrew.staff_id),
            window.seen,
        )
        .order_by(Ticket.since_at, Ticket.id)
        .limit(MOST)
    )  # fmt: skip
    return [
        AgendaEntry(
            f"repair-{row.number}-{row.staff_id}", "repair", row.since_at, now, row.name,
            days=(local(row.since_at).date(), local(now).date()),
            place=", ".join(part for part in (row.building, row.floor, row.room) if part),
            number=row.number, ticket_id=row.id, subject=row.subject,
        )
        for row in db.session.execute(query)
    ]  # fmt: skip


def turns(window: Window) -> list[AgendaEntry]:
    """Nights on duty; everybody who sees the roster sees them."""
    begins = time.fromisoformat(setting.get("duty_begins_at"))
    query = (
        select(DutyTurn.day, DutyTurn.division, Staff.name)
        .join(Staff, Staff.id == DutyTurn.staff_id)
        .where(
            DutyTurn.day >= local(window.begins).date(),
            DutyTurn.day < local(window.ends).date(),
            window.is_theirs(DutyTurn.staff_id),
        )
        .order_by(DutyTurn.day, DutyTurn.division)
        .limit(MOST)
    )
    found = []
    for row in db.session.execute(query):
        starts = datetime.combine(row.day, begins, WIB)
        key = f"duty-{row.division}-{row.day}"
        found.append(AgendaEntry(key, "duty", starts, starts + timedelta(days=1), row.name))
    return found


SOURCES.extend((repairs, turns))
