"""The file of an issued paper: printed once from the data fixed at issue, kept, and served from then on."""

from __future__ import annotations

import hashlib
import os
import secrets
from pathlib import Path

from flask import current_app

from documents.document import Composed, PaperNotPrinted
from documents.press import print_guarded
from models.base.db import db, utcnow, write_transaction
from models.tickets.issued_document import IssuedPaper

TRIES = 5


def file_of(paper_id: int) -> bytes:
    """The paper as issued. The first who asks has it printed; whoever prints at the same time makes equal bytes.

    Raises PaperNotPrinted when it cannot be printed, or when the kept file is not what was issued.
    """
    paper = db.session.get_one(IssuedPaper, paper_id, populate_existing=True)
    if paper.sha256 is None:
        return _print(paper_id, Composed(paper.template, paper.data, paper.stamp))
    try:
        kept = _place(paper.sha256).read_bytes()
    except FileNotFoundError:
        kept = print_guarded(Composed(paper.template, paper.data, paper.stamp))
    if hashlib.sha256(kept).hexdigest() != paper.sha256:
        raise PaperNotPrinted(f"paper {paper_id}: the file is not what was issued")
    return kept


def _print(paper_id: int, composed: Composed) -> bytes:
    db.session.rollback()  # no transaction is open while the child prints
    try:
        pdf = print_guarded(composed)
    except PaperNotPrinted as fault:
        with write_transaction():
            paper = db.session.get_one(IssuedPaper, paper_id)
            paper.attempts, paper.last_error = paper.attempts + 1, str(fault)[:300]
        raise
    digest = hashlib.sha256(pdf).hexdigest()
    _keep(digest, pdf)
    with write_transaction():
        paper = db.session.get_one(IssuedPaper, paper_id)
        if paper.sha256 is None:
            paper.sha256, paper.size, paper.printed_at, paper.last_error = digest, len(pdf), utcnow(), ""
    return pdf


def _place(digest: str) -> Path:
    return Path(current_app.config["INSTANCE_PATH"]) / "files" / digest[:2] / digest[2:]


def _keep(digest: str, pdf: bytes) -> None:
    """Written aside and moved into place, so that no reader ever meets half a file."""
    place = _place(digest)
    place.parent.mkdir(parents=True, exist_ok=True)
    aside = place.with_name(f".{secrets.token_hex(8)}")
    with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(pdf)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(place)
