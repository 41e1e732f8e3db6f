"""A house on SQLite: a new one is filled in a file beside the present one and takes its place in one transaction."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.pool import ConnectionPoolEntry, NullPool

from jobs.operation.archive import BackupRefused
from models.base.db import db, engine_options
from models.base.whole_file import sync

PATIENCE_SECONDS = 30  # for whoever is writing
PAGES = 2000  # copied at once
UNREADABLE = (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT)
COMPANIONS = ("-journal", "-wal", "-shm")


class SqliteHouse:
    """The present file, the new one beside it and the old one that is kept aside.

    How the new one takes the place of the present one (`take_place`):
     1. the present file is locked: whoever writes waits, whoever reads is let finish;
     2. it is copied whole to <file>.before-restore, by rename;
     3. the new file's pages are copied over it inside one transaction of SQLite. A kill leaves a journal, by which
        whoever opens the file next puts the old pages back. Processes that have it open see the new house.
    A present file that SQLite cannot read is moved aside instead, and the new one renamed to its place.
    """

    def __init__(self, tell: Callable[[str], None]) -> None:
        self.present = Path(str(db.engine.url.database)).resolve()
        self.new = self.present.with_name(self.present.name + ".restoring")
        self.aside = self.present.with_name(self.present.name + ".before-restore")
        self.tell = tell

    def begin(self) -> Engine:
        """An empty new house; what an earlier restore left half is removed."""
        self.discard()
        self.present.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(self.new, os.O_CREAT | os.O_WRONLY, 0o600))
        url = f"sqlite:///{self.new}"
        engine = create_engine(url, poolclass=NullPool, **engine_options(url))

        @event.listens_for(engine, "connect")
        def _quick(connection: sqlite3.Connection, _record: ConnectionPoolEntry) -> None:
            connection.isolation_level = None
            for pragma in ("journal_mode=MEMORY", "synchronous=OFF", "foreign_keys=OFF"):  # a kill leaves it unused
                connection.execute(f"PRAGMA {pragma}")

        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
        return engine

    @contextmanager
    def unchecked_references(self, connection: Connection) -> Iterator[None]:
        """Rows may come before those that they refer to; at the end every reference is checked."""
        yield
        fault = connection.execute(text("PRAGMA foreign_key_check")).fetchone()
        if fault is not None:
            raise BackupRefused(f"A row of table {fault[0]} refers to one of {fault[2]} that is not in the archive.")

    def prove(self, engine: Engine) -> None:
        """The file itself is sound."""
        with engine.connect() as connection:
            found = connection.scalar(text("PRAGMA integrity_check(1)"))
        if found != "ok":
            raise BackupRefused(f"The new database file did not come out sound: {found}.")

    def take_place(self) -> None:
        """The new house becomes the present one, which is kept aside."""
        try:
            self._exchange()
        except sqlite3.Error as fault:
            code = getattr(fault, "sqlite_errorcode", 0) & 0xFF  # the kind, without its details
            if code == sqlite3.SQLITE_BUSY:
                raise BackupRefused("The database is in use: stop web and worker, then restore.") from None
            if code not in UNREADABLE:
                raise
            self._rename()

    def _exchange(self) -> None:
        fresh = not self.present.exists()
        with closing(sqlite3.connect(self.present, timeout=PATIENCE_SECONDS, isolation_level=None)) as present:
            present.execute("PRAGMA synchronous=FULL")
            present.execute("PRAGMA locking_mode=EXCLUSIVE")
            present.execute("BEGIN EXCLUSIVE")
            present.execute("COMMIT")  # in this mode the lock stays
            if not fresh:
                self._keep_aside(present)
            with closing(sqlite3.connect(self.new)) as new:
                self.tell("changing places")
                new.backup(present, pages=PAGES, progress=self._told("changing places"))
        self.tell("places changed")

    def _keep_aside(self, present: sqlite3.Connection) -> None:
        part = self.aside.with_name(self.aside.name + ".part")
        part.unlink(missing_ok=True)
        os.close(os.open(part, os.O_CREAT | os.O_WRONLY, 0o600))
        with closing(sqlite3.connect(part)) as copy:
            present.backup(copy, pages=PAGES, progress=self._told("keeping the old house aside"))
        sync(part)
        part.rename(self.aside)
        sync(self.aside.parent)
        self.tell("old house kept aside")

    def _told(self, words: str) -> Callable[[int, int, int], None]:
        return lambda _status, left, total: self.tell(f"{words}: {total - left} of {total} pages")

    def _rename(self) -> None:
        """Where the present file is no database any more."""
        sync(self.new)
        self.forget_aside()
        for name in COMPANIONS:
            with suppress(FileNotFoundError):
                os.replace(f"{self.present}{name}", f"{self.aside}{name}")
        os.link(self.present, self.aside)
        os.replace(self.new, self.present)
        sync(self.present.parent)

    def discard(self) -> None:
        """Remove what is left of a new house."""
        for name in ("", *COMPANIONS):
            Path(f"{self.new}{name}").unlink(missing_ok=True)

    def kept_since(self) -> float | None:
        """When an old house was put aside (seconds since 1970), or None without one."""
        return self.aside.stat().st_mtime if self.aside.exists() else None

    def go_back(self) -> None:
        """The old house becomes the present one again, and the present one is kept aside."""
        self.discard()
        with closing(sqlite3.connect(self.aside)) as aside, closing(sqlite3.connect(self.new)) as new:
            aside.backup(new)
        try:
            self.take_place()
        finally:
            self.discard()

    def forget_aside(self) -> None:
        """Remove the old house; its files go when the worker tidies."""
        for name in ("", *COMPANIONS, ".part"):
            Path(f"{self.aside}{name}").unlink(missing_ok=True)

    def hashes_aside(self) -> set[str]:
        """The files that the house kept aside names."""
        if not self.aside.exists():
            return set()
        with closing(sqlite3.connect(f"file:{self.aside}?mode=ro", uri=True)) as aside:
            tables = aside.execute(
                "SELECT m.name FROM sqlite_master m, pragma_table_info(m.name) c"
                " WHERE m.type = 'table' AND c.name = 'sha256'"
            ).fetchall()
            found: set[Any] = set()
            for (name,) in tables:
                found |= {row[0] for row in aside.execute(f'SELECT DISTINCT sha256 FROM "{name}"') if row[0]}  # noqa: S608  # names of our own tables
        return found
