"""Hands a stored file out, or a 404 that says what to do where it is damaged."""

from __future__ import annotations

from flask import Response, abort, send_file
from flask_babel import gettext as _

from gateways.files.file_store import FileDamaged, FileMissing
from gateways.files.uploads import store


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
