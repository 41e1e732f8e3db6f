"""SQLite's one write lock: waited for in turn, and taken when the thinking is done. PostgreSQL locks rows instead.

SQLite's own wait grows from one to a hundred milliseconds a try, so that whoever has waited long asks least and can
wait for ever beside newcomers. Here it is the other way round: who has waited longer asks more often.
"""

from __future__ import annotations

import random
import re
import sqlite3
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Connection

WAL_IS_SAFE_FROM = (3, 51, 3)  # older libraries can corrupt a WAL with several connections
LATE = "late"  # in a connection's info: seconds to wait for the lock when the first write comes
READS = re.compile(r"\s*(SELECT|PRAGMA|EXPLAIN|WITH\b(?!.*\b(INSERT|UPDATE|DELETE)\b))", re.IGNORECASE | re.DOTALL)
SLOWEST, FASTEST = 0.012, 0.001  # seconds between two tries of a newcomer, and of whoever has waited a second


def settle(connection: sqlite3.Connection, patience: float) -> None:
    """How every connection to SQLite is set; `patience` in seconds (docs/decisions/04-rollback-journal.md)."""
    connection.isolation_level = None  # SQLAlchemy's begin decides, not the driver
    mode = "WAL" if sqlite3.sqlite_version_info >= WAL_IS_SAFE_FROM else "DELETE"
    for pragma in (
        "foreign_keys=ON",
        f"busy_timeout={int(patience * 1000)}",
        f"journal_mode={mode}",
        "synchronous=FULL",
        "secure_delete=ON",  # what is deleted is overwritten, whatever the library was built with
        "cache_size=-1024",
    ):
        connection.execute(f"PRAGMA {pragma}")


def take(connection: Connection, patience: float) -> None:
    """Begin a write transaction on this connection of SQLAlchemy; raises OperationalError when nobody lets go."""
    raw: sqlite3.Connection | None = connection.connection.driver_connection
    assert raw is not None  # it is SQLAlchemy's to give away, and it is not detached
    (usual,) = raw.execute("PRAGMA busy_timeout").fetchone()
    raw.execute("PRAGMA busy_timeout=0")
    began = time.monotonic()
    try:
        while (waited := time.monotonic() - began) < patience:
            try:
                raw.execute("BEGIN IMMEDIATE")
                return
            except sqlite3.OperationalError as busy:
                if busy.sqlite_errorname not in ("SQLITE_BUSY", "SQLITE_BUSY_SNAPSHOT"):
                    break
            time.sleep(max(FASTEST, SLOWEST * (1 - waited)) * random.uniform(0.5, 1.5))  # noqa: S311  # no secret
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # once more, and with the error as everybody knows it
    finally:
        raw.execute(f"PRAGMA busy_timeout={usual}")


def begin(connection: Connection, patience: float, is_late: bool) -> None:
    """Begin a write transaction; `is_late`: nothing is locked, not even for reading, before its first write."""
    if is_late:
        connection.info[LATE] = patience
    else:
        take(connection, patience)


def begin_before_write(connection: Connection, statement: str) -> None:
    """Called before each statement: the first one that writes takes the lock for a transaction that began late.

    What was read until then stands alone, statement by statement, as on PostgreSQL: the writer has to see for itself
    that the row it moves is still as it was (take_step's compare-and-swap).
    """
    if LATE in connection.info and not READS.match(statement):
        take(connection, connection.info.pop(LATE))


def forget_late(connection: Connection) -> None:
    """The transaction is over, and nothing was written."""
    if not connection.invalidated:  # one that was cut off takes its notes along
        connection.info.pop(LATE, None)
