"""The database handle, the base of all models, UTC times and the write transaction."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypedDict, TypeVar

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import JSON, Connection, CursorResult, DateTime, Dialect, Engine, MetaData, UpdateBase, event, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import DeclarativeBase, Session, registry
from sqlalchemy.types import TypeDecorator

from models.base import write_lock
from models.base.search.folding import digits_in, squeezed
from models.base.write_lock import LATE

if TYPE_CHECKING:
    import psycopg
    from sqlalchemy.engine.interfaces import DBAPICursor, ExecutionContext
    from sqlalchemy.orm import UOWTransaction
    from sqlalchemy.pool import ConnectionPoolEntry

BUSY_SECONDS = 5.0
GONE_MS = 10_000  # a machine that says nothing for so long is gone: what it held in PostgreSQL comes free
ALIVE = {"tcp_keepalives_idle": 4, "tcp_keepalives_interval": 2, "tcp_keepalives_count": 3, "tcp_user_timeout": GONE_MS}
HOUSEKEEPING_SECONDS = 0.25  # what no answer depends on waits so long for a lock
STATEMENTS_KEPT = 150  # compiled, some 75 kB each: 60 pages of the panel need as many, and no stranger fills a process
PATIENCE = "patience"  # in the options of SQLite's connections: seconds to wait for the write lock
R = TypeVar("R")
log = logging.getLogger("helpdesk")
PROMISED = "promised"  # in a session's info: numbers that a late transaction will draw (counter.py)
WROTE_OUTSIDE = "wrote_outside"  # in a session's info: something was flushed in no write transaction


class UTCDateTime(TypeDecorator[datetime]):
    """An aware datetime, stored as UTC on every database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone must not be stored")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


JSON_COLUMNS = (
    dict[str, Any],
    list[Any],
    list[str],
    list[int],
    list[list[int]],
    dict[str, str],
    dict[str, list[str]],
    dict[str, str | list[str]],
    dict[str, list[int]],
)
"""What a column keeps as JSON, by the types that models say."""


class Base(DeclarativeBase):
    """Every table's base: constraint names that migrations can rely on."""

    registry = registry(
        metadata=MetaData(
            naming_convention={
                "ix": "ix_%(table_name)s_%(column_0_N_name)s",
                "uq": "uq_%(table_name)s_%(column_0_N_name)s",
                "ck": "ck_%(table_name)s_%(constraint_name)s",
                "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
                "pk": "pk_%(table_name)s",
            }
        ),
        type_annotation_map={datetime: UTCDateTime(), **dict.fromkeys(JSON_COLUMNS, JSON())},
    )


db = SQLAlchemy(model_class=Base)


def utcnow() -> datetime:
    """The present moment, aware, in UTC. Tests move it by patching `models.base.db.clock`."""
    return clock()


def clock() -> datetime:
    return datetime.now(UTC)


class EngineOptions(TypedDict, total=False):
    """What the product says of a connection to its database; the rest stands as SQLAlchemy has it."""

    query_cache_size: int
    hide_parameters: bool
    connect_args: dict[str, str | int | float | bool]
    pool_pre_ping: bool
    pool_size: int
    max_overflow: int
    pool_timeout: int


def engine_options(url: str) -> EngineOptions:
    """SQLAlchemy's engine options for a database address."""
    if url.startswith("sqlite"):
        return {
            "query_cache_size": STATEMENTS_KEPT,
            "connect_args": {"timeout": BUSY_SECONDS, "check_same_thread": False, "cached_statements": 64},
            "hide_parameters": True,  # an error names its statement, never the values (security.md S11)
        }
    limits = {"statement_timeout": 15_000, "idle_in_transaction_session_timeout": 60_000, "timezone": "UTC", **ALIVE}
    return {
        "query_cache_size": STATEMENTS_KEPT,
        "hide_parameters": True,
        "pool_pre_ping": True,
        "pool_size": 5,
        "max_overflow": 5,
        "pool_timeout": 5,
        "connect_args": {
            "options": " ".join(f"-c {name}={value}" for name, value in limits.items()),
            "connect_timeout": 5,
            **{name.removeprefix("tcp_") if "keep" in name else name: value for name, value in ALIVE.items()},
        },
    }


def init_db(app: Flask) -> None:
    """Bind the handle to the app and give SQLite its settings (docs/decisions/04-rollback-journal.md)."""
    app.config.setdefault("SQLALCHEMY_ENGINE_OPTIONS", engine_options(app.config["SQLALCHEMY_DATABASE_URI"]))
    db.init_app(app)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            _settle_sqlite(db.engine)


