"""Shows what a change of the calendar would move: the due times of open tickets, before it is confirmed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from models.base.calendar import Calendars
from models.base.db import db, utcnow
from models.organisation.staff import Staff
from models.tickets.ticket import Ticket, visible_to
from procedures.engine.due import counted_anew

MOST = 1_000  # tickets that are counted while somebody waits; the worker counts all of them
SHOWN = 8


@dataclass(frozen=True)
class DueMove:
    """One ticket's due time as it is and as it would be."""

    ticket: Ticket
    before: datetime
    after: datetime


@dataclass(frozen=True)
class DueMoves:
    """How many move, and of how many; `shown` are the first that this person may see."""

    counted: int = 0
    has_more: bool = False
    moved: int = 0
    earlier: int = 0
    late: int = 0  # whose due time would have passed already
    shown: list[DueMove] = field(default_factory=list)


def moves_by(hours: Calendars, staff: Staff) -> DueMoves:
    """What these calendars move among the open tickets that are not late, in the order of their due times."""
    now = utcnow()
    query = select(Ticket).where(Ticket.is_open, Ticket.due_at > now).order_by(Ticket.due_at, Ticket.id)
    tickets = list(db.session.scalars(query.limit(MOST + 1)).unique())
    anew = counted_anew(tickets[:MOST], hours)
    found = [
        DueMove(ticket, ticket.due_at, after)
        for ticket in tickets[:MOST]
        if (after := anew[ticket.id]) and ticket.due_at and after != ticket.due_at
    ]
    seen = set(
        db.session.scalars(select(Ticket.id).where(Ticket.id.in_([m.ticket.id for m in found]), visible_to(staff)))
    )
    return DueMoves(
        min(len(tickets), MOST),
        len(tickets) > MOST,
        len(found),
        sum(move.after < move.before for move in found),
        sum(move.after < now for move in found),
        [move for move in found if move.ticket.id in seen][:SHOWN],
    )
