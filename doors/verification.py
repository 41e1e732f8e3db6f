"""The page behind the code and the QR of every document: is it genuine?"""

from __future__ import annotations

import hashlib

from flask import render_template, request
from flask.typing import ResponseReturnValue

from documents.stored_document import file_of
from documents.typesetting import DocumentNotPrinted
from doors.blueprint import doors
from models.base.db import db
from models.tickets.issued_document import IssuedDocument, document_by_code
from web.wait_page import wait_of_guesser

LONGEST_CHECKED = 30 * 1024 * 1024


@doors.route("/verifikasi/<code>", methods=["GET", "POST"])
def check_document(code: str) -> ResponseReturnValue:
    """Is this document genuine? Kind, number, date, total and SHA-256; an uploaded file is compared and not kept."""
    document = document_by_code(code[:40])
    if document is None:
        return wait_of_guesser() or (render_template("doors/document_unknown.html"), 404)
    verdict = _compare(document) if request.method == "POST" else ""
    digest = document.sha256 or _digest(document.id)
    return render_template(
        "doors/document.html", document=db.session.get_one(IssuedDocument, document.id), sha256=digest, verdict=verdict
    )


def _digest(document_id: int) -> str:
    try:
        return hashlib.sha256(file_of(document_id)).hexdigest()
    except DocumentNotPrinted:
        return ""


def _compare(document: IssuedDocument) -> str:
    """same, other, or nothing when no file came."""
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        return "none"
    expected = document.sha256 or _digest(document.id)
    return "same" if hashlib.sha256(upload.stream.read(LONGEST_CHECKED)).hexdigest() == expected else "other"
