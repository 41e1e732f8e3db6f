"""Refuses what no browser sends, before anything reads it: bodies too large, null characters.

Werkzeug limits multipart fields itself.
"""

from __future__ import annotations

from flask import Flask, abort, current_app, request

SENT_BYTES = 100 * 1024 * 1024  # read from one form, so that a file too large is refused with the words kept


def init_limits(app: Flask) -> None:
    """A form without files may hold MAX_FORM_MEMORY_SIZE bytes (security.md P6)."""

    @app.before_request
    def _not_too_large() -> None:
        limit = current_app.config["MAX_FORM_MEMORY_SIZE"]
        if request.mimetype == "application/x-www-form-urlencoded" and (request.content_length or 0) > limit:
            abort(413)

    @app.before_request
    def _no_null_character() -> None:
        """PostgreSQL stores none, so a word that holds one would end as a fault (security.md D10)."""
        words = (request.path, *request.args.values(), *request.form.values())
        if any("\x00" in word for word in words):
            abort(400)


def read_large_forms(_endpoint: str | None, _values: dict[str, str | int] | None) -> None:
    """Runs before the form is read for its CSRF token; larger ones end in 413.

    Files go to the disk as they come; a form without files is read at once, so it has the limit of the words.
    """
    if request.method == "POST":
        has_files = request.mimetype == "multipart/form-data"
        request.max_content_length = SENT_BYTES if has_files else current_app.config["MAX_FORM_MEMORY_SIZE"]
