"""Is this printed document genuine? The page behind the code and the QR of every document."""

from __future__ import annotations

import hashlib

from flask import render_template, request
from flask.typing import ResponseReturnValue

from documents.document import PaperNotPrinted
from documents.stored_document import file_of
from doors.blueprint import doors
from models.base.db import db
from models.tickets.issued_document import IssuedPaper, paper_by_code

LONGEST_CHECKED = 30 * 1024 * 1024


@doors.route("/verifikasi/<code>", methods=["GET", "POST"])
def check_document(code: str) -> ResponseReturnValue:
    """Is this paper genuine? Kind, number, date, total and SHA-256; an uploaded file is compared and not kept."""
    paper = paper_by_code(code[:40])
    if paper is None:
        return render_template("doors/paper_unknown.html"), 404
    verdict = _compare(paper) if request.method == "POST" else ""
    digest = paper.sha256 or _digest(paper.id)
    return render_template(
        "doors/paper.html", paper=db.session.get_one(IssuedPaper, paper.id), sha256=digest, verdict=verdict
    )


def _digest(paper_id: int) -> str:
    try:
        return hashlib.sha256(file_of(paper_id)).hexdigest()
    except PaperNotPrinted:
        return ""


def _compare(paper: IssuedPaper) -> str:
    """same, other, or nothing when no file came."""
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        return "none"
    expected = paper.sha256 or _digest(paper.id)
    return "same" if hashlib.sha256(upload.stream.read(LONGEST_CHECKED)).hexdigest() == expected else "other"
