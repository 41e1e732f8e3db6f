"""When the centre works: holidays, and promised times counted in its working hours."""

from __future__ import annotations

from datetime import date, datetime, time

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, mapped_column

from models.base import setting, working_time
from models.base.bulk_insert import rows_of
from models.base.db import Base
from models.base.working_time import WorkingHours


@setting.changes_lists
class Holiday(Base):
    """A day on which no working hour passes."""

    __tablename__ = "holiday"
    id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(String(120))

    def __str__(self) -> str:
        return self.name


_DAYS = select(Holiday.__table__.c.day)


def working_hours() -> WorkingHours:
    return WorkingHours(
        days=frozenset(setting.get("working_days")),
        opens=time.fromisoformat(setting.get("opens_at")),
        closes=time.fromisoformat(setting.get("closes_at")),
    )


def holidays() -> frozenset[date]:
    return setting.recent("holidays", lambda: frozenset(rows_of(_DAYS).scalars()))


def due_at(start: datetime, hours: float, round_the_clock: bool = False) -> datetime:
    """The moment, in UTC, at which so many working hours have passed since `start`."""
    if round_the_clock:
        return working_time.due_at(start, hours, working_time.ROUND_THE_CLOCK)
    return working_time.due_at(start, hours, working_hours(), holidays())


def hours_between(start: datetime, end: datetime) -> float:
    """Working hours that pass between two moments."""
    return working_time.working_hours_between(start, end, working_hours(), holidays())
