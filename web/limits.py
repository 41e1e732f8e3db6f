"""Bodies that are too large are refused before anything reads them; Werkzeug limits multipart fields itself."""

from __future__ import annotations

from flask import Flask, abort, current_app, request


def init_limits(app: Flask) -> None:
    """A form without files may hold MAX_FORM_MEMORY_SIZE bytes (security.md P6)."""

    @app.before_request
    def _not_too_large() -> None:
        limit = current_app.config["MAX_FORM_MEMORY_SIZE"]
        if request.mimetype == "application/x-www-form-urlencoded" and (request.content_length or 0) > limit:
            abort(413)
