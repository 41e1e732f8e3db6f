"""Counts in working hours: when something is due, and how long it took.

All moments that go in and come out are aware; results are UTC. Holidays are dates of the office's own zone. A moment
counts when the clock on the wall there shows working time: an hour that the clock skips is no hour of work, and one
that it shows twice is worked twice.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

MONDAY_TO_FRIDAY = frozenset(range(5))
LONGEST_CLOSURE_DAYS = 400
DAY, TICK = timedelta(days=1), timedelta(microseconds=1)
Interval = tuple[time, time]  # from its beginning until just before its end, on one day


class NeverOpens(ValueError):
    """The office does not open within LONGEST_CLOSURE_DAYS."""


@dataclass(frozen=True)
class DifferentHours:
    """Days on which the office is open at other times: these weekdays, always or within a range of dates.

    Without an interval it is closed. With `on_holidays` it is so on holidays too.
    """

    weekdays: frozenset[int]
    intervals: tuple[Interval, ...]
    first: date | None = None
    last: date | None = None
    on_holidays: bool = False

    def __post_init__(self) -> None:
        ordered = sorted(self.intervals)
        if any(opens >= closes for opens, closes in ordered):
            raise ValueError("An interval must end after it begins, on the same day.")
        if any(before[1] > after[0] for before, after in zip(ordered, ordered[1:], strict=False)):
            raise ValueError("The intervals of a day may not overlap.")
        if self.first and self.last and self.last < self.first:
            raise ValueError("The range must end on the day on which it begins, or later.")

    def holds_on(self, day: date) -> bool:
        if day.weekday() not in self.weekdays or (self.first is not None and day < self.first):
            return False
        return self.last is None or day <= self.last


@dataclass(frozen=True)
class WorkingHours:
    """The week of an office: its days (0 = Monday), when it opens and closes, and in which time zone.

    The first of `differs` that holds on a day stands for the week. With `round_the_clock` every hour counts,
    holidays too (outages, steps L2 to L8).
    """

    days: frozenset[int] = MONDAY_TO_FRIDAY
    opens: time = time(8)
    closes: time = time(16)
    zone: str = "Asia/Jakarta"
    round_the_clock: bool = False
    differs: tuple[DifferentHours, ...] = ()

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
        return any(opens <= local.time() < closes for opens, closes in self.intervals_on(local.date(), holidays))

    def intervals_on(self, day: date, holidays: Collection[date] = frozenset()) -> tuple[Interval, ...]:
        """When it is open on this date of its own zone, in order; nothing round the clock, which has no intervals."""
        other = next((one for one in self.differs if one.holds_on(day)), None)
        if day in holidays and (other is None or not other.on_holidays):
            return ()
        if other is not None:
            return tuple(sorted(other.intervals))
        return ((self.opens, self.closes),) if day.weekday() in self.days else ()


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


def next_opening(moment: datetime, working_hours: WorkingHours, holidays: Collection[date] = frozenset()) -> datetime:
    """The moment itself (UTC) where it counts, else when the office opens next; NeverOpens as due_at."""
    _check_aware(moment)
    if working_hours.is_open(moment, holidays):
        return moment.astimezone(UTC)
    return next(opens for opens, _closes in _open_spans(moment, working_hours, holidays))


def _open_time(start: datetime, end: datetime, working_hours: WorkingHours, holidays: Collection[date]) -> timedelta:
    zone = ZoneInfo(working_hours.zone)
    day, last = start.astimezone(zone).date(), end.astimezone(zone).date()
    total = timedelta()
    while day <= last:
        for opens, closes in _spans(day, working_hours, holidays):
            total += max(min(closes, end) - max(opens, start), timedelta())
        day += DAY
    return total


def _open_spans(
    start: datetime, working_hours: WorkingHours, holidays: Collection[date]
) -> Iterator[tuple[datetime, datetime]]:
    """The stretches of open time after `start`, in order, without end; the first may be a part of one."""
    day = start.astimezone(ZoneInfo(working_hours.zone)).date()
    closed_days = 0
    while closed_days <= LONGEST_CLOSURE_DAYS:
        closed_days += 1
        for opens, closes in _spans(day, working_hours, holidays):
            if start < closes:
                closed_days = 0
                yield max(opens, start.astimezone(UTC)), closes
        day += DAY
    raise NeverOpens(f"The office does not open within {LONGEST_CLOSURE_DAYS} days of {day}.")


def _spans(day: date, working_hours: WorkingHours, holidays: Collection[date]) -> list[tuple[datetime, datetime]]:
    """The stretches of a day in UTC, in order: its intervals, each seen under the offsets that the day has.

    1. a day whose zone keeps one offset has one stretch for each interval;
    2. where the clock jumps, what lies before the jump is read by the offset before it, the rest by the one after;
       an hour that is skipped becomes no stretch, one that comes twice becomes two.
    """
    intervals = working_hours.intervals_on(day, holidays)
    if not intervals:
        return []
    before, after, jump = _offsets(working_hours.zone, day)
    if jump is None:
        return [(_on(day, opens) - before, _on(day, closes) - before) for opens, closes in intervals]
    found = [(_on(day, opens) - before, min(_on(day, closes) - before, jump)) for opens, closes in intervals]
    found += [(max(_on(day, opens) - after, jump), _on(day, closes) - after) for opens, closes in intervals]
    return sorted((begin, end) for begin, end in found if begin < end)


@lru_cache(maxsize=4096)
def _offsets(zone: str, day: date) -> tuple[timedelta, timedelta, datetime | None]:
    """The zone's offsets on both sides of a day, and the moment between at which its clock jumps, if it does."""
    where = ZoneInfo(zone)
    low, high = _on(day, time()) - DAY, _on(day, time()) + 2 * DAY
    before, after = _offset(low, where), _offset(high, where)
    if before == after:
        return before, after, None
    while high - low > TICK:
        middle = low + (high - low) // 2
        low, high = (middle, high) if _offset(middle, where) == before else (low, middle)
    return before, after, high


def _offset(moment: datetime, zone: ZoneInfo) -> timedelta:
    offset = moment.astimezone(zone).utcoffset()
    assert offset is not None
    return offset


def _on(day: date, clock: time) -> datetime:
    """The date and clock as if the zone were UTC."""
    return datetime.combine(day, clock, UTC)


def _check_aware(moment: datetime) -> None:
    if moment.tzinfo is None:
        raise ValueError("A moment without a time zone cannot be counted.")
