"""Tells SQLite once a day how its tables are filled, so that it picks the right index."""

from __future__ import annotations

from sqlalchemy import text

from models.base.db import db, write_transaction

SAMPLE = 1_000  # rows looked at of an index: moments on a house of a million, and enough to choose by


def keep_statistics() -> None:
    """Once a day; the write lock is held for the sample alone."""
    if db.engine.dialect.name == "sqlite":
        with write_transaction():
            db.session.execute(text(f"PRAGMA analysis_limit = {SAMPLE}"))
            db.session.execute(text("ANALYZE"))
