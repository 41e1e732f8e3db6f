"""Counts the work of a period from tickets, events and spans: what came, what ended, how long it took, and where.

Every figure is computed anew from what is stored, in seven statements that read the period's rows alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby
from statistics import median
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import aliased

from models.base import calendar
from models.base.db import db
from models.base.wording import WIB, day_begins
from models.organisation.unit import Unit
from models.tickets.category import Category
from models.tickets.span import Span
from models.tickets.ticket import Event, Ticket
from procedures.engine import catalog
from procedures.engine.declaration import State, Within
from procedures.engine.due import division_of, target_in
from procedures.engine.procedure import Procedure
from procedures.tickets.times import OUTSIDE

MOST_NAMED = 15  # rows of a table by unit or kind
A_SECOND = 1 / 3600  # of an hour: sums of lengths are no finer
AT_ONCE = 5_000  # rows held while spans are read


@dataclass
class Measured:
    """Lengths in working hours (by the clock where a target is), of which some had a target and kept it."""

    hours: list[float] = field(default_factory=list)
    with_target: int = 0
    kept: int = 0

    def add(self, hours: float, target: float | None = None) -> None:
        self.hours.append(hours)
        if target is not None:
            self.with_target += 1
            self.kept += hours <= target + A_SECOND

    @property
    def count(self) -> int:
        return len(self.hours)

    @property
    def median(self) -> float | None:
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
        return Measured([], sum(d.took.with_target for d in self.desks), sum(d.took.kept for d in self.desks))

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
        return Measured([hours for line in self.services for hours in line.answer.hours])

    @property
    def on_time(self) -> Measured:
        """All desks together."""
        return Measured([], sum(d.took.with_target for d in self.desks), sum(d.took.kept for d in self.desks))

    @property
    def parts(self) -> list[ProcedurePart]:
        """The desks, a procedure after the other."""
        return [ProcedurePart(key, list(desks)) for key, desks in groupby(self.desks, lambda desk: desk.procedure)]

    @property
    def slowest(self) -> DeskLine | None:
        """The desk where most were late."""
        late = [desk for desk in self.desks if desk.took.late]
        return max(late, key=lambda desk: desk.took.late) if late else None


class Hours:
    """Working hours between two moments, with the calendars read once; of the house, or of a group's division."""

    def __init__(self) -> None:
        self.kept = calendar.calendars()

    def between(
        self, start: datetime, end: datetime, within: Within | None = None, group_id: int | None = None
    ) -> float:
        division = calendar.HOUSE if group_id is None else division_of(group_id, self.kept)
        round_the_clock = within is not None and within.round_the_clock
        return self.kept.hours_between(start, max(start, end), round_the_clock, division)


def report_of(first: date, last: date, seen: ColumnElement[bool]) -> ServiceReport:
    """The report of the days from `first` to `last`, both included, over the tickets of the condition `seen`."""
    start, end = day_begins(first), day_begins(last + timedelta(days=1))
    hours, report = Hours(), ServiceReport(first, last)
    lines = {key: ServiceLine(procedure) for key, procedure in catalog.PROCEDURES.items()}
    came, went = _received(start, end, seen), _ended(start, end, seen)
    for row in came:
        lines[row.procedure].received += 1
    for row in went:
        lines[row.procedure].ended += 1
        lines[row.procedure].whole.add(hours.between(row.received_at, row.resolved_at or row.closed_at))
    for ticket_procedure, received_at, answered_at in _first_answers(start, end, seen):
        lines[ticket_procedure].answer.add(hours.between(received_at, answered_at))
    for name, count in _open_at(end, seen):
        lines[name].open = count
    report.services = list(lines.values())
    report.desks, report.groups = _desks(start, end, seen, hours)
    report.days = _days(first, last, came, went)
    report.reopened = _reopened(start, end, seen)
    rated = [row.rating for row in went if row.rating]
    report.rated, report.rating = len(rated), (sum(rated) / len(rated) if rated else None)
    report.units = Counter(row.unit for row in came if row.unit).most_common(MOST_NAMED)
    report.kinds = Counter(row.kind for row in came if row.kind).most_common(MOST_NAMED)
    report.channels = Counter(row.channel for row in came).most_common()
    return report


@dataclass(frozen=True)
class Before:
    """The figures of as many days before, to compare with."""

    received: int
    ended: int
    open: int


def before(first: date, last: date, seen: ColumnElement[bool]) -> Before:
    """The period of the same length that ended the day before `first`."""
    end = day_begins(first)
    start = day_begins(first - (last - first) - timedelta(days=1))
    came = select(func.count()).where(Ticket.received_at >= start, Ticket.received_at < end, seen)
    went = select(func.count()).where(Ticket.closed_at >= start, Ticket.closed_at < end, seen)
    still = sum(count for _name, count in _open_at(end, seen))
    return Before(db.session.scalar(came) or 0, db.session.scalar(went) or 0, still)


def _received(start: datetime, end: datetime, seen: ColumnElement[bool]) -> Sequence[Any]:
    query = (
        select(
            Ticket.procedure, Ticket.received_at, Ticket.channel, Unit.name.label("unit"), Category.name.label("kind")
        )
        .outerjoin(Unit, Ticket.unit_id == Unit.id)
        .outerjoin(Category, Ticket.category_id == Category.id)
    )
    return db.session.execute(query.where(Ticket.received_at >= start, Ticket.received_at < end, seen)).all()


