"""Counters in rows: office numbers without gaps, and rates that count for all processes together."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache

from sqlalchemy import BindParameter, Select, String, TextClause, bindparam, delete, func, select, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base.bulk_insert import rows_of
from models.base.db import PROMISED, Base, UTCDateTime, db, rows_changed, utcnow


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


# As text, which both databases read alike: SQLAlchemy compiles ON CONFLICT anew each time, and every form counts.
_NEXT = text(
    "INSERT INTO counter (key, value) VALUES (:key, 1)"
    " ON CONFLICT (key) DO UPDATE SET value = counter.value + 1 RETURNING value"
)
_MORE = text(
    'INSERT INTO rate (key, "window", count) VALUES (:key, :window, :step)'
    ' ON CONFLICT (key, "window") DO UPDATE SET count = rate.count + excluded.count RETURNING count'
).bindparams(bindparam("window", type_=UTCDateTime()))


_AT_LEAST = text(
    "INSERT INTO counter (key, value) VALUES (:key, :value)"
    " ON CONFLICT (key) DO UPDATE SET value = CASE WHEN counter.value < excluded.value THEN excluded.value"
    " ELSE counter.value END RETURNING value"
)


def raise_to(key: str, value: int) -> int:
    """The counter stands at `value` or above; says where. Its row is locked until this transaction ends."""
    return int(rows_of(_AT_LEAST, key=key, value=value).scalar_one())


def counted(*keys: str) -> dict[str, int]:
    """Where the counters stand; one that never counted is left out."""
    query = select(Counter.key, Counter.value).where(Counter.key.in_(keys))
    return dict(db.session.execute(query).tuples().all())


def next_number(key: str) -> int:
    """The next number of this kind, gapless: a rollback gives it back.

    In a transaction that holds no lock yet it is promised, so that what is printed with it is made before the lock
    is taken; `keep_promises` then draws it.
    """
    promised: dict[str, list[int]] | None = db.session.info.get(PROMISED)
    if promised is None:
        return int(rows_of(_NEXT, key=key).scalar_one())
    numbers = promised.setdefault(key, [])
    if not numbers:
        last = db.session.connection().execute(select(Counter.value).where(Counter.key == key)).scalar()
    numbers.append((numbers[-1] if numbers else last or 0) + 1)
    return numbers[-1]


def keep_promises() -> bool:
    """Draw the numbers that were promised; False where somebody else has drawn one of them meanwhile."""
    promised: dict[str, list[int]] = db.session.info.pop(PROMISED, None) or {}
    return all(next_number(key) == number for key, numbers in promised.items() for number in numbers)


def window_of(now: datetime, length: timedelta) -> datetime:
    seconds = int(length.total_seconds())
    return datetime.fromtimestamp(int(now.timestamp()) // seconds * seconds, UTC)


def count_up(key: str, length: timedelta = timedelta(hours=1), step: int = 1) -> int:
    """Count one more in the present window and say how many it makes; the caller commits."""
    return int(rows_of(_MORE, key=key, window=window_of(utcnow(), length), step=step).scalar_one())


def count_up_each(*keys: str, length: timedelta = timedelta(hours=1)) -> list[int]:
    """Count one more for each key in the present window, in one statement; how many it makes of each."""
    named = {f"key_{i}": key for i, key in enumerate(sorted(keys))}  # in one order for everybody
    rows = rows_of(_one_more(len(keys)), window=window_of(utcnow(), length), **named)
    made: dict[str, int] = dict(rows.all())
    return [made[key] for key in keys]


@cache
def _one_more(rows: int) -> TextClause:
    values = ", ".join(f"(:key_{i}, :window, 1)" for i in range(rows))
    return text(
        f'INSERT INTO rate (key, "window", count) VALUES {values}'  # noqa: S608  # the names of parameters alone
        ' ON CONFLICT (key, "window") DO UPDATE SET count = rate.count + 1 RETURNING key, count'
    ).bindparams(bindparam("window", type_=UTCDateTime()))


def counts_of(*keys: str, length: timedelta = timedelta(hours=1)) -> list[int]:
    """How many in the present window for each key, in one statement and without counting."""
    named = {f"key_{i}": key for i, key in enumerate(keys)}
    rows = rows_of(_counts(len(keys)), window=window_of(utcnow(), length), **named)
    found: dict[str, int] = dict(rows.all())
    return [found.get(key, 0) for key in keys]


@cache
def _counts(rows: int) -> Select[str, int]:
    """With a parameter a key: a list of any length is written out anew at each asking."""
    keys: list[BindParameter[str]] = [bindparam(f"key_{i}") for i in range(rows)]
    return select(Rate.key, Rate.count).where(Rate.key.in_(keys), Rate.window == bindparam("window"))


def count_within(key: str, length: timedelta) -> int:
    """How many in the last `length` up to now, of what was counted in shorter windows."""
    counted = select(func.coalesce(func.sum(Rate.count), 0)).where(Rate.key == key, Rate.window > utcnow() - length)
    return int(db.session.scalar(counted) or 0)


def shut(key: str) -> None:
    """From this moment the door of this name is shut; `is_shut` says for how long."""
    rows_of(_MORE, key=f"shut:{key}", window=utcnow(), step=1)


def is_shut(key: str, length: timedelta) -> bool:
    """Was the door shut within the last `length`?"""
    return count_within(f"shut:{key}", length) > 0


def ends_at(length: timedelta = timedelta(hours=1)) -> datetime:
    """When the present window ends and counting starts afresh."""
    return window_of(utcnow(), length) + length


def forget_old(days: int = 2) -> int:
    """Remove windows that can no longer matter; says how many."""
    return rows_changed(delete(Rate).where(Rate.window < utcnow() - timedelta(days=days)))
