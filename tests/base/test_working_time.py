"""Promised times: Monday to Friday 08.00 to 16.00 WIB, over nights, weekends and holidays."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.base.working_time import (
    ROUND_THE_CLOCK,
    DifferentHours,
    WorkingHours,
    due_at,
    next_opening,
    working_hours_between,
)

WIB = ZoneInfo("Asia/Jakarta")
OFFICE = WorkingHours()
CHRISTMAS = frozenset({date(2026, 12, 25)})  # a Friday


def wib(month, day, hour, minute=0):
    return datetime(2026, month, day, hour, minute, tzinfo=WIB).astimezone(UTC)


@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        # 23 November 2026 is a Monday.
        (wib(11, 23, 9), 2, wib(11, 23, 11)),
        (wib(11, 23, 8), 8, wib(11, 23, 16)),
        (wib(11, 23, 15), 2, wib(11, 24, 9)),
        (wib(11, 23, 6, 30), 1, wib(11, 23, 9)),
        (wib(11, 23, 16), 1, wib(11, 24, 9)),
        (wib(11, 23, 22), 1, wib(11, 24, 9)),
        (wib(11, 27, 15, 30), 1, wib(11, 30, 8, 30)),
        (wib(11, 28, 12), 8, wib(11, 30, 16)),
        (wib(11, 29, 3), 16, wib(12, 1, 16)),
        (wib(12, 24, 14), 4, wib(12, 28, 10)),
        (wib(12, 25, 10), 1, wib(12, 28, 9)),
        (wib(11, 23, 9), 0.25, wib(11, 23, 9, 15)),
        (wib(11, 28, 12), 0, wib(11, 28, 12)),
        (wib(11, 23, 8), 40, wib(11, 27, 16)),
    ],
)
def test_due_time_over_nights_weekends_and_holidays(start, hours, due):
    assert due_at(start, hours, OFFICE, CHRISTMAS) == due


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        (wib(11, 23, 9), wib(11, 23, 11), 2.0),
        (wib(11, 23, 15), wib(11, 24, 9), 2.0),
        (wib(11, 28, 0), wib(11, 29, 23), 0.0),
        (wib(12, 24, 8), wib(12, 28, 16), 16.0),
        (wib(11, 23, 5), wib(11, 23, 23), 8.0),
        (wib(11, 23, 11), wib(11, 23, 9), -2.0),
    ],
)
def test_hours_between_count_only_open_time(start, end, hours):
    assert working_hours_between(start, end, OFFICE, CHRISTMAS) == hours


def test_the_result_is_utc_whatever_zone_goes_in():
    due = due_at(datetime(2026, 11, 23, 9, tzinfo=WIB), 2, OFFICE)
    assert due.tzinfo is UTC
    assert due == datetime(2026, 11, 23, 4, tzinfo=UTC)


def test_a_utc_evening_is_already_the_next_day_in_padang():
    assert due_at(datetime(2026, 11, 23, 23, tzinfo=UTC), 1, OFFICE) == wib(11, 24, 9)


def test_round_the_clock_counts_nights_and_holidays():
    start = wib(12, 25, 23, 50)
    assert due_at(start, 0.25, ROUND_THE_CLOCK, CHRISTMAS) == start + timedelta(minutes=15)
    assert working_hours_between(start, start + timedelta(days=2), ROUND_THE_CLOCK, CHRISTMAS) == 48.0
    assert ROUND_THE_CLOCK.is_open(start, CHRISTMAS)
    assert (OFFICE.hours_a_day, ROUND_THE_CLOCK.hours_a_day) == (8.0, 24.0)


def test_the_office_is_open_from_opening_until_just_before_closing():
    open_at = [hour for hour in range(24) if OFFICE.is_open(wib(11, 23, hour))]
    assert open_at == list(range(8, 16))
    assert not OFFICE.is_open(wib(12, 25, 10), CHRISTMAS)


def test_a_zone_with_summer_time_counts_real_hours():
    berlin = WorkingHours(days=frozenset(range(7)), opens=time(0), closes=time(12), zone="Europe/Berlin")
    night = datetime(2026, 3, 29, 0, tzinfo=ZoneInfo("Europe/Berlin"))
    assert working_hours_between(night, night + timedelta(hours=24), berlin) == 11.0


@pytest.mark.parametrize(
    "wrong",
    [
        {"days": frozenset()},
        {"days": frozenset({7})},
        {"opens": time(16), "closes": time(8)},
        {"opens": time(8), "closes": time(8)},
    ],
)
def test_an_impossible_week_is_refused(wrong):
    with pytest.raises(ValueError):
        WorkingHours(**wrong)


def test_a_naive_moment_and_a_negative_target_are_refused():
    with pytest.raises(ValueError, match="time zone"):
        due_at(datetime(2026, 11, 23, 9), 1, OFFICE)  # noqa: DTZ001 - the naive moment is the case
    with pytest.raises(ValueError, match="negative"):
        due_at(wib(11, 23, 9), -1, OFFICE)


def test_an_office_that_never_opens_is_told_instead_of_searched_for_ever():
    for_ever = {date(2026, 11, 1) + timedelta(days=n) for n in range(800)}
    with pytest.raises(ValueError, match="does not open"):
        due_at(wib(11, 23, 9), 1, OFFICE, for_ever)


MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis wants naive bounds
OFFICES = st.builds(
    WorkingHours,
    days=st.frozensets(st.integers(0, 6), min_size=1),
    opens=st.integers(0, 11).map(time),
    closes=st.integers(12, 23).map(time),
    zone=st.sampled_from(["Asia/Jakarta", "Asia/Jayapura", "UTC"]),
)
HOLIDAYS = st.frozensets(st.dates(date(2026, 1, 1), date(2028, 3, 1)), max_size=20)
QUARTERS = st.integers(0, 4 * 120).map(lambda quarters: quarters / 4)


@given(MOMENTS, QUARTERS, OFFICES, HOLIDAYS)
def test_exactly_the_promised_hours_lie_before_the_due_time(start, hours, office, holidays):
    due = due_at(start, hours, office, holidays)
    assert due >= start
    assert working_hours_between(start, due, office, holidays) == pytest.approx(hours, abs=1e-9)


@given(MOMENTS, QUARTERS, OFFICES, HOLIDAYS)
def test_a_due_time_falls_into_open_hours_or_on_closing(start, hours, office, holidays):
    if hours:
        just_before = due_at(start, hours, office, holidays) - timedelta(microseconds=1)
        assert office.is_open(just_before, holidays)


@given(MOMENTS, QUARTERS, QUARTERS, OFFICES, HOLIDAYS)
def test_more_hours_and_later_starts_are_never_due_earlier(start, hours, more, office, holidays):
    due = due_at(start, hours, office, holidays)
    assert due_at(start, hours + more, office, holidays) >= due
    assert due_at(start + timedelta(hours=more), hours, office, holidays) >= due


@given(MOMENTS, MOMENTS, MOMENTS, OFFICES, HOLIDAYS)
def test_hours_between_add_up(one, two, three, office, holidays):
    legs = working_hours_between(one, two, office, holidays) + working_hours_between(two, three, office, holidays)
    assert legs == pytest.approx(working_hours_between(one, three, office, holidays), abs=1e-6)


FRIDAY = DifferentHours(frozenset({4}), ((time(8), time(11, 30)), (time(13, 30), time(16, 30))))
RAMADAN = DifferentHours(frozenset(range(5)), ((time(8), time(15)),), date(2027, 2, 8), date(2027, 3, 9))
WEEK = WorkingHours(differs=(RAMADAN, FRIDAY))


def test_friday_prayer_and_ramadan_stand_for_the_week_on_their_days():
    assert due_at(wib(11, 27, 11), 1, WEEK) == wib(11, 27, 14)  # half an hour before the prayer, half an hour after it
    assert working_hours_between(wib(11, 23, 0), wib(11, 28, 0), WEEK) == 4 * 8 + 6.5
    friday = date(2027, 2, 12)
    assert WEEK.intervals_on(friday) == ((time(8), time(15)),)  # what has dates comes first in `differs`
    assert WEEK.intervals_on(date(2027, 3, 12)) == FRIDAY.intervals


def test_a_holiday_is_closed_unless_the_hours_are_for_holidays_too():
    watch = DifferentHours(frozenset({4}), ((time(9), time(12)),), on_holidays=True)
    assert WEEK.intervals_on(date(2026, 12, 25), CHRISTMAS) == ()
    assert WorkingHours(differs=(watch,)).intervals_on(date(2026, 12, 25), CHRISTMAS) == ((time(9), time(12)),)


def test_the_next_opening_is_now_while_it_is_open_and_after_the_prayer_during_it():
    assert next_opening(wib(11, 27, 9), WEEK) == wib(11, 27, 9)
    assert next_opening(wib(11, 27, 12), WEEK) == wib(11, 27, 13, 30)
    assert next_opening(wib(11, 27, 17), WEEK) == wib(11, 30, 8)


@pytest.mark.parametrize(
    "wrong",
    [
        {"intervals": ((time(12), time(8)),)},
        {"intervals": ((time(8), time(12)), (time(11), time(16)))},
        {"intervals": (), "first": date(2027, 3, 2), "last": date(2027, 3, 1)},
    ],
)
def test_impossible_hours_of_a_day_are_refused(wrong):
    with pytest.raises(ValueError):
        DifferentHours(frozenset({0}), **wrong)


@st.composite
def _intervals(draw):
    ends = sorted(draw(st.sets(st.integers(0, 95), min_size=0, max_size=6)))
    clocks = [time(quarter // 4, 15 * (quarter % 4)) for quarter in ends]
    return tuple(zip(clocks[::2], clocks[1::2], strict=False))


@st.composite
def _different(draw):
    first = draw(st.none() | st.dates(date(2026, 3, 20), date(2026, 11, 5)))
    last = first and first + timedelta(days=draw(st.integers(0, 9)))
    weekdays = draw(st.frozensets(st.integers(0, 6)))
    return DifferentHours(weekdays, draw(_intervals()), first, last, draw(st.booleans()))


JUMPS = (datetime(2026, 3, 29, 1), datetime(2026, 10, 25, 1), datetime(2026, 10, 3, 16), datetime(2026, 11, 25))  # noqa: DTZ001 - as above
CALENDARS = st.builds(
    WorkingHours,
    days=st.frozensets(st.integers(0, 6), min_size=1),
    opens=st.integers(0, 3).map(time),
    closes=st.integers(4, 23).map(time),
    zone=st.sampled_from(["Asia/Jakarta", "Europe/Berlin", "Australia/Lord_Howe"]),
    differs=st.lists(_different(), max_size=3).map(tuple),
)


def _slow_minutes(start, end, week, holidays):
    """One minute after the other, as the clock on the wall shows it; the plain model of what counts."""
    counted, zone = 0, ZoneInfo(week.zone)
    while start < end:
        wall = start.astimezone(zone)
        rule = next((d for d in week.differs if d.holds_on(wall.date())), None)
        if wall.date() in holidays and not (rule and rule.on_holidays):
            spans = ()
        elif rule:
            spans = rule.intervals
        else:
            spans = ((week.opens, week.closes),) if wall.weekday() in week.days else ()
        counted += any(opens <= wall.time() < closes for opens, closes in spans)
        start += timedelta(minutes=1)
    return counted


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(JUMPS), st.integers(-2000, 1000), st.integers(0, 4500), CALENDARS, HOLIDAYS)
def test_z29_working_time_equals_the_minute_by_minute_model_over_clock_jumps(near, before, minutes, week, holidays):
    start = near.replace(tzinfo=UTC) + timedelta(minutes=before)
    end = start + timedelta(minutes=minutes)
    counted = working_hours_between(start, end, week, holidays) * 60
    assert counted == pytest.approx(_slow_minutes(start, end, week, holidays), abs=1e-6)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(JUMPS), st.integers(-2000, 1000), st.integers(1, 90), CALENDARS, HOLIDAYS)
def test_z29_a_due_time_leaves_exactly_its_target_by_the_slow_model(near, before, quarters, week, holidays):
    start = near.replace(tzinfo=UTC) + timedelta(minutes=before)
    try:
        due = due_at(start, quarters / 4, week, holidays)
    except ValueError:  # it never opens
        assert _slow_minutes(start, start + timedelta(days=3), week, holidays) == 0
        return
    if due - start < timedelta(days=6):
        assert _slow_minutes(start, due, week, holidays) == quarters * 15
        assert week.is_open(due - timedelta(microseconds=1), holidays)
