"""When the centre works: opening hours, hours that differ, holidays, and promised times counted in them.

The ordinary week is three settings (days, opening, closing). `SpecialHours` say where a division, a weekday or a range
of dates differs from it: Friday prayer, Ramadan, a desk with an evening. Whoever writes one of them asks in the same
transaction that open due times are counted anew (DueRecount).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from typing import NamedTuple

from sqlalchemy import (
    Connection,
    Date,
    Index,
    String,
    cast,
    event,
    false,
    insert,
    literal,
    null,
    select,
    union_all,
)
from sqlalchemy.orm import Mapped, Mapper, mapped_column

from models.base import setting, working_time
from models.base.bulk_insert import rows_of
from models.base.columns.json_value import Json
from models.base.db import Base, utcnow
from models.base.working_time import ROUND_THE_CLOCK, DifferentHours, Interval, NeverOpens, WorkingHours

HOUSE = ""  # the division of what holds for everybody
WEEK_SETTINGS = frozenset({"working_days", "opens_at", "closes_at"})
DUE_SETTINGS = WEEK_SETTINGS | {"high_target_percent", "urgent_target_percent"}  # what moves due times


@setting.changes_lists
class Holiday(Base):
    """A day on which no working hour passes."""

    __tablename__ = "holiday"
    id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(String(120))

    def __str__(self) -> str:
        return self.name


@setting.changes_lists
class SpecialHours(Base):
    """Hours that differ from the ordinary week: of the house or a division, on weekdays, always or between two days.

    `weekdays` are numbers such as "4" or "0,1,2" (0 = Monday), `hours` intervals such as "08:00-11:30,13:30-16:30";
    without an interval it is closed. Of two that hold on a day the one with dates comes first, then the division's.
    """

    __tablename__ = "special_hours"
    id: Mapped[int] = mapped_column(primary_key=True)
    division: Mapped[str] = mapped_column(String(20), default=HOUSE)
    name: Mapped[str] = mapped_column(String(120))
    first_day: Mapped[date | None]
    last_day: Mapped[date | None]
    weekdays: Mapped[str] = mapped_column(String(20))
    hours: Mapped[str] = mapped_column(String(120), default="")
    on_holidays: Mapped[bool] = mapped_column(default=False)

    def __str__(self) -> str:
        return self.name


class DueRecount(Base):
    """A wish that the due times of open tickets are counted anew; the newest that waits stands for all before it.

    `reached` is the id of the last ticket that was looked at, so that a run that was cut off goes on from there.
    """

    __tablename__ = "due_recount"
    id: Mapped[int] = mapped_column(primary_key=True)
    asked_at: Mapped[datetime] = mapped_column(default=utcnow)
    reached: Mapped[int] = mapped_column(default=0)
    moved: Mapped[int] = mapped_column(default=0)
    done_at: Mapped[datetime | None]

    __table_args__ = (Index("ix_due_recount_done_at", "done_at"),)


class HoursRule(NamedTuple):
    """A row of SpecialHours, or a holiday, which has no weekdays."""

    division: str
    first_day: date | None
    last_day: date | None
    weekdays: str
    hours: str
    on_holidays: bool


_NONE = literal("")
_DAYS = Holiday.__table__.c.day
_RULES = union_all(
    select(_NONE.label("division"), _DAYS.label("first_day"), cast(null(), Date).label("last_day"),
           _NONE.label("weekdays"), _NONE.label("hours"), false().label("on_holidays")),
    select(*(SpecialHours.__table__.c[name] for name in HoursRule._fields)),
)  # fmt: skip


@dataclass(frozen=True)
class Calendars:
    """The hours of the house and of each division that differs, and the holidays of all."""

    ordinary: WorkingHours
    rules: tuple[HoursRule, ...]
    holidays: frozenset[date]
    _made: dict[str, WorkingHours] = field(default_factory=dict, init=False, repr=False, compare=False)

    def of(self, division: str = HOUSE) -> WorkingHours:
        """The hours of a division: its own differences before the house's, and those with dates before all others."""
        if division not in self._made:
            self._made[division] = self._of(division)
        return self._made[division]

    def _of(self, division: str) -> WorkingHours:
        mine = [rule for rule in self.rules if rule.division in (HOUSE, division)]
        mine.sort(key=lambda rule: (rule.first_day is None, rule.division == HOUSE))
        return replace(self.ordinary, differs=tuple(_different(rule) for rule in mine)) if mine else self.ordinary

    @property
    def divisions(self) -> frozenset[str]:
        """Those that have hours of their own."""
        return frozenset(rule.division for rule in self.rules) - {HOUSE}

    def due_at(self, start: datetime, hours: float, round_the_clock: bool = False, division: str = HOUSE) -> datetime:
        """The moment, in UTC, at which so many working hours have passed since `start`.

        A calendar that never opens is refused where it is typed; where two changes make one together, the ordinary
        week without holidays stands for it, so that no step fails.
        """
        week = ROUND_THE_CLOCK if round_the_clock else self.of(division)
        try:
            return working_time.due_at(start, hours, week, self.holidays)
        except NeverOpens:
            return working_time.due_at(start, hours, self.ordinary)

    def hours_between(
        self, start: datetime, end: datetime, round_the_clock: bool = False, division: str = HOUSE
    ) -> float:
        """Working hours that pass between two moments; negative when the end lies before the start."""
        week = ROUND_THE_CLOCK if round_the_clock else self.of(division)
        return working_time.working_hours_between(start, end, week, self.holidays)

    def is_open(self, moment: datetime, division: str = HOUSE) -> bool:
        return self.of(division).is_open(moment, self.holidays)

    def next_opening(self, moment: datetime, division: str = HOUSE) -> datetime:
        """Now, while it is open; else when it opens next."""
        try:
            return working_time.next_opening(moment, self.of(division), self.holidays)
        except NeverOpens:
            return working_time.next_opening(moment, self.ordinary)

    def ever_opens(self, moment: datetime, division: str = HOUSE) -> bool:
        """Does a working hour come after this moment?"""
        try:
            working_time.next_opening(moment, self.of(division), self.holidays)
        except NeverOpens:
            return False
        return True


