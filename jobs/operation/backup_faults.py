"""Says in one sentence why a backup could not be made, and what to do; the archives from before stay as they were."""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from jobs.operation.archive import BackupRefused
from models.base.database_fault import is_unreadable
from models.base.db import db

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
FULL_OR_FAILING = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR)
DAMAGED_ON_POSTGRESQL = ("XX001", "XX002", "58030")  # data or index corrupted, a disk that cannot be read
KEPT = "older archives were left as they are"
MENDS = "restore the last good one (flask --app app restore --replace FILE)"


@contextmanager
def faults_in_words(target: Path, work: Path) -> Iterator[None]:
    """BackupRefused for a disk that is full or shut and a database that is damaged; other faults pass as they are.

    `target` is the archive, `work` the folder of copies.
    """
    try:
        yield
    except OSError as fault:
        raise BackupRefused(_of_disk(fault, target, work)) from None
    except (sqlite3.Error, DBAPIError) as fault:
        sentence = _of_database(fault.orig if isinstance(fault, DBAPIError) else fault, target, work)
        if not sentence:
            raise
        raise BackupRefused(sentence) from None


def refuse_unsound_copy(copy: sqlite3.Connection) -> None:
    """BackupRefused unless SQLite finds every page and index of this copy whole (security.md Z24)."""
    (found,) = copy.execute("PRAGMA integrity_check(1)").fetchone()
    if found != "ok":
        raise BackupRefused(_damaged(str(found)))


def _of_disk(fault: OSError, target: Path, work: Path) -> str:
    if fault.errno in FULL:
        return _full(target, work)
    why = os.strerror(fault.errno).lower() if fault.errno else type(fault).__name__
    return (
        f"{fault.filename or target} cannot be written ({why}): give its folder to the user that runs the helpdesk, or "
        f"choose another; {KEPT}."
    )


def _of_database(fault: BaseException | None, target: Path, work: Path) -> str:
    if is_unreadable(fault) or getattr(fault, "sqlstate", None) in DAMAGED_ON_POSTGRESQL:
        return _damaged(str(fault))
    code = getattr(fault, "sqlite_errorcode", 0) & 0xFF  # the kind, without its details
    return _full(target, work) if code in FULL_OR_FAILING else ""


def _full(target: Path, work: Path) -> str:
    return f"The disk of {target.parent} or of {work} is full or failing: make room, then try again; {KEPT}."


def _damaged(found: str) -> str:
    place = db.engine.url.database
    return f"The database {place} is damaged ({' '.join(found.split())[:120]}); {KEPT}: {MENDS}."
