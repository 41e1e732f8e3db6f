"""Prints the files of issued documents, once each, in the guarded press."""

from __future__ import annotations

import logging
from threading import Event

from sqlalchemy import select

from documents.stored_document import TRIES, file_of
from documents.typesetting import DocumentNotPrinted
from jobs.worker import outbox_rows
from models.base.db import db, write_transaction
from models.tickets.issued_document import IssuedDocument

log = logging.getLogger("helpdesk")


def print_documents(ended: Event | None = None) -> int:
    """Print what was issued and has no file yet, one after the other; one that fails is tried again at another turn."""
    printed, last = 0, 0
    while not (ended and ended.is_set()) and (found := _next(last)):
        last, ticket_id = found
        try:
            file_of(last)
        except DocumentNotPrinted as fault:
            log.warning("document %s: %s", last, fault)
            continue
        printed += 1
        with write_transaction():
            outbox_rows.hurry(outbox_rows.UNPRINTED, ticket_id)
    return printed


def _next(after: int) -> tuple[int, int] | None:
    """The id of a document without a file, and its ticket's."""
    waiting = select(IssuedDocument.id, IssuedDocument.ticket_id).where(
        IssuedDocument.sha256.is_(None),
        IssuedDocument.template != "",
        IssuedDocument.attempts < TRIES,
        IssuedDocument.id > after,
    )
    found = db.session.execute(waiting.order_by(IssuedDocument.id).limit(1)).one_or_none()
    db.session.rollback()
    return (found.id, found.ticket_id) if found else None
