"""Puts a mail into the outbox, inside the caller's transaction; the worker sends it later."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from flask import current_app

from mails.recipients import Recipient
from models.base.bulk_insert import add_row
from models.base.db import db, utcnow
from models.tickets.outbox import Mail
from models.tickets.ticket import Ticket


@dataclass(frozen=True)
class Queued:
    """A mail in the outbox beside the recipient it was made for."""

    to: Recipient
    mail: Mail


_collecting: ContextVar[list[Queued] | None] = ContextVar("collecting", default=None)


@contextmanager
def collected() -> Iterator[list[Queued]]:
    """The mails that the block puts into the outbox, in order."""
    mails: list[Queued] = []
    token = _collecting.set(mails)
    try:
        yield mails
    finally:
        _collecting.reset(token)


def queue(
    notice: str,
    ticket: Ticket | None,
    to: Recipient,
    facts: dict[str, Any] | None = None,
    *,
    not_before: datetime | None = None,
    dedupe_key: str | None = None,
) -> None:
    """Add one row for one recipient; `facts` are plain JSON values that templates/mail/<room>/<notice>/ says.

    The Message-ID is fixed here, so that a mail sent twice after a crash is recognised as one.
    """
    own = to.ticket or ticket  # who is told of another ticket is led to their own
    host = urlsplit(current_app.config["BASE_URL"]).hostname or "localhost"
    values: dict[str, Any] = {
        "message_id": f"<{secrets.token_hex(16)}@{host}>",
        "notice": notice,
        "ticket_id": own.id if own else None,
        "recipient": to.email.lower(),
        "recipient_name": to.name if to.is_staff else "",
        "language": to.language,
        "facts": {**(facts or {}), "to_staff": to.is_staff},
        "not_before": not_before or utcnow(),
        "dedupe_key": dedupe_key,
    }
    if (collecting := _collecting.get()) is None:
        add_row(Mail, **values)
        return
    mail = Mail(**values)
    db.session.add(mail)
    collecting.append(Queued(to, mail))
