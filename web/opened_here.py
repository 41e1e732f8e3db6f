"""The forms that this browser sent last, by which one that comes again after Back is known."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from flask import session
from sqlalchemy import select

from gateways.files.file_store import StoredFile
from models.base.db import db, utcnow
from models.tickets.ticket import Ticket
from procedures.base.form_fields import StepForm
from procedures.engine.sent_again import once_of

OPENED = "opened"
MOST_REMEMBERED = 5
SAME_WITHIN = timedelta(days=1)  # later the same words are meant anew


def remember(ticket: Ticket, form: StepForm, files: Sequence[StoredFile]) -> None:
    """Keep in the session which form opened the ticket: a digest, of which nothing can be read."""
    opened = [*session.get(OPENED, []), [ticket.id, _digest(ticket.procedure, form, files)]]
    session[OPENED] = opened[-MOST_REMEMBERED:]


def same(procedure: str, form: StepForm, files: Sequence[StoredFile]) -> Ticket | None:
    """The ticket that exactly these words and files opened from this browser within a day."""
    digest = _digest(procedure, form, files)
    ids = [ticket_id for ticket_id, known in session.get(OPENED, []) if known == digest]
    if not ids:
        return None
    query = select(Ticket).where(Ticket.id.in_(ids), Ticket.created_at > utcnow() - SAME_WITHIN)
    return db.session.scalars(query.order_by(Ticket.id.desc())).unique().first()


def _digest(procedure: str, form: StepForm, files: Sequence[StoredFile]) -> str:
    return once_of(procedure, form, files)[:24]
