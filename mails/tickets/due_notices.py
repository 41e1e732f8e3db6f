"""The mails about a step that is soon due or late: to whoever is at work, then to the heads above."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from mails.queue import queue
from mails.recipients import Recipient
from models.tickets.ticket import Ticket

DueNotice = Callable[[Ticket, Recipient, str, datetime, bool], None]


def due_soon(ticket: Ticket, to: Recipient, desk: str, leaves_at: datetime, may_wait: bool) -> None:
    """Most of the target has passed."""
    _queue("due_soon", ticket, to, desk, leaves_at, may_wait)


def overdue(ticket: Ticket, to: Recipient, desk: str, leaves_at: datetime, may_wait: bool) -> None:
    """The target has passed, or long since."""
    _queue("overdue", ticket, to, desk, leaves_at, may_wait)


def overdue_again(ticket: Ticket, to: Recipient, desk: str, leaves_at: datetime, may_wait: bool) -> None:
    """It still waits."""
    _queue("overdue_again", ticket, to, desk, leaves_at, may_wait)


def _queue(notice: str, ticket: Ticket, to: Recipient, desk: str, leaves_at: datetime, may_wait: bool) -> None:
    facts = {
        "subject": ticket.subject,
        "due_at": ticket.due_at.isoformat() if ticket.due_at else None,
        "line": ticket.line,
        "desk": desk,
    }
    queue(notice, ticket, to, facts, not_before=leaves_at, may_wait=may_wait)
