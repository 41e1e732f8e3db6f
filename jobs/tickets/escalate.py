"""Tells the head of the division, then the head of the centre, what is overdue."""

from __future__ import annotations

from sqlalchemy import exists, select

from mails.queue import queue
from mails.recipients import Recipient
from models.base import calendar
from models.base.db import db, utcnow, write_transaction
from models.organisation.roles import DIVISION_ROLES, HEAD_OF_DIVISION, HEADS, Division, Role
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
                head = head_of_due(ticket)
                queued += _tell(ticket, head)
                if head is not Role.HEAD_OF_CENTRE and _is_late_again(ticket):
                    queued += _tell(ticket, Role.HEAD_OF_CENTRE)
        last = ids[-1]
    return queued


def _overdue(after: int) -> list[int]:
    overdue = select(Ticket.id).where(
        Ticket.id > after, Ticket.is_open, Ticket.pause.is_(None), Ticket.due_at < utcnow()
    )
    return list(db.session.scalars(overdue.order_by(Ticket.id).limit(BATCH)))


def head_of_due(ticket: Ticket) -> Role:
    """The head above whoever is to take the step that is due; of the ticket's group where that is its members."""
    due = catalog.get(ticket.procedure).due_in(state_of(ticket))
    roles = [word for word in due.by if isinstance(word, Role)] if due else []
    heads = [role for role in roles if role in HEADS]
    if not roles or due is None or due.is_holders:
        return ticket.group.head_role
    if heads:
        return heads[0]
    return HEAD_OF_DIVISION[DIVISION_ROLES.get(roles[0], Division.FRONT_DESK)]


def _desk_of_due(ticket: Ticket) -> str:
    """Who is to take the step that is due: the person at work, the roles that may, or the group."""
    due = catalog.get(ticket.procedure).due_in(state_of(ticket))
    roles = [str(word.label) for word in due.by if isinstance(word, Role)] if due else []
    if ticket.assignee is not None and (due is None or not due.is_holders):
        return str(ticket.assignee.name)
    return ", ".join(roles) or ticket.group.name


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
            "desk": _desk_of_due(ticket),
        }
        queue("overdue", ticket, Recipient(head.email, head.name, head.language, is_staff=True), facts, dedupe_key=key)
        told += 1
    return told
