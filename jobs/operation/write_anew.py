"""Writes SQLite's file anew after what was forgotten, so that nothing of it stands between the rows that are left.

The library empties what is deleted (`secure_delete`), but a page that is filled up or split keeps bytes of rows that
moved (docs/decisions/15-remains-in-the-file.md). PostgreSQL clears its own pages.
"""

from __future__ import annotations

import logging
import shutil
import sqlite3
import time
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from models.base.db import db, utcnow
from models.base.periods.retention_run import RetentionRun

NAME = "written_anew"  # in what a run did: no rows, milliseconds
EVERY = timedelta(days=6, hours=12)  # one night a week
ROOM = 2.5  # times the file: the copy, and the journal while it takes the file's place
log = logging.getLogger("helpdesk")


def write_anew(did: dict[str, list[int]]) -> int | None:
    """How many milliseconds the file was locked for; None where it was not written anew.

    Once a week, in a run that took something out. Nobody reads or writes meanwhile. Where the disk has no room, or
    somebody holds the file, it is left for the next night.
    """
    if db.engine.dialect.name != "sqlite" or not any(rows for rows, _ms, _longest in did.values()) or _was_lately():
        return None
    file = Path(str(db.engine.url.database))
    if shutil.disk_usage(file.parent).free < ROOM * file.stat().st_size:
        log.warning("the database was not written anew: no room for a copy of it")
        return None
    db.session.remove()
    began = time.monotonic()
    try:
        with db.engine.connect() as connection:
            raw = connection.connection.dbapi_connection
            if raw is not None:
                raw.execute("VACUUM")
    except (sqlite3.OperationalError, OperationalError) as fault:  # the statement goes past SQLAlchemy
        log.warning("the database was not written anew: %s", type(fault).__name__)
        return None
    return int((time.monotonic() - began) * 1000)


def _was_lately() -> bool:
    since = select(RetentionRun.done).where(RetentionRun.began_at > utcnow() - EVERY)
    found = any(NAME in done for done in db.session.scalars(since))
    db.session.rollback()
    return found
