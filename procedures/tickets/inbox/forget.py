"""Empties incoming mails whose time is over, and those of a person who is erased; the line that one came stays."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, delete, or_, select, update

from models.base.columns.json_value import Json
from models.base.db import db, utcnow
from models.base.retention import forgotten_before
from models.tickets.incoming_mail import DONE, IncomingFile, IncomingMail, MailFate
from models.tickets.mailing.sender_rule import SenderRule

EMPTY: dict[str, Json] = {
    "sender": "",
    "sender_name": "",
    "subject": "",
    "text": "",
    "html": "",
    "remarks": [],
    "fault": "",
    "sha256": None,
}


def forget_old_mails() -> int:
    """Decided mails lose words, files and raw text after the days of the settings; inside the caller's transaction.

    What nobody has decided upon is kept until somebody has.
    """
    return _empty(IncomingMail.state.in_(DONE) & (IncomingMail.decided_at < forgotten_before("mails")))


def forget_mails_of(address: str, ticket_ids: Collection[int]) -> int:
    """All decided mails of this address and of these tickets, and the rule for its mail (I3)."""
    own = IncomingMail.ticket_id.in_(ticket_ids)
    if address:
        db.session.execute(delete(SenderRule).where(SenderRule.sender == address.lower()))
    theirs = or_(own, IncomingMail.sender == address.lower()) if address else own
    return _empty(IncomingMail.state.in_(DONE) & theirs)


def has_waiting_mail(address: str) -> bool:
    """Is there a mail of this address upon which nobody has decided?"""
    waiting = (MailFate.STORED, MailFate.WAITING, MailFate.QUARANTINE)
    query = select(IncomingMail.id).where(IncomingMail.sender == address.lower(), IncomingMail.state.in_(waiting))
    return bool(address) and db.session.scalar(query.limit(1)) is not None


def _empty(which: ColumnElement[bool]) -> int:
    ids = list(db.session.scalars(select(IncomingMail.id).where(which, IncomingMail.emptied_at.is_(None)).limit(5000)))
    if ids:
        db.session.execute(delete(IncomingFile).where(IncomingFile.mail_id.in_(ids)))
        values = {**EMPTY, "emptied_at": utcnow()}
        emptied = update(IncomingMail).where(IncomingMail.id.in_(ids)).values(values)
        db.session.execute(emptied.execution_options(synchronize_session=False))
    return len(ids)
