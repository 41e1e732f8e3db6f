"""Reads and writes rows past SQLAlchemy's unit of work, for the requests that must be fastest."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, TypeVar, TypeVarTuple, overload

from sqlalchemy import CursorResult, Executable, Insert, Table, insert
from sqlalchemy.orm import Mapper, make_transient_to_detached
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.sql.schema import ScalarElementColumnDefault
from sqlalchemy.sql.selectable import TypedReturnsRows

from models.base.columns.json_value import Held
from models.base.db import Base, db

R = TypeVar("R", bound=Base)
Ts = TypeVarTuple("Ts")


@overload
def rows_of(statement: TypedReturnsRows[*Ts], **values: Held) -> CursorResult[*Ts]: ...


@overload
def rows_of(statement: Executable, **values: Held) -> CursorResult[*tuple[Any, ...]]: ...


def rows_of(statement: Executable, **values: Held) -> CursorResult[*tuple[Any, ...]]:
    """The rows (a CursorResult) of a statement built once, past the unit of work: a fraction of its time."""
    if db.session.autoflush:
        db.session.flush()
    return db.session.connection().execute(statement, values)


def add_row(model: type[Base], **values: Held) -> None:
    """Add a row that nobody reads again in this transaction; inside `written_together` it waits for those like it."""
    waiting: list[tuple[type[Base], dict[str, Held]]] | None = db.session.info.get("waiting")
    if waiting is None:
        db.session.add(model(**values))
    else:
        waiting.append((model, values))


def values_of(row: Base) -> dict[str, Held]:
    """What was set of a new row, by column."""
    columns = row.__mapper__.columns
    return {name: value for name, value in vars(row).items() if name in columns}


def add_alone(row: Base) -> None:
    """Write a new row with an id of its own at once, past the unit of work, and keep it in the session as if read.

    For a row on which nothing new hangs: what does would not be written with it.
    """
    made = rows_of(_insert_into(type(row), with_id=True), **values_of(row))
    set_committed_value(row, "id", made.scalar_one())
    make_transient_to_detached(row)
    db.session.add(row)
    for name, value in _known_defaults(row.__mapper__):
        if name not in vars(row):
            set_committed_value(row, name, value)


@cache
def _known_defaults(mapper: Mapper[Base]) -> tuple[tuple[str, Held], ...]:
    """What stands in columns that nobody set: their plain default, or nothing where that is allowed."""
    found: list[tuple[str, Held]] = []
    for name, column in mapper.columns.items():
        if isinstance(column.default, ScalarElementColumnDefault):
            found.append((name, column.default.arg))
        elif column.nullable and column.default is None and column.server_default is None:
            found.append((name, None))
    return tuple(found)


def as_read(model: type[R], **values: Held) -> R:
    """The row with these values in the session, as if it had been read now: for what is kept for a few seconds.

    `values` hold its `id`; a column that they lack is read when it is asked for.
    """
    row: R | None = db.session.identity_map.get(db.session.identity_key(model, values["id"]))
    if row is None:
        row = model(**values)
        make_transient_to_detached(row)
        db.session.add(row)
    return row


@contextmanager
def written_together() -> Iterator[None]:
    """At the end of the block its add_row() rows are written, one statement for all of a kind.

    Past the unit of work: it takes more time for a dozen rows than the database does. The rows get no id, and what
    they refer to must be in the database already.
    """
    waiting: list[tuple[type[Base], dict[str, Held]]] = []
    db.session.info["waiting"] = waiting
    try:
        yield
    finally:
        del db.session.info["waiting"]
    db.session.flush()
    kinds: dict[tuple[type[Base], tuple[str, ...]], list[dict[str, Held]]] = {}
    for model, values in waiting:
        kinds.setdefault((model, tuple(values)), []).append(values)
    for (model, _names), rows in kinds.items():
        db.session.connection().execute(_insert_into(model), rows)


@cache
def _insert_into(model: type[Base], with_id: bool = False) -> Insert:
    table = model.__table__
    assert isinstance(table, Table)  # no model of ours is of a join
    return insert(table).returning(table.c.id) if with_id else insert(table).inline()
