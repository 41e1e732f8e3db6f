"""From checks to up, down and flapping; from counts and intervals to availability."""

from datetime import UTC, datetime, timedelta

import pytest

from models.outages.watching import (
    Condition,
    Interval,
    Rule,
    Watched,
    availability,
    merged_duration,
    uptime_percent,
    without,
)

START = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
RULE = Rule(down_after=3, up_after=2)


def after(checks, watched=None, minutes=1):
    """Feed `checks`, one a minute: + answered, - failed, ? nothing known."""
    watched = watched or Watched()
    for number, check in enumerate(checks):
        at = START + timedelta(minutes=number * minutes)
        watched = watched.observe({"+": True, "-": False, "?": None}[check], at, RULE)
    return watched


@pytest.mark.parametrize(
    ("checks", "condition"),
    [
        ("", "unknown"), ("+", "up"), ("--", "unknown"), ("---", "down"), ("+--", "up"), ("+--+--", "up"),
        ("+---", "down"), ("+---+", "down"), ("+---++", "up"), ("+---+-+", "down"),
    ],
)  # fmt: skip
def test_three_failures_make_down_and_two_answers_make_up(checks, condition):
    assert after(checks).condition == condition


def test_z22_our_own_faults_never_make_a_target_down_nor_forget_what_was_counted():
    assert after("+" + "?" * 50).condition is Condition.UP
    assert after("+--???").failures == 2
    assert after("+--?-").condition is Condition.DOWN


def test_since_is_the_moment_of_the_change():
    assert after("++---").since == START + timedelta(minutes=4)
    assert after("++-").since == START


def test_faltering_is_said_of_a_target_that_is_not_down_yet():
    assert [after(checks).is_faltering for checks in ("+-", "+---", "+", "-")] == [True, False, False, True]


def test_outage_that_flaps_is_seen_as_flapping_and_forgotten_after_an_hour():
    restless = after("+" + "---++" * 3)
    last = restless.changes[-1]
    assert (len(restless.changes), restless.is_flapping(last)) == (6, True)
    assert restless.is_flapping(last + timedelta(hours=1)) is False
    assert after("+" + "---++" * 3, minutes=10).is_flapping(START + timedelta(minutes=160)) is False


def test_changes_kept_are_bounded():
    assert len(after("---++" * 400, minutes=0).changes) == 20


@pytest.mark.parametrize(
    ("answered", "failed", "expected"),
    [(0, 0, None), (10, 0, 100.0), (99_999, 1, 99.99), (2, 1, 66.66), (0, 5, 0.0)],
)
def test_availability_is_a_share_rounded_down(answered, failed, expected):
    assert availability(answered, failed) == expected


def hours(start, end=None):
    return Interval(START + timedelta(hours=start), None if end is None else START + timedelta(hours=end))


DAY = (START, START + timedelta(hours=24))


@pytest.mark.parametrize(
    ("intervals", "expected"),
    [
        ([], 0), ([hours(1, 3)], 2), ([hours(1, 3), hours(2, 5)], 4),
        ([hours(2, 5), hours(1, 10), hours(3, 4)], 9),
        ([hours(-5, 1)], 1), ([hours(23, 30)], 1), ([hours(20)], 4),
        ([hours(30, 40)], 0), ([hours(-9, -2)], 0),
    ],
)  # fmt: skip
def test_overlapping_outages_count_once_and_only_within_the_month(intervals, expected):
    assert merged_duration(intervals, *DAY) == timedelta(hours=expected)


def test_planned_work_does_not_count_as_downtime():
    assert without([hours(1, 5)], [hours(2, 4)], *DAY) == timedelta(hours=2)
    assert without([hours(1, 5)], [hours(0, 6)], *DAY) == timedelta(0)
    assert without([hours(1, 5)], [hours(8, 9)], *DAY) == timedelta(hours=4)


def test_uptime_of_a_month_is_in_percent():
    assert uptime_percent(timedelta(hours=6), *DAY) == 75.0
    assert uptime_percent(timedelta(0), START, START) is None
