"""Prints the files of issued documents, once each, in a guarded child process."""

from __future__ import annotations

import logging

from sqlalchemy import select

from documents.document import DocumentNotPrinted
from documents.stored_document import TRIES, file_of
from models.base.db import db
from models.tickets.issued_document import IssuedDocument

BATCH = 50
log = logging.getLogger("helpdesk")


def print_documents() -> int:
    """Print what was issued and has no file yet; one that fails is tried again later and holds up no other."""
    waiting = select(IssuedDocument.id).where(IssuedDocument.sha256.is_(None), IssuedDocument.attempts < TRIES)
    printed = 0
    for document_id in list(db.session.scalars(waiting.order_by(IssuedDocument.id).limit(BATCH))):
        try:
            file_of(document_id)
            printed += 1
        except DocumentNotPrinted as fault:
            log.warning("document %s: %s", document_id, fault)
    return printed
