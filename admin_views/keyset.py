"""Pages of tickets by keyset over a union of short index scans, and counts that stop at a cap; it knows no filter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, func, select, tuple_, union

from models.ticket import Ticket

Conditions = Sequence[ColumnElement[bool]]


def first_of(
    branches: Sequence[Conditions], column: Any, descending: bool, limit: int, beyond: tuple[Any, int] | None = None
) -> Subquery:
    """The first `limit` (id, key) of each branch in this order, strictly beyond the given (key, id); without doubles."""
    key, order = tuple_(column, Ticket.id), [c.desc() if descending else c.asc() for c in (column, Ticket.id)]
    parts = []
    for branch in branches:
        query = select(Ticket.id.label("id"), column.label("key")).where(*branch)
        if beyond:
            edge = tuple_(*beyond)
            query = query.where(key < edge if descending else key > edge)
        parts.append(query.order_by(*order).limit(limit))
    return _united(parts)


def counted(branches: Sequence[Conditions], cap: int) -> Select[tuple[int]]:
    """A SELECT of how many tickets lie in the branches, at most `cap`."""
    ids = _united([select(Ticket.id.label("id")).where(*branch).limit(cap) for branch in branches])
    return select(func.count()).select_from(select(ids.c.id).limit(cap).subquery())


def _united(parts: list[Select[Any]]) -> Subquery:
    if len(parts) == 1:
        return parts[0].subquery()
    return union(*(select(part.subquery()) for part in parts)).subquery()
