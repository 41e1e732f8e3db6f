"""Lets rise what is late or soon will be: whoever is at work is warned, then the heads above hear of it.

Which rung is due is asked for a batch of tickets at once, and again by the step itself while the ticket is locked.
"""

from __future__ import annotations

import logging
from datetime import datetime

from sqlalchemy import select

from models.base import calendar
from models.base.db import db, utcnow
from models.tickets.ticket import Ticket
from procedures.engine import catalog
from procedures.engine.declaration import PRODUCT
from procedures.engine.take_step import StepRefused, take_step
from procedures.tickets.promised.escalation import next_rung, rungs_told

log = logging.getLogger("helpdesk")
BATCH = 200


def escalate() -> int:
    """Says how many rungs were taken."""
    taken, last, until = 0, 0, _warned_before()
    while tickets := _waiting(last, until):
        told = rungs_told([ticket.id for ticket in tickets])
        due = [ticket.id for ticket in tickets if next_rung(ticket, told[ticket.id])]
        last = tickets[-1].id
        db.session.rollback()
        taken += sum(_rise(ident) for ident in due)
    return taken


def _warned_before() -> datetime:
    """No ticket that is due after this moment is warned of yet: it is the longest of all targets away."""
    longest = max(
        within.hours
        for procedure in catalog.PROCEDURES.values()
        for state in procedure.open_states
        if (within := procedure.within(state)) is not None
    )
    return calendar.due_at(utcnow(), longest)


def _waiting(after: int, until: datetime) -> list[Ticket]:
    query = select(Ticket).where(Ticket.id > after, Ticket.is_open, Ticket.pause.is_(None), Ticket.due_at < until)
    return list(db.session.scalars(query.order_by(Ticket.id).limit(BATCH)).unique())


def _rise(ident: int) -> int:
    """Every rung that is due by now, each in a transaction of its own."""
    taken = 0
    while (ticket := db.session.get(Ticket, ident, populate_existing=True)) is not None:
        name = next_rung(ticket, rungs_told([ident])[ident])
        if name is None:
            break
        try:
            take_step(ident, name, PRODUCT)
        except StepRefused as refused:  # somebody was first
            log.info("escalate: %s of ticket %s: %s", name, ident, refused.sentence)
            break
        taken += 1
    db.session.rollback()
    return taken
