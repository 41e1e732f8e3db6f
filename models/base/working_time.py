"""Counts in working hours: when something is due, and how long it took.

All moments that go in and come out are aware; results are UTC. Holidays are dates of the office's own zone.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MONDAY_TO_FRIDAY = frozenset(range(5))
LONGEST_CLOSURE_DAYS = 400


@dataclass(frozen=True)
class WorkingHours:
    """The week of an office: its days (0 = Monday), when it opens and closes, and in which time zone.

    With `round_the_clock` every hour counts, holidays too (outages, steps L2 to L8).
    """

    days: frozenset[int] = MONDAY_TO_FRIDAY
    opens: time = time(8)
    closes: time = time(16)
    zone: str = "Asia/Jakarta"
    round_the_clock: bool = False

    def __post_init__(self) -> None:
        if not self.days or not self.days <= frozenset(range(7)):
            raise ValueError("The working days are numbers from 0 (Monday) to 6, at least one.")
        if self.opens >= self.closes:
            raise ValueError("The office must close after it opens, on the same day.")
        ZoneInfo(self.zone)

    @property
    def hours_a_day(self) -> float:
        """Length of one working day in hours; 24 round the clock."""
        if self.round_the_clock:
            return 24.0
        return (_on(date.min, self.closes) - _on(date.min, self.opens)) / timedelta(hours=1)

    def is_open(self, moment: datetime, holidays: Collection[date] = frozenset()) -> bool:
        """Does this moment count? The moment of closing no longer does."""
        if self.round_the_clock:
            return True
        local = moment.astimezone(ZoneInfo(self.zone))
        return self.is_working_day(local.date(), holidays) and self.opens <= local.time() < self.closes

    def is_working_day(self, day: date, holidays: Collection[date] = frozenset()) -> bool:
        """Is the office open on this date of its own zone?"""
        return self.round_the_clock or (day.weekday() in self.days and day not in holidays)


ROUND_THE_CLOCK = WorkingHours(round_the_clock=True)


def due_at(
    start: datetime,
    hours: float,
    working_hours: WorkingHours,
    holidays: Collection[date] = frozenset(),
) -> datetime:
    """The first moment (UTC) by which that many working hours have passed since `start`.

    Eight hours from the opening end at that day's closing, not at the next opening. Zero hours end at once.
    ValueError for a negative number, a naive start, or an office that never opens within 400 days.
    """
    _check_aware(start)
    if hours < 0:
        raise ValueError("The hours may not be negative.")
    left = timedelta(hours=hours)
    if not left or working_hours.round_the_clock:
        return start.astimezone(UTC) + left
    for opens, closes in _open_spans(start, working_hours, holidays):
        if left <= closes - opens:
            return opens + left
        left -= closes - opens
    raise AssertionError("the spans end only by ValueError")  # pragma: no cover


def working_hours_between(
    start: datetime,
    end: datetime,
    working_hours: WorkingHours,
    holidays: Collection[date] = frozenset(),
) -> float:
    """Working hours from `start` to `end`; negative when the end lies before the start."""
    _check_aware(start)
    _check_aware(end)
    if end < start:
        return -working_hours_between(end, start, working_hours, holidays)
    if working_hours.round_the_clock:
        return (end - start) / timedelta(hours=1)
    return _open_time(start, end, working_hours, holidays) / timedelta(hours=1)


def _open_time(start: datetime, end: datetime, working_hours: WorkingHours, holidays: Collection[date]) -> timedelta:
    zone = ZoneInfo(working_hours.zone)
    day, last = start.astimezone(zone).date(), end.astimezone(zone).date()
    total = timedelta()
    while day <= last:
        if working_hours.is_working_day(day, holidays):
            opens, closes = _span(day, working_hours)
            total += max(min(closes, end) - max(opens, start), timedelta())
        day += timedelta(days=1)
    return total


def _open_spans(
    start: datetime, working_hours: WorkingHours, holidays: Collection[date]
) -> Iterator[tuple[datetime, datetime]]:
    """The stretches of open time after `start`, in order, without end; the first may be a part of a day."""
    day = start.astimezone(ZoneInfo(working_hours.zone)).date()
    closed_days = 0
    while closed_days <= LONGEST_CLOSURE_DAYS:
        opens, closes = _span(day, working_hours)
        if working_hours.is_working_day(day, holidays) and start < closes:
            closed_days = 0
            yield max(opens, start.astimezone(UTC)), closes
        else:
            closed_days += 1
        day += timedelta(days=1)
    raise ValueError(f"The office does not open within {LONGEST_CLOSURE_DAYS} days of {day}.")


def _span(day: date, working_hours: WorkingHours) -> tuple[datetime, datetime]:
    zone = ZoneInfo(working_hours.zone)
    opens = _on(day, working_hours.opens).replace(tzinfo=zone)
    closes = _on(day, working_hours.closes).replace(tzinfo=zone)
    return opens.astimezone(UTC), closes.astimezone(UTC)


def _on(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock)


def _check_aware(moment: datetime) -> None:
    if moment.tzinfo is None:
        raise ValueError("A moment without a time zone cannot be counted.")
