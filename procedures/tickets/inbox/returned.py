"""A mail of ours came back: the ticket's history says that this address does not receive, for staff to call instead."""

from __future__ import annotations

from sqlalchemy import select

from gateways.mailbox.mail_read import Bounce
from mails.server_answers import kind_of
from models.base.db import db, utcnow
from models.tickets.incoming_mail import IncomingMail
from models.tickets.outbox import Mail
from models.tickets.ticket import Event


def note_bounce(mail: IncomingMail, bounce: Bounce) -> bool:
    """Write it to the ticket of the mail that came back; False where we sent none such, so that anybody may look.

    A report that names a Message-ID of ours can come from whoever received it: it adds a line for staff and changes
    nothing else.
    """
    if not bounce.message_id:
        return False
    sent = db.session.scalars(select(Mail).where(Mail.message_id == bounce.message_id)).unique().one_or_none()
    if sent is None:
        return False
    mail.ticket_id = sent.ticket_id
    if not bounce.is_final or sent.ticket_id is None:
        return True  # a delay: the other server goes on trying
    said = " ".join(part for part in (bounce.status, bounce.said) if part)
    sent.last_error = f"came back: {said}"[:300]
    db.session.add(
        Event(
            ticket_id=sent.ticket_id,
            at=utcnow(),
            kind="system",
            step="mail_returned",
            actor_kind="product",
            actor_name="Pustikom",
            is_public=False,
            text=f"{sent.recipient}: {said}"[:400],
            data={"mail": sent.id, "incoming_mail": mail.id, "server_answer": kind_of(said)},
        )
    )
    return True
