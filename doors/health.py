"""The address where a monitor asks whether this helpdesk answers."""

from __future__ import annotations

from flask.typing import ResponseReturnValue
from sqlalchemy import text

from doors.blueprint import doors
from models.base.db import db


@doors.get("/healthz")
def healthz() -> ResponseReturnValue:
    """Says "ok" when the database answers."""
    db.session.execute(text("SELECT 1"))
    return "ok\n", 200, {"Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store"}
