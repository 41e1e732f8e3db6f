"""Keeps the spans of a ticket's life: who holds the folder, written in the transaction of the step that moves it."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select, update

from models.base.bulk_insert import add_row
from models.base.db import db, utcnow
from models.tickets.span import HeldBy, Span
from models.tickets.ticket import Pause, Ticket
from procedures.engine import catalog
from procedures.engine.declaration import Who


class Standing(NamedTuple):
    """All of a ticket that a span keeps; a span ends when one of them changes."""

    state: str
    pause: str
    group_id: int
    assignee_id: int | None


def standing(ticket: Ticket) -> Standing:
    return Standing(ticket.state, ticket.pause or "", ticket.group_id, ticket.assignee_id)


def holder_of(ticket: Ticket) -> HeldBy:
    """For whom everybody waits: who was asked, else whoever the declared due step belongs to."""
    if ticket.pause == Pause.REQUESTER:
        return HeldBy.REQUESTER
    procedure = catalog.get(ticket.procedure)
    state = procedure.state(ticket.state)
    if state.awaits is not None and state.awaits.is_outside:
        return HeldBy.OUTSIDE
    due = procedure.due_in(state)
    if due is not None and Who.REQUESTER in due.by:
        return HeldBy.REQUESTER
    return HeldBy.UNIT if due is not None and Who.UNIT in due.by else HeldBy.US


def begin(ticket: Ticket, since: datetime) -> None:
    """The first span, or the next one, of a ticket that is open; nothing for one that ended at once."""
    if ticket.is_open:
        add_row(
            Span,
            ticket_id=ticket.id,
            holder=holder_of(ticket).value,
            began_at=since,
            **standing(ticket)._asdict(),
        )


def follow(ticket: Ticket, before: Standing) -> None:
    """The ticket moved: when it stands elsewhere now, the span ends and the next one begins at the same moment."""
    if standing(ticket) == before:
        return
    now = utcnow()
    open_one = update(Span).where(Span.ticket_id == ticket.id, Span.ended_at.is_(None))
    db.session.execute(open_one.values(ended_at=now).execution_options(synchronize_session=False))
    begin(ticket, now)


def received_at(ticket: Ticket) -> None:
    """The true time of receipt was put right: the ticket's first span begins then, or at its own end at the latest."""
    first = (
        db.session.scalars(select(Span).where(Span.ticket_id == ticket.id).order_by(Span.id).limit(1))
        .unique()
        .one_or_none()
    )
    if first is not None:
        first.began_at = min(ticket.received_at, first.ended_at or ticket.received_at)
