"""Quick looks at the installation: at every question of a monitor, at the doctor's, and at the worker's every minute.

Each look is guarded: one that cannot be done is a finding too. Looks that take their time are the doctor's alone.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from flask import current_app
from sqlalchemy import text

from models.base.db import db
from procedures.operation.schema_head import known_schemas, schema_head

LEAST_FREE = 1024**3


@dataclass(frozen=True)
class Finding:
    """What one look said."""

    name: str
    is_well: bool
    sentence: str


Look = Callable[[], tuple[bool, str]]


def look(name: str, do: Look) -> Finding:
    """One look, which never falls over."""
    try:
        return Finding(name, *do())
    except Exception as fault:  # whatever it is, whoever asks must read it
        db.session.rollback()
        return Finding(name, False, f"{name} could not be looked at: {type(fault).__name__}.")


def examine(looks: Mapping[str, Look]) -> Iterator[Finding]:
    """Each look in turn."""
    for name, do in looks.items():
        yield look(name, do)


def _database() -> tuple[bool, str]:
    db.session.execute(text("SELECT 1"))
    return True, f"The database answers ({db.engine.dialect.name})."


def _schema() -> tuple[bool, str]:
    here = ", ".join(sorted(db.session.scalars(text("SELECT version_num FROM alembic_version")))) or "nothing"
    if here == schema_head():
        return True, f"The schema is at {here}."
    if here != "nothing" and here not in known_schemas():
        return False, f"The schema is at {here[:40]}, of a newer version: install that version, or a later one."
    return False, f"The schema is at {here}, not at {schema_head()}: run upgrade."


def _writable() -> tuple[bool, str]:
    folder = Path(current_app.config["INSTANCE_PATH"])
    try:
        with tempfile.TemporaryFile(dir=folder) as trial:
            trial.write(b"x")
            trial.flush()
    except OSError as fault:
        return False, f"INSTANCE_PATH {folder} cannot be written: {os.strerror(fault.errno or 0)}."
    why = _why_database_is_read_only()
    return not why, f"The database cannot be written: {why}." if why else "Folder and database can be written."


def _why_database_is_read_only() -> str:
    if db.engine.dialect.name == "postgresql":
        is_read_only = db.session.scalar(text("SELECT current_setting('transaction_read_only')")) == "on"
        return "PostgreSQL is read-only" if is_read_only else ""
    path = str(db.engine.url.database)
    try:
        connection = sqlite3.connect(path, timeout=0, isolation_level=None)
        with closing(connection):
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(f"PRAGMA user_version = {version}")  # a write that changes nothing, and is taken back
            connection.execute("ROLLBACK")
    except sqlite3.OperationalError as fault:
        return "" if fault.sqlite_errorname == "SQLITE_BUSY" else str(fault)  # busy: somebody is writing
    return ""


def _disk() -> tuple[bool, str]:
    free = shutil.disk_usage(current_app.config["INSTANCE_PATH"]).free
    return free > LEAST_FREE, f"{free // 1024**2} MB are free on the disk of the instance folder."


SERVES: dict[str, Look] = {"database": _database, "schema": _schema, "writable": _writable, "disk": _disk}
