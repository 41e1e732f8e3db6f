"""Pages of tickets by keyset over a union of short index scans, and counts that stop at a cap."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, TypeVarTuple

from sqlalchemy import ColumnElement, Select, Subquery, any_, func, select, tuple_, union

from models.base.columns.statement_types import Asked
from models.base.db import db
from models.tickets.ticket import Ticket, Way

Ts = TypeVarTuple("Ts")


class Branch(NamedTuple):
    """Conditions that hold together; a narrow branch is few tickets by their ids.

    Of a narrow branch the rows are fetched and then sorted: a date index that satisfies the order would tempt the
    planner to read it from end to end. coalesce() takes the index from its sight, on both databases.
    """

    conditions: Sequence[ColumnElement[bool]]
    is_narrow: bool = False


def first_of(
    branches: Sequence[Branch],
    column: Asked,
    descending: bool,
    limit: int,
    beyond: tuple[datetime | int, int] | None = None,
) -> Subquery:
    """The first `limit` (id, key) of each branch in this order, beyond the given (key, id); without doubles."""
    parts = []
    for branch in branches:
        key = func.coalesce(column, column) if branch.is_narrow else column
        query = select(Ticket.id.label("id"), key.label("key")).where(*branch.conditions)
        if beyond:
            place, edge = tuple_(key, Ticket.id), tuple_(*beyond)
            query = query.where(place < edge if descending else place > edge)
        parts.append(query.order_by(*(c.desc() if descending else c.asc() for c in (key, Ticket.id))).limit(limit))
    return _united(parts)


def counted(branches: Sequence[Branch], cap: int) -> Select[int]:
    """A SELECT of how many tickets lie in the branches, at most `cap`."""
    ids = _united([select(Ticket.id.label("id")).where(*branch.conditions).limit(cap) for branch in branches])
    return select(func.count()).select_from(select(ids.c.id).limit(cap).subquery())


def is_open(branch_is_narrow: bool, value: bool) -> ColumnElement[bool]:
    """The condition that a ticket is open, or closed; in a narrow branch it is no way into an index."""
    return func.coalesce(Ticket.is_open, False) == value if branch_is_narrow else Ticket.is_open == value


def among(ids: Select[int]) -> ColumnElement[bool]:
    """A ticket of this short list: PostgreSQL takes IN for a join of large sets, an array it looks up id by id."""
    if db.engine.dialect.name == "postgresql":
        return Ticket.id == any_(func.array(ids.scalar_subquery()))
    return Ticket.id.in_(ids)


def looked_up(column: Asked, ids: Select[int]) -> ColumnElement[bool]:
    """The column is in this list, asked row by row: PostgreSQL would join the list, and walk the tickets for each."""
    found = column.in_(ids)
    return func.coalesce(found, False) if db.engine.dialect.name == "postgresql" else found


def along(way: Way) -> ColumnElement[bool]:
    """The condition of one way of seeing, as a branch of its own reads it."""
    return way.condition if way.ids is None else among(way.ids)


def _united(parts: Sequence[Select[*Ts]]) -> Subquery:
    if len(parts) == 1:
        return parts[0].subquery()
    return union(*(select(part.subquery()) for part in parts)).subquery()