def _different(rule: HoursRule) -> DifferentHours:
    weekdays = frozenset(int(day) for day in rule.weekdays.split(",") if day.isdecimal())
    return DifferentHours(weekdays, intervals_of(rule.hours), rule.first_day, rule.last_day, rule.on_holidays)


def intervals_of(hours: str) -> tuple[Interval, ...]:
    """What the column `hours` says; of what nobody can read, nothing: no page and no due time waits for it."""
    pairs = (part.split("-") for part in hours.split(",") if part)
    try:
        return tuple((time.fromisoformat(opens), time.fromisoformat(closes)) for opens, closes in pairs)
    except ValueError:
        return ()


def _kept_calendars() -> Calendars:
    rows = [HoursRule(*row) for row in rows_of(_RULES)]
    days = frozenset(row.first_day for row in rows if not row.weekdays and row.first_day)
    return Calendars(ordinary_hours(), tuple(row for row in rows if row.weekdays), days)


def calendars() -> Calendars:
    """As they stand; what another process changed is seen within setting.CACHE_SECONDS."""
    return setting.recent("calendars", _kept_calendars)


def rule_of(row: SpecialHours) -> HoursRule:
    return HoursRule(row.division, row.first_day, row.last_day, row.weekdays, row.hours, row.on_holidays)


def ordinary_hours(changed: Mapping[str, Json] | None = None) -> WorkingHours:
    """The ordinary week by the settings, or as it would be with these."""
    days, opens, closes = (
        (changed or {}).get(key, setting.get(key)) for key in ("working_days", "opens_at", "closes_at")
    )
    return WorkingHours(frozenset(days), time.fromisoformat(opens), time.fromisoformat(closes))


def working_hours() -> WorkingHours:
    """Of the house."""
    return calendars().of()


def holidays() -> frozenset[date]:
    return calendars().holidays


def due_at(start: datetime, hours: float, round_the_clock: bool = False, division: str = HOUSE) -> datetime:
    """The moment, in UTC, at which so many working hours have passed since `start`."""
    return calendars().due_at(start, hours, round_the_clock, division)


def hours_between(start: datetime, end: datetime, round_the_clock: bool = False, division: str = HOUSE) -> float:
    """Working hours that pass between two moments."""
    return calendars().hours_between(start, end, round_the_clock, division)


def ask_recount(_mapper: Mapper[Base], connection: Connection, row: Base) -> None:
    """In the transaction of whatever moves due times: they are to be counted anew."""
    if not isinstance(row, setting.Setting) or row.key in DUE_SETTINGS:
        connection.execute(insert(DueRecount).values(reached=0, moved=0, asked_at=utcnow()))


for _moment in ("after_insert", "after_update", "after_delete"):
    for _model in (Holiday, SpecialHours, setting.Setting):
        event.listen(_model, _moment, ask_recount)
