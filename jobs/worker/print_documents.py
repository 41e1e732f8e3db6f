"""Makes the files of papers that were issued, once each, in a guarded child; it issues none and numbers none."""

from __future__ import annotations

import logging

from sqlalchemy import select

from documents.document import PaperNotPrinted
from documents.stored_document import TRIES, file_of
from models.base.db import db
from models.tickets.issued_document import IssuedPaper

BATCH = 50
log = logging.getLogger("helpdesk")


def print_papers() -> int:
    """Print what was issued and has no file yet; one that fails is tried again later and holds up no other."""
    waiting = select(IssuedPaper.id).where(IssuedPaper.sha256.is_(None), IssuedPaper.attempts < TRIES)
    printed = 0
    for paper_id in list(db.session.scalars(waiting.order_by(IssuedPaper.id).limit(BATCH))):
        try:
            file_of(paper_id)
            printed += 1
        except PaperNotPrinted as fault:
            log.warning("paper %s: %s", paper_id, fault)
    return printed