def _settle_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def _connect(connection: sqlite3.Connection, _record: ConnectionPoolEntry) -> None:
        write_lock.settle(connection, BUSY_SECONDS)
        connection.create_function("squeezed", 1, squeezed, deterministic=True)
        connection.create_function("digits_in", 1, digits_in, deterministic=True)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        if PATIENCE in options:
            write_lock.begin(connection, options[PATIENCE], options[LATE])
        else:
            connection.exec_driver_sql("BEGIN")

    @event.listens_for(engine, "before_cursor_execute")
    def _write(
        connection: Connection,
        _cursor: DBAPICursor,
        statement: str,
        *_more: Sequence[str] | Mapping[str, str] | ExecutionContext | bool,
    ) -> None:
        write_lock.begin_before_write(connection, statement)

    for end in ("commit", "rollback"):
        event.listen(engine, end, write_lock.forget_late)


def begin_write(patience: float | None = None, is_late: bool = False) -> None:
    """Start a write transaction afresh: what was read before is read again inside it.

    On SQLite it takes the write lock at once (a later upgrade would fail with "database is locked"), after `patience`
    seconds at most; with `is_late` only when something is written. What was flushed outside a write transaction is
    undone. Raises RuntimeError when changes are pending.
    """
    session = db.session
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("begin_write() with changes pending")
    is_read = not session.info.pop(WROTE_OUTSIDE, False)
    if db.engine.dialect.name == "postgresql":
        _begin_on_postgresql(is_read, patience)
        return
    session.rollback()
    session.connection(execution_options=write_options(patience, is_late))


def write_options(patience: float | None = None, is_late: bool = False) -> dict[str, float | bool]:
    """Options of a connection that writes: SQLite locks at the start of a transaction (late: at its first write)."""
    return {PATIENCE: BUSY_SECONDS if patience is None else patience, LATE: is_late}


def _begin_on_postgresql(is_read: bool, patience: float | None) -> None:
    session = db.session
    if is_read and _is_sound(session.connection()):
        session.expire_all()  # a statement sees what was committed before it (READ COMMITTED): no need to begin again
    else:
        session.rollback()
    if patience is not None:
        session.execute(text(f"SET LOCAL lock_timeout = {int(patience * 1000)}"))


@event.listens_for(Session, "after_flush")
def _note_stray(session: Session, _context: UOWTransaction) -> None:
    if not session.info.get("writing"):
        session.info[WROTE_OUTSIDE] = True


def _is_sound(connection: Connection) -> bool:
    """Can the transaction in hand go on, with no statement failed in it and its connection alive?"""
    if connection.invalidated:
        return False
    driver: psycopg.Connection | None = connection.connection.driver_connection
    return driver is not None and driver.info.transaction_status.name != "INERROR"


@contextmanager
def write_transaction(
    stays_fresh: bool = False, *, patience: float | None = None, is_late: bool = False
) -> Iterator[None]:
    """Everything inside is written together or not at all; nested use joins the outer one.

    `stays_fresh`: what was written keeps its values after the commit, instead of being read again. `patience` and
    `is_late` are begin_write's.
    """
    session = db.session
    if session.info.get("writing"):
        yield
        return
    begin_write(patience, is_late)
    session.info["writing"] = True
    if is_late and db.engine.dialect.name == "sqlite":
        session.info[PROMISED] = {}
    try:
        yield
        session().expire_on_commit = not stays_fresh
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session().expire_on_commit = True
        session.info["writing"] = False
        session.info.pop(PROMISED, None)


def rows_changed(statement: UpdateBase) -> int:
    """Carry out an UPDATE, DELETE or INSERT; says how many rows it met."""
    result = db.session.execute(statement)
    assert isinstance(result, CursorResult)
    return result.rowcount


def keep_house(write: Callable[[], R]) -> R | None:
    """Do a write that no answer depends on (when somebody was seen, how often something was asked).

    Where the database is busy or away it is left out and None comes back: a committed act is never answered with an
    error because of it (security.md Z40).
    """
    try:
        with write_transaction(patience=HOUSEKEEPING_SECONDS):
            return write()
    except (OperationalError, PoolTimeout) as busy:
        db.session.rollback()
        log.warning("left out what was only housekeeping: %s", type(busy.__cause__ or busy).__name__)
        return None
