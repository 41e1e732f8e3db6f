"""Counters in rows: gapless office numbers, and rates that hold for one process or forty."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import String, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from models.db import Base, db, utcnow


class Counter(Base):
    """The last number given out for a kind and year; moved in the transaction that uses it, so no gap."""

    __tablename__ = "counter"
    key: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[int] = mapped_column(default=0)


class Rate(Base):
    """How often something happened in a window of time."""

    __tablename__ = "rate"
    key: Mapped[str] = mapped_column(String(120), primary_key=True)
    window: Mapped[datetime] = mapped_column(primary_key=True)
    count: Mapped[int] = mapped_column(default=0)


def _upsert(table: type[Base], keys: dict[str, Any], column: str, step: int) -> int:
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    statement = insert(table).values(**keys, **{column: step})
    moved = statement.on_conflict_do_update(
        index_elements=list(keys), set_={column: getattr(table, column) + step}
    ).returning(getattr(table, column))
    return int(db.session.execute(moved).scalar_one())


def next_number(key: str) -> int:
    """The next number of this kind, gapless: a rollback gives it back."""
    return _upsert(Counter, {"key": key}, "value", 1)


def window_of(now: datetime, length: timedelta) -> datetime:
    seconds = int(length.total_seconds())
    return datetime.fromtimestamp(int(now.timestamp()) // seconds * seconds, UTC)


def count_up(key: str, length: timedelta = timedelta(hours=1), step: int = 1) -> int:
    """Count one more in the present window and say how many it makes; the caller commits."""
    return _upsert(Rate, {"key": key, "window": window_of(utcnow(), length)}, "count", step)


def count_up_each(*keys: str, length: timedelta = timedelta(hours=1)) -> list[int]:
    """Count one more for each key in the present window, in one statement; how many it makes of each."""
    window = window_of(utcnow(), length)
    rows = [{"key": key, "window": window, "count": 1} for key in sorted(keys)]
    made: dict[str, int] = dict(db.session.execute(_one_more(db.engine.dialect.name), rows).tuples().all())
    return [made[key] for key in keys]


@cache
def _one_more(dialect: str) -> Any:
    """Built once, and without its rows: so SQLAlchemy need not compile it at every complaint."""
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    moved = insert(Rate).on_conflict_do_update(index_elements=["key", "window"], set_={"count": Rate.count + 1})
    return moved.returning(Rate.key, Rate.count)


def count_of(key: str, length: timedelta = timedelta(hours=1)) -> int:
    """How many in the present window, without counting."""
    row = db.session.get(Rate, (key, window_of(utcnow(), length)))
    return row.count if row else 0


def count_within(key: str, length: timedelta) -> int:
    """How many in the last `length` up to now, of what was counted in shorter windows."""
    counted = select(func.coalesce(func.sum(Rate.count), 0)).where(Rate.key == key, Rate.window > utcnow() - length)
    return int(db.session.scalar(counted) or 0)


def shut(key: str) -> None:
    """From this moment the door of this name is shut; `is_shut` says for how long."""
    _upsert(Rate, {"key": f"shut:{key}", "window": utcnow()}, "count", 1)


def is_shut(key: str, length: timedelta) -> bool:
    """Was the door shut within the last `length`?"""
    return count_within(f"shut:{key}", length) > 0


def ends_at(length: timedelta = timedelta(hours=1)) -> datetime:
    """When the present window ends and counting starts afresh."""
    return window_of(utcnow(), length) + length


def forget_old(days: int = 2) -> int:
    """Remove windows that can no longer matter; says how many."""
    result: Any = db.session.execute(delete(Rate).where(Rate.window < utcnow() - timedelta(days=days)))
    return int(result.rowcount)
