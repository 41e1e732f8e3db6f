"""On which days something comes again: every so many days, weeks or months, by the calendar of the house.

The days are reckoned by RFC 5545 (dateutil); a month that lacks the day has it on its last.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from sqlalchemy import String, false
from sqlalchemy.orm import Mapped, mapped_column

from models.base.calendar import HOUSE, calendars
from models.base.wording import Words

if TYPE_CHECKING:
    from dateutil.rrule import rrule

PERIODS: dict[str, Words] = {"day": _l("hari"), "week": _l("pekan"), "month": _l("bulan")}
BY_DAY = 0  # of a month: on the day of the month of the first day
ORDINALS: dict[int, Words] = {
    BY_DAY: _l("tanggal yang sama dengan hari pertama"),
    1: _l("hari pertama yang dipilih di atas"),
    2: _l("hari kedua yang dipilih di atas"),
    3: _l("hari ketiga yang dipilih di atas"),
    4: _l("hari keempat yang dipilih di atas"),
    -1: _l("hari terakhir yang dipilih di atas"),
}
MOST_EVERY = 366
LOOKED_AT = 1_000  # days of a rule that are looked at for one that is open


@dataclass(frozen=True)
class Recurrence:
    """The rule: `weekdays` (0 = Monday) of a week, or the n-th of one of a month (`ordinal`)."""

    every: int
    period: str
    weekdays: tuple[int, ...]
    ordinal: int
    first_day: date
    last_day: date | None
    skips_closed: bool
    division: str = HOUSE

    def coming(self, after: date, count: int) -> list[date]:
        """The next days after this one, as many as there are."""
        found = (moment.date() for moment in self._rule().xafter(_noon(after), count=LOOKED_AT))
        return list(islice(self._open(found), count))

    def latest(self, until: date, after: date | None = None) -> tuple[date | None, int]:
        """The last day up to `until` and later than `after`; and how many before it lie after `after` too."""
        rule, day, missed = self._rule(), None, 0
        begins = after or self.first_day - timedelta(days=1)
        for moment in rule.xafter(_noon(begins)):
            if moment.date() > until:
                break
            if self.skips_closed and not is_open_day(moment.date(), self.division):
                continue
            missed, day = missed + (day is not None), moment.date()
        return day, missed

    def _open(self, days: Iterator[date]) -> Iterator[date]:
        return (day for day in days if not self.skips_closed or is_open_day(day, self.division))

    def _rule(self) -> rrule:
        from dateutil import rrule as rules  # noqa: PLC0415  # no page of every day needs it

        starts = _noon(self.first_day)
        until = _noon(self.last_day) if self.last_day else None
        if self.period == "day":
            return rules.rrule(rules.DAILY, starts, self.every, until=until)
        if self.period == "week":
            return rules.rrule(rules.WEEKLY, starts, self.every, until=until, byweekday=self.weekdays or None)
        if self.ordinal != BY_DAY and self.weekdays:
            nth = rules.weekday(self.weekdays[0], self.ordinal)
            return rules.rrule(rules.MONTHLY, starts, self.every, until=until, byweekday=nth)
        days = range(min(28, self.first_day.day), self.first_day.day + 1)  # the last of them that the month has
        return rules.rrule(rules.MONTHLY, starts, self.every, until=until, bysetpos=-1, bymonthday=days)


class Recurring:
    """The columns of a rule, for a table whose rows come again."""

    every: Mapped[int] = mapped_column(default=1)
    period: Mapped[str] = mapped_column(String(5), default="week")  # of PERIODS
    weekdays: Mapped[str] = mapped_column(String(20), default="")  # such as "0,3"; 0 = Monday
    ordinal: Mapped[int] = mapped_column(default=BY_DAY)  # of ORDINALS
    first_day: Mapped[date]
    last_day: Mapped[date | None]
    skips_closed: Mapped[bool] = mapped_column(default=False, server_default=false())

    def recurrence(self, division: str = HOUSE) -> Recurrence:
        days = tuple(int(day) for day in self.weekdays.split(",") if day.isdecimal())
        return Recurrence(
            self.every, self.period, days, self.ordinal, self.first_day, self.last_day, self.skips_closed, division
        )


def is_open_day(day: date, division: str = HOUSE) -> bool:
    """Has this day a working hour of the division?"""
    hours = calendars()
    return bool(hours.of(division).intervals_on(day, hours.holidays))


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12))  # noqa: DTZ001  # a day, not a moment: no zone moves it
