"""Ends with COMMIT what a request has only read, since a ROLLBACK makes psycopg forget its prepared statements.

Without it PostgreSQL would plan each statement of each page anew, which takes it longer than to answer most of them.
"""

from __future__ import annotations

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from models.base.db import WROTE_OUTSIDE, db


def init_read_only(app: Flask) -> None:
    """Whatever was flushed outside a write transaction is rolled back as ever."""
    app.teardown_request(_end)


def _end(error: BaseException | None) -> None:
    if error is not None or not db.session.registry.has():
        return
    session: Session = db.session()
    is_clean = not (session.new or session.dirty or session.deleted or session.info.pop(WROTE_OUTSIDE, False))
    if session.in_transaction() and session.is_active and is_clean:
        session.expire_on_commit = False
        try:
            session.commit()
        except SQLAlchemyError:  # the database went away: the page, or the sentence that says so, is made already
            session.rollback()
