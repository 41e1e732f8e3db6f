"""The figures of a period's report: lengths with their median and 90th percentile, services, desks, days."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby

from procedures.engine.declaration import State
from procedures.engine.procedure import Procedure

A_SECOND = 1 / 3600  # of an hour: sums of lengths are no finer


@dataclass
class Measured:
    """Lengths in working hours (by the clock where a target is), of which some had a target and kept it."""

    hours: array[float] = field(default_factory=lambda: array("d"))
    with_target: int = 0
    kept: int = 0

    def add(self, hours: float, target: float | None = None) -> None:
        self.hours.append(hours)
        if target is not None:
            self.with_target += 1
            self.kept += hours <= target + A_SECOND

    def join(self, other: Measured) -> None:
        self.hours.extend(other.hours)
        self.with_target += other.with_target
        self.kept += other.kept

    @property
    def count(self) -> int:
        return len(self.hours)

    @property
    def median(self) -> float | None:
        from statistics import median  # noqa: PLC0415  # for reports alone

        return median(self.hours) if self.hours else None

    @property
    def p90(self) -> float | None:
        """The 90th percentile by nearest rank: nine of ten took no longer."""
        ranked = sorted(self.hours)
        return ranked[-(-9 * len(ranked) // 10) - 1] if ranked else None

    @property
    def late(self) -> int:
        return self.with_target - self.kept

    @property
    def share(self) -> float | None:
        """Of those with a target, how many kept it, in per cent."""
        return 100 * self.kept / self.with_target if self.with_target else None


@dataclass
class ServiceLine:
    """One procedure's row: `open` at the end of the period."""

    procedure: Procedure
    received: int = 0
    ended: int = 0
    open: int = 0
    answer: Measured = field(default_factory=Measured)
    whole: Measured = field(default_factory=Measured)


@dataclass
class DeskLine:
    """One desk's row: the time in our hands of the tickets that left it in the period."""

    procedure: Procedure
    state: State
    took: Measured = field(default_factory=Measured)


@dataclass(frozen=True)
class ProcedurePart:
    """The desks of one procedure."""

    procedure: Procedure
    desks: list[DeskLine]

    @property
    def all(self) -> int:
        return sum(desk.took.count for desk in self.desks)

    @property
    def together(self) -> Measured:
        """All its desks: only targets are told of them together, no lengths."""
        return _targets(self.desks)

    @property
    def late(self) -> int:
        return self.together.late


@dataclass
class ServiceReport:
    """The figures of whole days (WIB), `first` to `last`; `days` holds (day, received, ended), none left out."""

    first: date
    last: date
    services: list[ServiceLine] = field(default_factory=list)
    desks: list[DeskLine] = field(default_factory=list)
    groups: dict[int, Measured] = field(default_factory=dict)  # by the group that held the folder last
    days: list[tuple[date, int, int]] = field(default_factory=list)
    reopened: int = 0
    rating: float | None = None
    rated: int = 0
    units: list[tuple[str, int]] = field(default_factory=list)
    kinds: list[tuple[str, int]] = field(default_factory=list)
    channels: list[tuple[str, int]] = field(default_factory=list)

    @property
    def received(self) -> int:
        return sum(line.received for line in self.services)

    @property
    def ended(self) -> int:
        return sum(line.ended for line in self.services)

    @property
    def open(self) -> int:
        return sum(line.open for line in self.services)

    @property
    def answer(self) -> Measured:
        return _together(line.answer for line in self.services)

    @property
    def whole(self) -> Measured:
        """Until resolved, of all that ended."""
        return _together(line.whole for line in self.services)

    @property
    def on_time(self) -> Measured:
        """All desks together."""
        return _targets(self.desks)

    @property
    def is_empty(self) -> bool:
        return not (self.received or self.ended or self.desks)

    @property
    def backlog(self) -> list[tuple[date, int]]:
        """How many were open at the end of each day: reckoned back from the last."""
        found, still = [], self.open
        for day, received, ended in reversed(self.days):
            found.append((day, still))
            still += ended - received
        return found[::-1]

    @property
    def parts(self) -> list[ProcedurePart]:
        """The desks, a procedure after the other."""
        return [ProcedurePart(key, list(desks)) for key, desks in groupby(self.desks, lambda desk: desk.procedure)]

    @property
    def slowest(self) -> DeskLine | None:
        """The desk where most were late."""
        late = [desk for desk in self.desks if desk.took.late]
        return max(late, key=lambda desk: desk.took.late) if late else None


def _together(measured: Iterator[Measured]) -> Measured:
    found = Measured()
    for one in measured:
        found.join(one)
    return found


def _targets(desks: list[DeskLine]) -> Measured:
    """Their targets alone: lengths of different steps say nothing together."""
    return Measured(array("d"), sum(d.took.with_target for d in desks), sum(d.took.kept for d in desks))
