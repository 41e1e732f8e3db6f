"""The same letter on two tickets, for the staff of both: which ticket has it too, since when, and why it came again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from models.base.db import db
from models.base.wording import Words
from models.tickets.letter import RequestLetter
from models.tickets.ticket import Event, Ticket
from procedures.engine.take_step import state_of


@dataclass(frozen=True)
class LetterTwin:
    """Another ticket with this letter; `reason` is what the later sender of the two wrote."""

    ticket_id: int
    number: str
    received_at: datetime
    state: Words
    reason: str


def letter_twins(ticket: Ticket, found: Sequence[RequestLetter]) -> list[LetterTwin]:
    """What the workbench says of the same letter on other tickets; asks nothing where there is none."""
    if not found:
        return []
    ids = [ticket.id, *(one.ticket_id for one in found)]
    opened = select(Event.ticket_id, Event.data).where(Event.ticket_id.in_(ids), Event.from_state == "")
    rows = db.session.execute(opened.order_by(Event.id.desc()))
    reasons = {ticket_id: data.get("again_reason", "") for ticket_id, data in rows}
    return [
        LetterTwin(
            one.ticket_id,
            one.ticket.number,
            one.received_at,
            state_of(one.ticket).label,
            reasons.get(max(ticket.id, one.ticket_id), ""),
        )
        for one in found
    ]
