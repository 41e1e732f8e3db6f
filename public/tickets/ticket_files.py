"""Hands a ticket's files to its holder; every other request gets the same 404."""

from __future__ import annotations

from flask import Response, abort, send_file
from flask_babel import gettext as _
from sqlalchemy import select

from gateways.files.file_store import FileDamaged, FileMissing
from gateways.files.uploads import store
from models.base.db import db
from models.tickets.ticket import Attachment, Ticket
from public.frame.blueprint import site
from public.tickets.holder import holds


@site.get("/tiket/<number>/berkas/<int:file_id>")
def ticket_file(number: str, file_id: int) -> Response:
    """The file, if this browser holds its ticket and the file is meant for the requester (security.md P3)."""
    query = (
        select(Attachment, Ticket.id, Ticket.link_generation, Ticket.closed_at)
        .join(Ticket, Attachment.ticket_id == Ticket.id)
        .where(Attachment.id == file_id, Ticket.number == number, Attachment.is_public)
    )
    row = db.session.execute(query).one_or_none() if file_id < 2**31 else None
    if row is None or not holds(row.id, row.link_generation, row.closed_at):
        abort(404)
    return hand_out(row.Attachment.sha256, row.Attachment.name, row.Attachment.content_type, row.Attachment.is_inline)


def hand_out(sha256: str, name: str, content_type: str, is_inline: bool) -> Response:
    """Send a stored file; only a picture that we encoded ourselves is shown in the browser (security.md U1)."""
    try:
        content = store().open(sha256)
    except (FileMissing, FileDamaged):
        abort(404, _("Berkas ini rusak atau hilang dari penyimpanan kami. Minta petugas memulihkannya dari cadangan."))
    kind = content_type if is_inline else "application/octet-stream"
    response = send_file(content, kind, as_attachment=not is_inline, download_name=name, etag=sha256, max_age=0)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, no-cache"
    return response
