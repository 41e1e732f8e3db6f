"""Tells the head of the division, then the head of the centre, what is overdue."""

from __future__ import annotations

from sqlalchemy import exists, select

from mails.queue import queue
from mails.recipients import Recipient
from models.base import calendar
from models.base.db import db, utcnow, write_transaction
from models.organisation.roles import Role
from models.organisation.staff import staff_with
from models.tickets.outbox import Mail
from models.tickets.ticket import Ticket
from procedures.engine import catalog
from procedures.engine.take_step import state_of

BATCH = 200


def escalate() -> int:
    """Queue the mails that are due; a mail that was queued before is recognised by its key."""
    queued, last = 0, 0
    while ids := _overdue(after=last):
        with write_transaction():
            for ticket in db.session.scalars(select(Ticket).where(Ticket.id.in_(ids)).order_by(Ticket.id)).unique():
                queued += _tell(ticket, ticket.group.head_role)
                if ticket.group.head_role is not Role.HEAD_OF_CENTRE and _is_late_again(ticket):
                    queued += _tell(ticket, Role.HEAD_OF_CENTRE)
        last = ids[-1]
    return queued


def _overdue(after: int) -> list[int]:
    overdue = select(Ticket.id).where(
        Ticket.id > after, Ticket.is_open, Ticket.pause.is_(None), Ticket.due_at < utcnow()
    )
    return list(db.session.scalars(overdue.order_by(Ticket.id).limit(BATCH)))


def _is_late_again(ticket: Ticket) -> bool:
    """Has the whole target passed once more since the ticket fell due?"""
    within = catalog.get(ticket.procedure).within(state_of(ticket))
    if ticket.due_at is None or within is None:
        return False
    return calendar.due_at(ticket.due_at, within.hours, within.round_the_clock) < utcnow()


def _tell(ticket: Ticket, role: Role) -> int:
    """One mail for each who holds the role, once for this stay in the state, whatever is written meanwhile."""
    told = 0
    for head in staff_with(role):
        key = f"overdue:{ticket.id}:{ticket.since_at:%Y%m%d%H%M%S%f}:{role.value}:{head.id}"
        if not head.email or db.session.scalar(select(exists().where(Mail.dedupe_key == key))):
            continue
        facts = {
            "subject": ticket.subject,
            "due_at": ticket.due_at.isoformat() if ticket.due_at else None,
            "line": ticket.line,
            "desk": ticket.assignee.name if ticket.assignee else ticket.group.name,
        }
        queue("overdue", ticket, Recipient(head.email, head.name, head.language, is_staff=True), facts, dedupe_key=key)
        told += 1
    return told
