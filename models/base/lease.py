"""Work in hand: rows that one worker at a time holds under a lease, which ends when the worker dies.

Whoever dies leaves one behind, and it must end whatever the clock did meanwhile.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import ColumnElement, Select, String, or_
from sqlalchemy.orm import Mapped, mapped_column

from models.base.db import Base, db, utcnow, write_transaction

Row = TypeVar("Row", bound=Base)
Claim = TypeVar("Claim")

CLOCKS_DIFFER = timedelta(minutes=5)  # between the machines of one house
Moment = Mapped[datetime] | Mapped[datetime | None]  # a column of a time


def is_ahead(column: Moment, furthest: timedelta = timedelta(0)) -> ColumnElement[bool]:
    """Was this moment, `furthest` from now at most, written while the clock was ahead (Z36)?"""
    return column > utcnow() + furthest + CLOCKS_DIFFER


def has_ended(column: Moment, length: timedelta) -> ColumnElement[bool]:
    """Is the lease over that `column` keeps and that was given for `length`?"""
    return or_(column <= utcnow(), is_ahead(column, length))


def is_over(until: datetime, length: timedelta) -> bool:
    """The same question about a value."""
    return not utcnow() < until <= utcnow() + length + CLOCKS_DIFFER


class Leased:
    """The columns of a row that a worker holds while it works on it."""

    lease: Mapped[str] = mapped_column(String(32), default="")  # of the worker that is at it
    leased_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)  # turns begun since it last came forward

    def hold(self, length: timedelta) -> str:
        """From now on it is this worker's, whose word for it comes back."""
        self.lease, self.leased_until, self.attempts = secrets.token_hex(16), utcnow() + length, self.attempts + 1
        return self.lease

    def let_go(self) -> None:
        self.lease, self.leased_until = "", None


def first_of(waiting: Select[Row], take: Callable[[Row], Claim | None]) -> Claim | None:
    """What `take` says of the first waiting row that it makes ours, in one short transaction.

    Workers share by SKIP LOCKED; an idle one only reads and locks nothing. Where `take` says None it has ended the row,
    and the next is asked.
    """
    model = waiting.column_descriptions[0]["entity"]
    is_idle = db.session.scalar(waiting.with_only_columns(model.id).limit(1)) is None
    db.session.rollback()
    if is_idle:
        return None
    with write_transaction():
        query = waiting.limit(1).with_for_update(of=model, skip_locked=True)
        while (row := db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()) is not None:
            if (claim := take(row)) is not None:
                return claim
            db.session.flush()
    return None