def _ended(start: datetime, end: datetime, seen: ColumnElement[bool]) -> Sequence[Any]:
    query = select(Ticket.procedure, Ticket.received_at, Ticket.resolved_at, Ticket.closed_at, Ticket.rating)
    return db.session.execute(query.where(Ticket.closed_at >= start, Ticket.closed_at < end, seen)).all()


def _first_answers(start: datetime, end: datetime, seen: ColumnElement[bool]) -> Sequence[Any]:
    """Procedure, receipt and first answer of the tickets received in the period that have one."""
    telling = or_(
        *(
            and_(Ticket.procedure == key, Event.step.in_(names))
            for key, procedure in catalog.PROCEDURES.items()
            if (names := [s.name for s in procedure.steps.values() if not s.opens and not OUTSIDE.isdisjoint(s.tells)])
        )
    )
    query = (
        select(Ticket.procedure, Ticket.received_at, func.min(Event.at))
        .join(Event, Event.ticket_id == Ticket.id)
        .where(Ticket.received_at >= start, Ticket.received_at < end, seen, Event.actor_kind == "staff", telling)
        .group_by(Ticket.id, Ticket.procedure, Ticket.received_at)
    )
    return db.session.execute(query).all()


def _open_at(end: datetime, seen: ColumnElement[bool]) -> Sequence[Any]:
    """How many of each procedure were open at that moment: those that still are, and those closed since."""
    still = or_(Ticket.is_open, Ticket.closed_at >= end)
    query = select(Ticket.procedure, func.count()).where(Ticket.received_at < end, still, seen)
    return db.session.execute(query.group_by(Ticket.procedure)).all()


def _reopened(start: datetime, end: datetime, seen: ColumnElement[bool]) -> int:
    """How often a ticket that was resolved went on: one that is closed has no span after."""
    after = aliased(Span)
    query = (
        select(func.count())
        .select_from(Span)
        .join(Ticket, Span.ticket_id == Ticket.id)
        .join(after, and_(after.ticket_id == Span.ticket_id, after.began_at == Span.ended_at))
        .where(Span.ended_at >= start, Span.ended_at < end, Span.state == "resolved", after.state != "resolved", seen)
    )
    return db.session.scalar(query) or 0


def _desks(
    start: datetime, end: datetime, seen: ColumnElement[bool], hours: Hours
) -> tuple[list[DeskLine], dict[int, Measured]]:
    found: dict[tuple[str, str], DeskLine] = {}
    groups: dict[int, Measured] = {}
    for key, visit in groupby(
        _spans(start, end, seen), lambda row: (row.ticket_id, row.visit, row.procedure, row.state, row.priority)
    ):
        procedure = catalog.get(key[2])
        state = procedure.state(key[3])
        within = target_in(key[2], state, key[4])
        ours = [row for row in visit if row.holder == "us" and not row.pause]
        if not ours:
            continue
        line = found.setdefault((procedure.key, state.value), DeskLine(procedure, state))
        took = sum(hours.between(row.began_at, row.ended_at, within, row.group_id) for row in ours)
        for measured in (line.took, groups.setdefault(ours[-1].group_id, Measured())):
            measured.add(took, within.hours if within else None)
    order = {
        (p.key, s.value): n for n, (p, s) in enumerate((p, s) for p in catalog.PROCEDURES.values() for s in p.states)
    }
    return sorted(found.values(), key=lambda line: order[line.procedure.key, line.state.value]), groups


def _spans(start: datetime, end: datetime, seen: ColumnElement[bool]) -> Iterator[Any]:
    """The spans of all visits to a desk that ended in the period, a ticket after the other, each with its visit."""
    left = select(Span.ticket_id).where(Span.ended_at >= start, Span.ended_at < end)
    query = (
        select(
            Span.ticket_id,
            Ticket.procedure,
            Ticket.priority,
            Span.state,
            Span.holder,
            Span.pause,
            Span.group_id,
            Span.began_at,
            Span.ended_at,
        )
        .join(Ticket, Span.ticket_id == Ticket.id)
        .where(Ticket.id.in_(left), seen)
        .order_by(Span.ticket_id, Span.id)
    )
    rows = db.session.execute(query.execution_options(yield_per=AT_ONCE))
    for _ticket, of_ticket in groupby(rows, lambda row: row.ticket_id):
        for number, visit in enumerate(_visits(list(of_ticket))):
            if visit[-1].ended_at is not None and start <= visit[-1].ended_at < end:
                yield from (Visited(number, row) for row in visit)


class Visited:
    """A span's row with the number of its visit."""

    def __init__(self, visit: int, row: Any) -> None:
        self.visit, self.ticket_id, self.procedure, self.state = visit, row.ticket_id, row.procedure, row.state
        self.priority, self.holder, self.pause, self.group_id = row.priority, row.holder, row.pause, row.group_id
        self.began_at, self.ended_at = row.began_at, row.ended_at


def _visits(rows: list[Any]) -> list[list[Any]]:
    """Spans on the same desk without a break belong together: another person or a pause doesn't end a visit."""
    visits: list[list[Any]] = []
    for row in rows:
        if visits and visits[-1][-1].state == row.state and visits[-1][-1].ended_at == row.began_at:
            visits[-1].append(row)
        else:
            visits.append([row])
    return visits


def _days(first: date, last: date, came: Sequence[Any], went: Sequence[Any]) -> list[tuple[date, int, int]]:
    received, ended = Counter(_day(row.received_at) for row in came), Counter(_day(row.closed_at) for row in went)
    every = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [(day, received[day], ended[day]) for day in every]


def _day(moment: datetime) -> date:
    return moment.astimezone(WIB).date()
