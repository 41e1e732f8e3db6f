"""The mails about tickets and complaints, a function each; each puts a row into the outbox.

The words are in templates/mail/<room>/<notice>/. Words of a requester never go to a requester's address: the
address may be somebody else's (security.md P4).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from mails.queue import joined, queue, unheard
from mails.receipts import are_wanted, receipts_of
from mails.recipients import Recipient, recipients
from mails.signed import signed
from models.base import setting
from models.base.db import db, utcnow
from models.tickets.outbox import Mail, MailState
from models.tickets.ticket import BUSY_NETWORK, Event, Ticket


def complaint_received(ticket: Ticket, event: Event, to: Recipient) -> None:
    """C3: number and access code."""
    _hand_out_number(ticket, to)


def _hand_out_number(ticket: Ticket, to: Recipient) -> None:
    """Receipts of an address are few; the numbers of later complaints go together."""
    if unheard(to) or not are_wanted():
        return
    recent, not_before = receipts_of(to)
    if any(m.notice == "complaint_received" and ticket.id in m.facts.get("tickets", ()) for m in recent):
        return  # it went out while the complaint waited for the operator's look
    for mail_id in (m.id for m in recent if m.state == MailState.QUEUED and m.notice == "complaint_received"):
        locked = select(Mail).where(Mail.id == mail_id, Mail.state == MailState.QUEUED).with_for_update()
        if (waiting := db.session.scalars(locked).unique().first()) is not None:
            waiting.facts = {**waiting.facts, "tickets": [*waiting.facts["tickets"], ticket.id]}
            joined(to, waiting)
            return
    queue("complaint_received", ticket, to, {"tickets": [ticket.id]}, not_before=not_before)


def received_of_busy_network(ticket: Ticket) -> None:
    """C3's receipt for a complaint that waits only because many came from its network, in the running transaction."""
    if ticket.suspicion == BUSY_NETWORK:
        for to in recipients(ticket, "requester", is_new=True):
            _hand_out_number(ticket, to)


def distributed(ticket: Ticket, event: Event, to: Recipient) -> None:
    """C4: a new complaint lies with the group, or with this person."""
    queue(
        "distributed",
        ticket,
        to,
        {
            "subject": ticket.subject,
            "group": ticket.group.name,
            "unit": ticket.unit.name if ticket.unit else "",
            "due_at": _iso(ticket.due_at),
        },
    )


def assigned(ticket: Ticket, event: Event, to: Recipient) -> None:
    """The ticket was given to this person by name."""
    queue(
        "assigned",
        ticket,
        to,
        {"subject": ticket.subject, "by": signed(event), "text": event.text, "due_at": _iso(ticket.due_at)},
    )


def handed_over(ticket: Ticket, event: Event, to: Recipient) -> None:
    """The ticket came from another group."""
    queue("handed_over", ticket, to, {"subject": ticket.subject, "by": signed(event), "text": event.text, **event.data})


def replied(ticket: Ticket, event: Event, to: Recipient) -> None:
    """C5: staff wrote to the requester."""
    queue("replied", ticket, to, {"text": event.text, "group": ticket.group.name})


def asked(ticket: Ticket, event: Event, to: Recipient) -> None:
    """C5: staff ask the requester and wait for the answer."""
    queue("asked", ticket, to, {"text": event.text, "group": ticket.group.name})


def answered(ticket: Ticket, event: Event, to: Recipient) -> None:
    """C6: the requester wrote; who works on it is told."""
    queue("answered", ticket, to, {"subject": ticket.subject, "text": event.text})


def contact_mended(ticket: Ticket, event: Event, to: Recipient) -> None:
    """The requester's address or telephone number was put right: the new code and link; those before have ended."""
    is_own = to.ticket is None or to.ticket.id == ticket.id  # the requester alone, of an outage too
    if event.data.get("fact") in ("email", "phone") and is_own and not to.copy_id:
        queue("contact_mended", ticket, to, {"tickets": [ticket.id]})


def resolved(ticket: Ticket, event: Event, to: Recipient) -> None:
    """C5: the solution, and how to say that it is none."""
    queue(
        "resolved",
        ticket,
        to,
        {
            "text": event.text,
            "until": _iso(ticket.may_reopen_until),
            "days": setting.get("close_after_days"),
            "outage": event.data.get("outage", ""),
        },
    )


def closing_soon(ticket: Ticket, event: Event, to: Recipient) -> None:
    """C6: the ticket will close by itself unless the requester says otherwise."""
    closes = (ticket.resolved_at or utcnow()) + timedelta(days=int(setting.get("close_after_days")))
    closes = max(closes, utcnow() + timedelta(days=int(setting.get("warn_before_close_days"))))  # a late warning
    queue("closing_soon", ticket, to, {"closes_at": _iso(closes)})


def closed(ticket: Ticket, event: Event, to: Recipient) -> None:
    """C6: the ticket is closed, and until when it can be reopened."""
    facts = {"until": _iso(ticket.may_reopen_until), "is_silent": event.actor_kind == "product"}
    queue("closed", ticket, to, {**facts, "days": setting.get("close_after_days")})


def confirmed(ticket: Ticket, event: Event, to: Recipient) -> None:
    """C6: the requester says that it is settled."""
    queue("confirmed", ticket, to, {"subject": ticket.subject})


def reopened(ticket: Ticket, event: Event, to: Recipient) -> None:
    """C6: reopened, with what is still wrong."""
    queue("reopened", ticket, to, {"subject": ticket.subject, "text": event.text, "by": signed(event)})


def rated(ticket: Ticket, event: Event, to: Recipient) -> None:
    """C6: the requester's rating."""
    queue("rated", ticket, to, {"subject": ticket.subject, "rating": ticket.rating, "text": ticket.rating_comment})


def cancelled(ticket: Ticket, event: Event, to: Recipient) -> None:
    """The ticket was cancelled, and why."""
    queue("cancelled", ticket, to, _ended(ticket, event, to))


def refused(ticket: Ticket, event: Event, to: Recipient) -> None:
    """The request was refused, and why."""
    queue("refused", ticket, to, _ended(ticket, event, to))


def _ended(ticket: Ticket, event: Event, to: Recipient) -> dict[str, str]:
    """Why it ended and by whom; what it was about for staff alone, as it is in the requester's words."""
    return {"text": event.text, "by": signed(event), "subject": ticket.subject if to.is_staff else ""}


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
