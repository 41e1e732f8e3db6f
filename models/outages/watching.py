"""Turns series of checks into up, down and flapping, and into availability in percent."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

FLAP_WINDOW = timedelta(hours=1)
FLAP_CHANGES = 5


class Condition(StrEnum):
    """What is known of a node or service."""

    UNKNOWN = "unknown"
    UP = "up"
    DOWN = "down"


@dataclass(frozen=True)
class Rule:
    """How many checks in a row it takes to believe a change."""

    down_after: int = 3
    up_after: int = 2


@dataclass(frozen=True)
class Watched:
    """The state of one target. Times are aware UTC; `changes` holds those of the last hour, oldest first."""

    condition: Condition = Condition.UNKNOWN
    failures: int = 0
    successes: int = 0
    since: datetime | None = None
    changes: tuple[datetime, ...] = ()

    @property
    def is_faltering(self) -> bool:
        """The last check failed, though the target is not yet believed to be down."""
        return self.condition is not Condition.DOWN and self.failures > 0

    def is_flapping(self, now: datetime) -> bool:
        """Five changes or more within the last hour."""
        return sum(1 for at in self.changes if now - at < FLAP_WINDOW) >= FLAP_CHANGES

    def observe(self, answered: bool | None, at: datetime, rule: Rule) -> "Watched":
        """The state after one more check; None (our own fault, forbidden) changes nothing (Z22)."""
        if answered is None:
            return self
        failures = 0 if answered else self.failures + 1
        successes = self.successes + 1 if answered else 0
        counted = replace(self, failures=failures, successes=successes)
        if self.condition is Condition.UNKNOWN and answered:
            return replace(counted, condition=Condition.UP, since=at)
        if self.condition is not Condition.DOWN and failures >= rule.down_after:
            return counted._changed(Condition.DOWN, at)
        if self.condition is Condition.DOWN and successes >= rule.up_after:
            return counted._changed(Condition.UP, at)
        return counted

    def _changed(self, condition: Condition, at: datetime) -> "Watched":
        recent = tuple(moment for moment in self.changes if at - moment < FLAP_WINDOW)
        return replace(self, condition=condition, since=at, changes=(*recent, at)[-20:])


def availability(answered: int, failed: int) -> float | None:
    """Share of checks answered, in percent with two decimals; None where nothing was checked.

    Rounded down, so that 100.00 is said only of a target that never failed.
    """
    total = answered + failed
    return (10_000 * answered // total) / 100 if total else None


@dataclass(frozen=True)
class Interval:
    """From `start` until `end`, aware UTC; `end` None means that it still goes on."""

    start: datetime
    end: datetime | None


def merged_duration(intervals: Iterable[Interval], start: datetime, end: datetime) -> timedelta:
    """Time within [start, end) covered by at least one interval; overlaps count once."""
    covered, reached = timedelta(0), start
    for interval in sorted(intervals, key=lambda each: each.start):
        low = max(interval.start, reached)
        high = min(interval.end or end, end)
        if high > low:
            covered += high - low
            reached = high
    return covered


def without(intervals: Iterable[Interval], planned: Iterable[Interval], start: datetime, end: datetime) -> timedelta:
    """Time within [start, end) covered by intervals but by no planned work."""
    intervals, planned = list(intervals), list(planned)
    both = merged_duration([*intervals, *planned], start, end)
    return both - merged_duration(planned, start, end)


def uptime_percent(down: timedelta, start: datetime, end: datetime) -> float | None:
    """Share of [start, end) that was not down, in percent, rounded down to two decimals."""
    whole = end - start
    if whole <= timedelta(0):
        return None
    return (10_000 * (whole - down) // whole) / 100
