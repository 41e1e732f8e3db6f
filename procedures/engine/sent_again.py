"""A form that is sent twice: the same words are known again, other words join what the first sending made.

Browsers send a form again after a lost answer, after Back, at a second click. Each sending carries the word of its page
(`nonce`, `once`); what was typed is kept as short keyed marks beside it, of which nothing can be read.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from flask import current_app
from sqlalchemy import select
from wtforms import Field, Form

from gateways.files.file_store import StoredFile
from models.base.db import db
from models.base.wording import on_date
from models.tickets.ticket import Attachment, Event, Ticket
from procedures.engine.declaration import Given

MARK = "sent"  # in the data of the event that opened a ticket


def marks_of(form: Given, nonce: str) -> dict[str, str]:
    """A mark for each field that is filled in, by name."""
    return {field.name: _mark(nonce, field.name, field.data) for field in _fields(form) if field.data}


def once_of(once: str, form: Given, files: Sequence[StoredFile] = ()) -> str:
    """The word of a page together with what was typed on it: equal only for the same form with the same words."""
    typed = [(field.name, field.raw_data or repr(field.data)) for field in _fields(form)]
    words = repr((once, typed, sorted(file.sha256 for file in files)))
    return hashlib.sha256(words.encode()).hexdigest()


def words_beyond(ticket: Ticket, form: Given) -> str:
    """What this form says that the one which opened the ticket did not, a line for each field; "" where nothing is."""
    opening = _opening(ticket)
    if opening is None or ticket.form_nonce is None or MARK not in opening.data:
        return ""
    before: Mapping[str, str] = opening.data[MARK]
    now = marks_of(form, ticket.form_nonce)
    return "\n".join(
        f"{field.label.text}: {_shown(field)}"
        for field in _fields(form)
        if field.name in now and now[field.name] != before.get(field.name)
    )


def files_beyond(ticket: Ticket, files: Sequence[StoredFile]) -> list[StoredFile]:
    """The files of this sending that do not hang on the ticket yet."""
    if not files:
        return []
    kept = set(db.session.scalars(select(Attachment.sha256).where(Attachment.ticket_id == ticket.id)))
    return [file for file in files if file.sha256 not in kept]


def _opening(ticket: Ticket) -> Event | None:
    query = select(Event).where(Event.ticket_id == ticket.id).order_by(Event.id).limit(1)
    return db.session.scalars(query).first()


def _fields(form: Given) -> Iterable[Field]:
    return form if isinstance(form, Form) else ()


def _mark(nonce: str, name: str, value: str) -> str:
    message = repr((nonce, name, str(value))).encode()
    return hmac.digest(str(current_app.config["SECRET_KEY"]).encode(), message, hashlib.sha256).hex()[:12]


def _shown(field: Field) -> str:
    """A field's value as a person reads it: a choice by its label, a day in words."""
    if choices := getattr(field, "choices", None):
        chosen = field.data if isinstance(field.data, list) else [field.data]
        return ", ".join(str(label) for value, label, *_more in choices if value in chosen)
    return on_date(field.data) if isinstance(field.data, date) else str(field.data)
