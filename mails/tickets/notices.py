"""The mails about tickets and complaints, a function each; each puts a row into the outbox.

The words are in templates/mail/<room>/<notice>/. Words of a requester never go to a requester's address: the
address may be somebody else's (security.md P4).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import bindparam, or_, select

from mails.queue import queue
from mails.recipients import Recipient
from models.base import setting
from models.base.bulk_insert import rows_of
from models.base.counter import count_up
from models.base.db import db, utcnow
from models.tickets.outbox import Mail, MailState
from models.tickets.ticket import Event, Ticket

ACK_PAUSE = timedelta(hours=1)
ACKS_A_DAY = 3


def complaint_received(ticket: Ticket, event: Event, to: Recipient) -> None:
    """C3: number and access code. One an hour and three a day for an address; later numbers go together."""
    email = to.email.lower()
    count_up(f"ack:{email}")  # its row lock lets parallel forms find each other's mail
    now = utcnow()
    recent = rows_of(_acks(), email=email, since=now - timedelta(days=1)).all()
    for mail_id in (mail.id for mail in recent if mail.state == MailState.QUEUED):
        locked = select(Mail).where(Mail.id == mail_id, Mail.state == MailState.QUEUED).with_for_update()
        if (waiting := db.session.scalars(locked).unique().first()) is not None:
            waiting.facts = {**waiting.facts, "tickets": [*waiting.facts["tickets"], ticket.id]}
            return
    sent = [mail.not_before for mail in recent if mail.not_before > now - timedelta(days=1)][:ACKS_A_DAY]
    queue("complaint_received", ticket, to, {"tickets": [ticket.id]}, not_before=_next_ack(sent, now))


@cache
def _acks() -> Any:
    """Waiting or of the last day, newest first; built once, for every complaint asks it."""
    is_recent = or_(Mail.state == MailState.QUEUED, Mail.not_before > bindparam("since"))
    of_address = (Mail.notice == "complaint_received", Mail.recipient == bindparam("email"))
    return select(Mail.id, Mail.state, Mail.not_before).where(*of_address, is_recent).order_by(Mail.not_before.desc())


def _next_ack(sent: Sequence[datetime], now: datetime) -> datetime:
    """When the next one may go; `sent` are those of the last day, newest first."""
    if len(sent) == ACKS_A_DAY:
        return max(sent[-1] + timedelta(days=1), sent[0] + ACK_PAUSE)
    return max(now, sent[0] + ACK_PAUSE) if sent else now


def distributed(ticket: Ticket, event: Event, to: Recipient) -> None:
    """C4: a new complaint lies with the group, or with this person."""
    queue(
        "distributed",
        ticket,
        to,
        {"subject": ticket.subject, "group": ticket.group.name, "due_at": _iso(ticket.due_at)},
    )


def assigned(ticket: Ticket, event: Event, to: Recipient) -> None:
    """The ticket was given to this person by name."""
    queue(
        "assigned",
        ticket,
        to,
        {"subject": ticket.subject, "by": event.actor_name, "text": event.text, "due_at": _iso(ticket.due_at)},
    )


def handed_over(ticket: Ticket, event: Event, to: Recipient) -> None:
    """The ticket came from another group."""
    queue(
        "handed_over", ticket, to, {"subject": ticket.subject, "by": event.actor_name, "text": event.text, **event.data}
    )


def replied(ticket: Ticket, event: Event, to: Recipient) -> None:
    """C5: staff wrote to the requester."""
    queue("replied", ticket, to, {"text": event.text, "group": ticket.group.name})


def asked(ticket: Ticket, event: Event, to: Recipient) -> None:
    """C5: staff ask the requester and wait for the answer."""
    queue("asked", ticket, to, {"text": event.text, "group": ticket.group.name})


def answered(ticket: Ticket, event: Event, to: Recipient) -> None:
    """C6: the requester wrote; who works on it is told."""
    queue("answered", ticket, to, {"subject": ticket.subject, "text": event.text})


def resolved(ticket: Ticket, event: Event, to: Recipient) -> None:
    """C5: the solution, and how to say that it is none."""
    queue(
        "resolved",
        ticket,
        to,
        {"text": event.text, "until": _iso(ticket.may_reopen_until), "days": setting.get("close_after_days")},
    )


def closing_soon(ticket: Ticket, event: Event, to: Recipient) -> None:
    """C6: the ticket will close by itself unless the requester says otherwise."""
    closes = (ticket.resolved_at or utcnow()) + timedelta(days=int(setting.get("close_after_days")))
    closes = max(closes, utcnow() + timedelta(days=int(setting.get("warn_before_close_days"))))  # a late warning
    queue("closing_soon", ticket, to, {"closes_at": _iso(closes)})


def closed(ticket: Ticket, event: Event, to: Recipient) -> None:
    """C6: the ticket is closed, and until when it can be reopened."""
    queue("closed", ticket, to, {"until": _iso(ticket.may_reopen_until)})


def confirmed(ticket: Ticket, event: Event, to: Recipient) -> None:
    """C6: the requester says that it is settled."""
    queue("confirmed", ticket, to, {"subject": ticket.subject})


def reopened(ticket: Ticket, event: Event, to: Recipient) -> None:
    """C6: reopened, with what is still wrong."""
    queue("reopened", ticket, to, {"subject": ticket.subject, "text": event.text, "by": event.actor_name})


def rated(ticket: Ticket, event: Event, to: Recipient) -> None:
    """C6: the requester's rating."""
    queue("rated", ticket, to, {"subject": ticket.subject, "rating": ticket.rating, "text": ticket.rating_comment})


def cancelled(ticket: Ticket, event: Event, to: Recipient) -> None:
    """The ticket was cancelled, and why."""
    queue("cancelled", ticket, to, {"text": event.text})


def refused(ticket: Ticket, event: Event, to: Recipient) -> None:
    """The request was refused, and why."""
    queue("refused", ticket, to, {"text": event.text})


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
