"""Whom somebody tells who has found a weakness: /.well-known/security.txt (RFC 9116)."""

from __future__ import annotations

from datetime import timedelta

from flask import Response, abort, current_app

from doors.blueprint import doors
from models.base import setting
from models.base.db import utcnow

GOOD_FOR = timedelta(days=180)


@doors.get("/.well-known/security.txt")
def security_txt() -> Response:
    """The centre's own address; without one there is nobody to name, and the page is not there."""
    email = str(setting.get("centre_email")).strip()
    if not email:
        abort(404)
    base = current_app.config["BASE_URL"]
    lines = [
        f"Contact: mailto:{email}",
        f"Expires: {(utcnow() + GOOD_FOR).strftime('%Y-%m-%dT00:00:00Z')}",
        "Preferred-Languages: id, en",
        f"Canonical: {base}/.well-known/security.txt",
    ]
    return Response("\n".join(lines) + "\n", mimetype="text/plain")
