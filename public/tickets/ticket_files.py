"""Hands a ticket's files to its holder; every other request gets the same 404."""

from __future__ import annotations

from flask import Response, abort
from sqlalchemy import select

from models.base.db import db
from models.tickets.ticket import Attachment, Ticket
from public.frame.blueprint import site
from public.tickets.holder import holds
from web.stored_files import hand_out


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
