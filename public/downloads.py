"""The page of downloads (H3): ours with size and SHA-256, or links to another server."""

from __future__ import annotations

from flask import abort, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from models.base.db import db
from models.base.page import Download
from public.frame.blueprint import site
from web.stored_files import hand_out


@site.get("/unduhan")
def downloads() -> ResponseReturnValue:
    query = select(Download).where(Download.is_published).order_by(Download.position, Download.id)
    return render_template("public/downloads.html", downloads=list(db.session.scalars(query)))


@site.get("/unduhan/<int:download_id>/<name>")
def download(download_id: int, name: str) -> ResponseReturnValue:
    """One of our own files, always as a download."""
    row = db.session.get(Download, download_id) if download_id < 2**31 else None
    if row is None or not row.is_published or not row.sha256 or row.file_name != name:
        abort(404)
    return hand_out(row.sha256, row.file_name, row.content_type, is_inline=False)
