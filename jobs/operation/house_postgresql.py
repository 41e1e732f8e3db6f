"""A house on PostgreSQL: a new one is filled in a schema of its own and takes its place in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import OperationalError, ProgrammingError, SQLAlchemyError

from jobs.operation.archive import BackupRefused
from models.base.db import db, utcnow

NEW, ASIDE, LEAVING = "helpdesk_restoring", "helpdesk_before_restore", "helpdesk_leaving"
PATIENCE_SECONDS = 30  # for whoever reads or writes while the places are changed
TABLES = """
    SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = :schema AND c.relkind IN ('r', 'p')
    AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e') ORDER BY c.relname
"""
RIGHTS = """
    SELECT format('GRANT %s ON %s %I.%I TO %s', a.privilege_type,
                  CASE c.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, CAST(:new AS text), c.relname,
                  CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END)
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, aclexplode(c.relacl) a
    WHERE n.nspname = :present AND c.relkind IN ('r', 'p', 'S') AND a.grantee <> c.relowner
    AND EXISTS (SELECT 1 FROM pg_class o JOIN pg_namespace m ON m.oid = o.relnamespace
                WHERE m.nspname = :new AND o.relname = c.relname)
"""
REFERENCES = """
    SELECT c.relname, k.conname, pg_get_constraintdef(k.oid) FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
    WHERE k.contype = 'f' AND k.connamespace = current_schema()::regnamespace ORDER BY c.relname, k.conname
"""


class PostgresqlHouse:
    """The present schema, the new one and the old one that is kept aside, all in one database.

    How the new one takes the place of the present one (`take_place`), all in one transaction: the present tables move
    to a third schema, the new tables to the present schema with the rights that were granted on the old ones, and the
    third schema takes the name under which the old house is kept. A kill undoes all of it.
    """

    def __init__(self, tell: Callable[[str], None]) -> None:
        self.tell = tell

    def begin(self) -> Engine:
        """An empty new house; what an earlier restore left half is removed."""
        self.discard()
        try:
            with self._connection() as connection:
                connection.execute(text(f"CREATE SCHEMA {NEW}"))
        except ProgrammingError:
            raise BackupRefused(
                "The database's role may not create a schema: GRANT CREATE ON DATABASE … TO it, then restore."
            ) from None
        return _engine(search_path=NEW)

    @contextmanager
    def unchecked_references(self, connection: Connection) -> Iterator[None]:
        """Rows may come before those that they refer to; at the end every reference is checked."""
        references = connection.execute(text(REFERENCES)).all()
        for table, name, _definition in references:
            connection.execute(text(f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}"'))
        yield
        for table, name, definition in references:
            try:
                connection.execute(text(f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" {definition}'))
            except SQLAlchemyError:
                raise BackupRefused(
                    f"A row of table {table} refers to one that is not in the archive ({name})."
                ) from None

    def prove(self, engine: Engine) -> None:
        """PostgreSQL proves rows as it takes them."""

    def take_place(self) -> None:
        """The new house becomes the present one, which is kept aside."""
        self._exchange(NEW)

    def go_back(self) -> None:
        """The old house becomes the present one again, and the present one is kept aside."""
        self._exchange(ASIDE)

    def _exchange(self, coming: str) -> None:
        try:
            with self._connection() as connection:
                connection.execute(text(f"SET LOCAL lock_timeout = '{PATIENCE_SECONDS}s'"))
                present = str(connection.scalar(text("SELECT current_schema()")))
                connection.execute(text(f"CREATE SCHEMA {LEAVING}"))
                self._grant(connection, present, coming)
                self._move(connection, present, LEAVING)
                self._move(connection, coming, present)
                if coming == ASIDE:
                    connection.execute(text(f"DROP SCHEMA {ASIDE}"))
                else:
                    connection.execute(text(f"DROP SCHEMA IF EXISTS {ASIDE} CASCADE"))
                connection.execute(text(f"ALTER SCHEMA {LEAVING} RENAME TO {ASIDE}"))
                connection.execute(text(f"COMMENT ON SCHEMA {ASIDE} IS '{utcnow().isoformat()}'"))
                self.tell("places are changed with the next act")
        except OperationalError as fault:
            if getattr(fault.orig, "sqlstate", "") != "55P03":  # lock_not_available
                raise
            raise BackupRefused("The database is in use: stop web and worker, then restore.") from None
        self.tell("places changed")

    def _move(self, connection: Connection, source: str, target: str) -> None:
        for name in connection.scalars(text(TABLES), {"schema": source}).all():
            self.tell(f"changing places: {name} to {target}")
            connection.execute(text(f'ALTER TABLE "{source}"."{name}" SET SCHEMA "{target}"'))

    def _grant(self, connection: Connection, present: str, coming: str) -> None:
        """Roles of the house other than its owner keep their rights on tables and counters."""
        for statement in connection.scalars(text(RIGHTS), {"present": present, "new": coming}).all():
            connection.execute(text(statement))

    def discard(self) -> None:
        """Remove what is left of a new house."""
        self._drop(NEW)

    def kept_since(self) -> float | None:
        """When an old house was put aside (seconds since 1970), or None without one."""
        asked = text("SELECT obj_description(oid, 'pg_namespace') FROM pg_namespace WHERE nspname = :name")
        with self._connection() as connection:
            said = connection.scalar(asked, {"name": ASIDE})
        with suppress(ValueError):
            return datetime.fromisoformat(said).timestamp() if said else None
        return 0.0

    def forget_aside(self) -> None:
        """Remove the old house; its files go when the worker tidies."""
        self._drop(ASIDE)

    def hashes_aside(self) -> set[str]:
        """The files that the house kept aside names."""
        named = text(
            "SELECT table_name FROM information_schema.columns WHERE table_schema = :s AND column_name = 'sha256'"
        )
        found: set[Any] = set()
        with self._connection() as connection:
            for name in connection.scalars(named, {"s": ASIDE}).all():
                found |= set(connection.scalars(text(f'SELECT DISTINCT sha256 FROM {ASIDE}."{name}"')))  # noqa: S608  # names of our own tables
        return found - {"", None}

    def _drop(self, schema: str) -> None:
        """Nothing is asked of a database where no such schema is: its role may not be allowed to drop one."""
        with self._connection() as connection:
            if connection.scalar(text("SELECT 1 FROM pg_namespace WHERE nspname = :name"), {"name": schema}):
                connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))

    @contextmanager
    def _connection(self) -> Iterator[Connection]:
        """One transaction without the time limits of a request."""
        engine = _engine()
        try:
            with engine.begin() as connection:
                yield connection
        finally:
            engine.dispose()


def _engine(search_path: str = "") -> Engine:
    options = "-c timezone=UTC -c statement_timeout=0 -c idle_in_transaction_session_timeout=0"
    options += f" -c search_path={search_path}" if search_path else ""
    return create_engine(db.engine.url, hide_parameters=True, connect_args={"options": options, "connect_timeout": 5})
