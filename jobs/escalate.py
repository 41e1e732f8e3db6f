"""Tells the head of the division, then the head of the centre, what is overdue; once each for a stay in a state."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import joinedload

from mails.queue import queue
from mails.recipients import Recipient
from models.db import db, utcnow, write_transaction
from models.outbox import Mail
from models.staff import Role, staff_with
from models.ticket import Ticket

BATCH = 200
SECOND_AFTER = timedelta(days=1)


def escalate() -> int:
    """Queue the mails that are due; a mail that was queued before is recognised by its key."""
    now = utcnow()
    overdue = (
        select(Ticket)
        .where(Ticket.is_open, Ticket.pause.is_(None), Ticket.due_at < now)
        .options(joinedload(Ticket.group), joinedload(Ticket.assignee))
        .order_by(Ticket.due_at)
        .limit(BATCH)
    )
    queued = 0
    with write_transaction():
        for ticket in db.session.scalars(overdue).unique():
            queued += _tell(ticket, ticket.group.head_role)
            if (
                ticket.due_at is not None
                and ticket.due_at < now - SECOND_AFTER
                and ticket.group.head_role is not Role.HEAD_OF_CENTRE
            ):
                queued += _tell(ticket, Role.HEAD_OF_CENTRE)
    return queued


def _tell(ticket: Ticket, role: Role) -> int:
    told = 0
    for head in staff_with(role):
        key = f"overdue:{ticket.id}:{ticket.version}:{head.id}"
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
