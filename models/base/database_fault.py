"""Says in one sentence why the database of DATABASE_URL cannot be reached, and what to do; for starts and commands."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

PATIENCE_SECONDS = 5.0  # a server that is just starting is waited for
PAUSE_SECONDS = 0.5
# What PostgreSQL and its driver say, and the cure; {where} is host and port, {name} the database. In order.
SAID = (
    ("password authentication failed", "the server at {where} refuses the role or its password: correct them"),
    (
        "no pg_hba.conf entry",
        "the server at {where} does not admit this machine or role: add a line to its pg_hba.conf",
    ),
    ("does not exist", "the server at {where} has no database {name} or no such role: create it, or correct the name"),
    ("resolve", "the host of {where} is not found: correct its name"),
    ("name or service not known", "the host of {where} is not found: correct its name"),
    ("refused", "nothing answers at {where}: start PostgreSQL, or correct host and port"),
    ("timeout", "nothing answers at {where} in time: correct host and port, or open the firewall"),
    ("no such file", "nothing answers at {where}: start PostgreSQL, or correct host and port"),
)
PASSES = ("refused", "starting up", "shutting down", "no such file")  # what may be over in a moment


def database_fault(engine: Engine, patience: float = PATIENCE_SECONDS) -> str:
    """The sentence, without the variable's name; empty when the database answers."""
    asked = "SELECT count(*) FROM sqlite_master" if engine.dialect.name == "sqlite" else "SELECT 1"  # reads the file
    ends = time.monotonic() + patience
    while True:
        try:
            with engine.connect() as connection:
                connection.execute(text(asked))
            return ""
        except DBAPIError as fault:
            said = str(fault.orig).lower()
            if not any(words in said for words in PASSES) or time.monotonic() > ends:
                return sentence_of(engine, fault)
        finally:
            engine.dispose()  # workers that are forked from here must not share a connection
        time.sleep(PAUSE_SECONDS)


def sentence_of(engine: Engine, fault: DBAPIError) -> str:
    """Cause and cure, without a password and without the statement."""
    url, said = engine.url, str(fault.orig)
    if engine.dialect.name == "sqlite":
        return _of_file(Path(str(url.database)), fault.orig)
    where = f"{url.host or 'this machine'}:{url.port or 5432}"
    for words, cure in SAID:
        if words in said.lower():
            return cure.format(where=where, name=url.database) + "."
    return f"the server at {where} does not let us in: {' '.join(said.split())[:160]}."


def is_unreadable(fault: BaseException | None) -> bool:
    """Is the file there, but no SQLite database (any more)?"""
    code = getattr(fault, "sqlite_errorcode", 0) & 0xFF
    return code in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT)


def _of_file(path: Path, fault: BaseException | None) -> str:
    if is_unreadable(fault):
        return f"{path} is damaged or no SQLite database: restore a backup (flask --app app restore --replace FILE)."
    if not path.parent.is_dir():
        return f"the folder {path.parent} is not there: make it, or correct the path."
    return f"{path} cannot be opened or written ({fault}): give file and folder to the user that runs the helpdesk."
