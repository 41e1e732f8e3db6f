"""A mail of ours came back: the ticket's history says that this address does not receive, for staff to call instead."""

from __future__ import annotations

from sqlalchemy import select

from gateways.mailbox.mail_read import Bounce
from mails.server_answers import kind_of
from models.base.columns.json_value import Json
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
    if note_unreached(sent, "mail_returned", said, {"incoming_mail": mail.id}):
        sent.last_error = f"came back: {said}"[:300]
    return True


def note_unreached(mail: Mail, step: str, said: str, facts: dict[str, Json]) -> bool:
    """A line of the ticket's history that an address was not reached, with what its server said; inside a transaction.

    False, and nothing is written, where the person was forgotten meanwhile: the server's words hold their address.
    """
    if mail.ticket_id is None or not mail.recipient:
        return False
    db.session.add(
        Event(
            ticket_id=mail.ticket_id,
            at=utcnow(),
            kind="system",
            step=step,
            actor_kind="product",
            actor_name="Pustikom",
            is_public=False,
            text=f"{mail.recipient}: {said}"[:400],
            data={"mail": mail.id, **facts, "server_answer": kind_of(said)},
        )
    )
    return True
