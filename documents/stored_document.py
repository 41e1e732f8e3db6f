"""The file of an issued document: printed once from the facts fixed at issue, then served as it is."""

from __future__ import annotations

import hashlib
from pathlib import Path

from flask import current_app

from documents.document import Composed
from documents.pictures import with_pictures
from documents.press import print_guarded
from documents.typesetting import DocumentNotPrinted
from models.base.db import db, utcnow, write_transaction
from models.base.whole_file import written_aside
from models.tickets.issued_document import IssuedDocument

TRIES = 5


def file_of(document_id: int) -> bytes:
    """The document as issued. The first who asks has it printed; whoever prints at the same time makes equal bytes.

    Raises DocumentNotPrinted when it cannot be printed, or when the kept file is not what was issued.
    """
    document = db.session.get_one(IssuedDocument, document_id, populate_existing=True)
    if not document.template:
        raise DocumentNotPrinted(f"document {document_id}: its period is over")
    if document.sha256 is None:
        return _print(document_id, Composed(document.template, document.data, document.stamp))
    try:
        kept = _place(document.sha256).read_bytes()
    except FileNotFoundError:
        kept = print_guarded(with_pictures(Composed(document.template, document.data, document.stamp)))
    if hashlib.sha256(kept).hexdigest() != document.sha256:
        raise DocumentNotPrinted(f"document {document_id}: the file is not what was issued")
    return kept


def kept_file_of(document_id: int) -> bytes:
    """The document as issued, if its file is made; raises DocumentNotPrinted where `file_of` would still print it."""
    if db.session.get_one(IssuedDocument, document_id, populate_existing=True).sha256 is None:
        raise DocumentNotPrinted(f"document {document_id} has no file yet")
    return file_of(document_id)


def _print(document_id: int, composed: Composed) -> bytes:
    db.session.rollback()  # no transaction is open while the child prints
    try:
        pdf = print_guarded(with_pictures(composed))
    except DocumentNotPrinted as fault:
        with write_transaction():
            document = db.session.get_one(IssuedDocument, document_id)
            document.attempts, document.last_error = document.attempts + 1, str(fault)[:300]
        raise
    digest = hashlib.sha256(pdf).hexdigest()
    _keep(digest, pdf)
    with write_transaction():
        document = db.session.get_one(IssuedDocument, document_id)
        if document.sha256 is None:
            document.sha256, document.size, document.printed_at, document.last_error = digest, len(pdf), utcnow(), ""
    return pdf


def _place(digest: str) -> Path:
    return Path(current_app.config["INSTANCE_PATH"]) / "files" / digest[:2] / digest[2:]


def _keep(digest: str, pdf: bytes) -> None:
    place = _place(digest)
    place.parent.mkdir(parents=True, exist_ok=True)
    with written_aside(place) as file:
        file.write(pdf)
