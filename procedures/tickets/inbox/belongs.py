"""Finds what an incoming mail belongs to: the ticket that it answers, and whether its writer received our mail (M1).

A proof is what only our mail to that very address held: the signed reply address, or the random Message-ID of a mail of
the outbox. A number in the subject or a guessed reference names a ticket and proves nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from gateways.mailbox.mail_read import MailRead
from models.base.db import db
from models.organisation.staff import Staff
from models.tickets.incoming_mail import IncomingMail, MailFate
from models.tickets.mailbox import Mailbox
from models.tickets.mailing.reply_address import answered_by_address
from models.tickets.outbox import Mail
from models.tickets.ticket import Ticket
from models.tickets.ticket_number import Number, read_number


@dataclass(frozen=True)
class Belonging:
    """The ticket that a mail names, by what, and whether that proves that its writer received a mail of ours."""

    ticket: Ticket | None = None
    how: str = ""  # reply_address, reference, thread, subject
    is_proved: bool = False


def belonging(reading: MailRead, box: Mailbox) -> Belonging:
    """The first that names a ticket, the surest first."""
    ticket, is_proved = answered_by_address(reading.recipients, box, reading.sender)
    if ticket is not None:
        return Belonging(ticket, "reply_address", is_proved)
    return _by_our_mail(reading) or _by_thread(reading) or _by_subject(reading.subject)


def _by_our_mail(reading: MailRead) -> Belonging | None:
    """An answer to a mail of the outbox; staff answer in the panel alone, so that theirs prove nothing (M2)."""
    if not reading.references:
        return None
    query = select(Mail).where(Mail.message_id.in_(reading.references), Mail.ticket_id.is_not(None))
    found = {mail.message_id: mail for mail in db.session.scalars(query).unique()}
    for reference in reading.references:
        mail = found.get(reference)
        if mail is not None:
            is_to_them = mail.recipient.lower() == reading.sender and not mail.facts.get("to_staff")
            return Belonging(mail.ticket, "reference", is_to_them and bool(reading.sender))
    return _by_root(reading.references)


def _by_root(references: list[str]) -> Belonging | None:
    """The reference that all mails of a ticket share; anybody can write it who knows the number."""
    for reference in references:
        word, _at, _host = reference.strip("<>").partition("@")
        if word.startswith("ticket.") and (ticket := _ticket(word.removeprefix("ticket."))):
            return Belonging(ticket, "reference")
    return None


def _by_thread(reading: MailRead) -> Belonging | None:
    """It answers another mail that came in and belongs to a ticket: a conversation among those who wrote to us."""
    if not reading.references:
        return None
    done = (MailFate.OPENED, MailFate.JOINED)
    query = select(IncomingMail).where(
        IncomingMail.message_id.in_(reading.references),
        IncomingMail.state.in_(done),
        IncomingMail.ticket_id.is_not(None),
    )
    found = db.session.scalars(query.order_by(IncomingMail.id.desc()).limit(1)).unique().first()
    return Belonging(found.ticket, "thread") if found else None


def _by_subject(subject: str) -> Belonging:
    ticket = _ticket(subject)
    return Belonging(ticket, "subject") if ticket else Belonging()


def _ticket(text: str) -> Ticket | None:
    number = read_number(text)
    if not isinstance(number, Number):
        return None
    return db.session.scalars(select(Ticket).where(Ticket.number == number.text)).unique().one_or_none()


def is_own(reading: MailRead, loop: str) -> bool:
    """A mail that we sent ourselves and that came back (M6)."""
    if reading.loop and reading.loop == loop:
        return True
    if not reading.message_id:
        return False
    return db.session.scalar(select(Mail.id).where(Mail.message_id == reading.message_id)) is not None


def is_of_staff(address: str) -> bool:
    """Staff act in the panel alone; a mail from their address is a mail like any other, and never by itself (M2)."""
    query = select(Staff.id).where(func.lower(Staff.email) == address, Staff.email != "")
    return bool(address) and db.session.scalar(query.limit(1)) is not None


def copy_of(reading: MailRead, mail_id: int) -> IncomingMail | None:
    """The same mail that came before, by another way: the same Message-ID, writer and words."""
    if not reading.message_id:
        return None
    query = select(IncomingMail).where(IncomingMail.message_id == reading.message_id, IncomingMail.id < mail_id)
    before = db.session.scalars(query.order_by(IncomingMail.id).limit(5)).unique()
    return next((one for one in before if (one.sender, one.text) == (reading.sender, reading.text)), None)
