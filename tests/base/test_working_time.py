"""Promised times: Monday to Friday 08.00 to 16.00 WIB, over nights, weekends and holidays."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.base.working_time import ROUND_THE_CLOCK, WorkingHours, due_at, working_hours_between

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
