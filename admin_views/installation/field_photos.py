"""Photos that a phone sends from the field, one in each request; the same photo sent twice is kept once.

A connection that breaks after the server has a photo makes the phone send it again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask import request
from flask_babel import gettext as _

from admin_views.frame.reader import address, person
from gateways.files.file_store import StoredFile, UploadRefused
from gateways.files.uploads import accept
from models.base.columns.json_value import Json
from models.base.columns.photo_marks import BadMarks, kept_marks, read_marks
from models.base.db import db
from models.base.written import clean_line
from models.installation.quality_test import QualityTest, TestPhoto
from models.installation.survey import Survey, SurveyPhoto
from models.organisation import audit
from models.tickets.ticket import Attachment

MOST_PHOTOS = 60
Report = Survey | QualityTest
KIND: dict[type[Any], Callable[..., Any]] = {Survey: SurveyPhoto, QualityTest: TestPhoto}


def one_photo() -> tuple[StoredFile | None, str]:
    """The photo of this request, stored, or the sentence why there is none; no transaction is open while it is read."""
    try:
        files = accept(request.files.getlist("photos")[:1])
    except UploadRefused as refused:
        return None, str(refused)
    if not files or not files[0].inline:
        return None, _("Pilih satu foto.")
    return files[0], ""


def keep_photo(report: Report, file: StoredFile) -> tuple[dict[str, Json], int]:
    """Hang the photo on the draft; the answer for the phone and its status."""
    try:
        marks = kept_marks(read_marks(request.form.get("marks", "")))
    except BadMarks as bad:
        return {"error": str(bad)}, 422
    if same := next((photo for photo in report.photos if photo.attachment.sha256 == file.sha256), None):
        same.marks = same.marks or marks
        return {"photos": len(report.photos)}, 200
    if len(report.photos) >= MOST_PHOTOS:
        said = _("Satu laporan memuat paling banyak %(n)s foto. Hapus yang tidak perlu.", n=MOST_PHOTOS)
        return {"error": said}, 422
    keep_photos(report, [file], marks)
    return {"photos": len(report.photos)}, 201


def keep_photos(report: Report, files: Sequence[StoredFile], marks: str = "") -> None:
    """Hang the files on the draft, each once; `marks` is what was drawn over them, as it is stored."""
    kept = {photo.attachment.sha256 for photo in report.photos}
    for file in files:
        if file.sha256 in kept:
            continue
        attachment = Attachment(ticket_id=report.ticket_id, sha256=file.sha256, name=file.name, size=file.size,
                                content_type=file.content_type, is_inline=file.inline, is_public=False)  # fmt: skip
        db.session.add(attachment)
        caption = clean_line(request.form.get("caption", ""))[:120]
        report.photos.append(KIND[type(report)](attachment=attachment, caption=caption, marks=marks))


def remove_photo(report: Report, photo_id: str) -> None:
    """Take a photo out of the draft; its file goes when no row names it any more. A sent report keeps what it has."""
    photo = next((one for one in report.photos if str(one.id) == photo_id), None)
    if photo is None:
        return
    kept = photo.attachment
    report.photos.remove(photo)  # type: ignore[arg-type]  # of the report's own kind
    db.session.flush()
    db.session.delete(kept)
    diff = {"name": kept.name, "sha256": kept.sha256}
    audit.record("remove_photo", "Ticket", report.ticket_id, staff=person(), diff=diff, ip=address())
