"""The database handle, the typed base, UTC times and the write transaction; it knows no table."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from typing import Any

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import JSON, DateTime, Dialect, Engine, Executable, MetaData, event, insert
from sqlalchemy.orm import DeclarativeBase, make_transient_to_detached, registry
from sqlalchemy.types import TypeDecorator

WAL_IS_SAFE_FROM = (3, 51, 3)  # older libraries can corrupt a WAL with several connections
BUSY_MILLISECONDS = 5000


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
        type_annotation_map={datetime: UTCDateTime(), dict[str, Any]: JSON(), list[Any]: JSON()},
    )


db = SQLAlchemy(model_class=Base)


def utcnow() -> datetime:
    """The present moment, aware, in UTC. Tests move it by patching `models.db.clock`."""
    return clock()


def clock() -> datetime:
    return datetime.now(UTC)


def engine_options(url: str) -> dict[str, Any]:
    """SQLAlchemy's engine options for a database address."""
    if url.startswith("sqlite"):
        return {
            "connect_args": {"timeout": BUSY_MILLISECONDS / 1000, "check_same_thread": False},
            "hide_parameters": True,  # an error names its statement, never the values (security.md S11)
        }
    return {
        "hide_parameters": True,
        "pool_pre_ping": True,
        "pool_size": 5,
        "max_overflow": 5,
        "pool_timeout": 5,
        "connect_args": {
            "options": "-c statement_timeout=15000 -c idle_in_transaction_session_timeout=60000 -c timezone=UTC",
            "connect_timeout": 5,
        },
    }


def init_db(app: Flask) -> None:
    """Bind the handle to the app and give SQLite its settings (architecture.md, section 3)."""
    app.config.setdefault("SQLALCHEMY_ENGINE_OPTIONS", engine_options(app.config["SQLALCHEMY_DATABASE_URI"]))
    db.init_app(app)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            _settle_sqlite(db.engine)


def _settle_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def _connect(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # SQLAlchemy's begin below decides, not the driver
        mode = "WAL" if sqlite3.sqlite_version_info >= WAL_IS_SAFE_FROM else "DELETE"
        for pragma in (
            "foreign_keys=ON",
            f"busy_timeout={BUSY_MILLISECONDS}",
            f"journal_mode={mode}",
            "synchronous=FULL",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        kind = connection.get_execution_options().get("sqlite_begin", "")
        connection.exec_driver_sql(f"BEGIN {kind}")


def rows_of(statement: Executable, **values: object) -> Any:
    """The rows (a CursorResult) of a statement built once, past the unit of work: a fraction of its time."""
    if db.session.autoflush:
        db.session.flush()
    return db.session.connection().execute(statement, values)


def begin_write() -> None:
    """Start a write transaction afresh: what was read before is read again inside it.

    On SQLite it takes the write lock at once (a later upgrade would fail with "database is locked").
    Raises RuntimeError when changes are pending, since they would be lost.
    """
    session = db.session
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("begin_write() with changes pending")
    if db.engine.dialect.name == "postgresql":
        session.expire_all()  # a statement sees what was committed before it (READ COMMITTED): no need to begin again
        return
    session.rollback()
    session.connection(execution_options={"sqlite_begin": "IMMEDIATE"})


@contextmanager
def write_transaction(stays_fresh: bool = False) -> Iterator[None]:
    """Everything inside is written together or not at all; nested use joins the outer one.

    `stays_fresh`: what was written keeps its values after the commit, instead of being read again.
    """
    session = db.session
    if session.info.get("writing"):
        yield
        return
    begin_write()
    session.info["writing"] = True
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


def add_row(model: type[Base], **values: Any) -> None:
    """Add a row that nobody reads again in this transaction; inside `written_together` it waits for those like it."""
    waiting: list[tuple[type[Base], dict[str, Any]]] | None = db.session.info.get("waiting")
    if waiting is None:
        db.session.add(model(**values))
    else:
        waiting.append((model, values))


def values_of(row: Base) -> dict[str, Any]:
    """What was set of a new row, by column."""
    columns = row.__mapper__.columns
    return {name: value for name, value in vars(row).items() if name in columns}


def add_alone(row: Any) -> None:
    """Write a new row with an id of its own at once, past the unit of work, and keep it in the session as if read.

    For a row on which nothing new hangs: what does would not be written with it.
    """
    row.id = rows_of(_insert_into(row.__table__, with_id=True), **values_of(row)).scalar_one()
    make_transient_to_detached(row)
    db.session.add(row)


@contextmanager
def written_together() -> Iterator[None]:
    """At the end of the block its add_row() rows are written, one statement for all of a kind.

    Past the unit of work: it takes more time for a dozen rows than the database does. The rows get no id, and what
    they refer to must be in the database already.
    """
    waiting: list[tuple[type[Base], dict[str, Any]]] = []
    db.session.info["waiting"] = waiting
    try:
        yield
    finally:
        del db.session.info["waiting"]
    db.session.flush()
    kinds: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for model, values in waiting:
        kinds.setdefault((model.__table__, *values), []).append(values)
    for (table, *_names), rows in kinds.items():
        db.session.connection().execute(_insert_into(table), rows)


@cache
def _insert_into(table: Any, with_id: bool = False) -> Any:
    return insert(table).returning(table.c.id) if with_id else insert(table).inline()
