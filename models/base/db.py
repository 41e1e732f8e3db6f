"""The database handle, the base of all models, UTC times and the write transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import JSON, DateTime, Dialect, Engine, MetaData, event
from sqlalchemy.orm import DeclarativeBase, Session, registry
from sqlalchemy.types import TypeDecorator

WAL_IS_SAFE_FROM = (3, 51, 3)  # older libraries can corrupt a WAL with several connections
BUSY_MILLISECONDS = 5000
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
    """The present moment, aware, in UTC. Tests move it by patching `models.base.db.clock`."""
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
    """Bind the handle to the app and give SQLite its settings (docs/decisions/04-rollback-journal.md)."""
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


def begin_write() -> None:
    """Start a write transaction afresh: what was read before is read again inside it.

    On SQLite it takes the write lock at once (a later upgrade would fail with "database is locked").
    What was flushed outside a write transaction is undone. Raises RuntimeError when changes are pending.
    """
    session = db.session
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("begin_write() with changes pending")
    is_read = not session.info.pop(WROTE_OUTSIDE, False)
    if db.engine.dialect.name == "postgresql" and is_read and _is_sound(session.connection()):
        session.expire_all()  # a statement sees what was committed before it (READ COMMITTED): no need to begin again
        return
    session.rollback()
    session.connection(execution_options={"sqlite_begin": "IMMEDIATE"})


@event.listens_for(Session, "after_flush")
def _note_stray(session: Session, _context: Any) -> None:
    if not session.info.get("writing"):
        session.info[WROTE_OUTSIDE] = True


def _is_sound(connection: Any) -> bool:
    """Can the transaction in hand go on, with no statement failed in it and its connection alive?"""
    if connection.invalidated:
        return False
    return bool(connection.connection.dbapi_connection.info.transaction_status.name != "INERROR")


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
