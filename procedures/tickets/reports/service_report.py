"""Counts the work of a period from tickets, events and spans: what came, what ended, how long it took, and where.

Every figure is computed anew from what is stored, in seven statements that read the period's rows alone, a few
thousand at a time. A long period is counted a month after the other, so that whoever waits can be told how far it is
and no transaction stays open for long; its figures are those of the whole.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from itertools import groupby
from typing import TypeAlias, TypeVar, TypeVarTuple

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select
from sqlalchemy.orm import aliased

from models.base import calendar
from models.base.db import db
from models.base.wording import WIB, day_begins
from models.organisation.unit import Unit
from models.tickets.category import Category
from models.tickets.span import Span
from models.tickets.ticket import Event, Ticket
from procedures.engine import catalog
from procedures.engine.declaration import Within
from procedures.engine.due import division_of, target_in
from procedures.tickets.reports.figures import DeskLine, Measured, ServiceLine, ServiceReport
from procedures.tickets.reports.scope import Place
from procedures.tickets.times import OUTSIDE

MOST_NAMED = 15  # rows of a table by unit or kind
StayRow: TypeAlias = Row[int, str, int, str, str, str | None, int | None, datetime, datetime | None]
Stay = TypeVar("Stay", Span, StayRow)  # a span, or the columns of one
AT_ONCE = 5_000  # rows held while spans are read
Ts = TypeVarTuple("Ts")


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


class Counting:
    """What is added up while a report is counted, part by part."""

    def __init__(self, places: frozenset[Place] = frozenset()) -> None:
        self.places = places  # the desks that are meant; none where all are
        self.lines = {key: ServiceLine(procedure) for key, procedure in catalog.PROCEDURES.items()}
        self.desks: dict[tuple[str, str], DeskLine] = {}
        self.groups: dict[int, Measured] = {}
        self.received: Counter[date] = Counter()
        self.ended: Counter[date] = Counter()
        self.units: Counter[str] = Counter()
        self.kinds: Counter[str] = Counter()
        self.channels: Counter[str] = Counter()
        self.ratings: Counter[int] = Counter()
        self.reopened = 0

    def add(self, start: datetime, end: datetime, seen: ColumnElement[bool], hours: Hours) -> None:
        """All that came, ended or left a desk from `start` until before `end`."""
        for row in _received(start, end, seen):
            self.lines[row.procedure].received += 1
            self.received[_day(row.received_at)] += 1
            self.units.update([row.unit] if row.unit else [])
            self.kinds.update([row.kind] if row.kind else [])
            self.channels[row.channel] += 1
        for gone in _ended(start, end, seen):
            line = self.lines[gone.procedure]
            line.ended += 1
            line.whole.add(hours.between(gone.received_at, gone.resolved_at or gone.closed_at))
            self.ended[_day(gone.closed_at)] += 1
            self.ratings.update([gone.rating] if gone.rating else [])
        for procedure, received_at, answered_at in _first_answers(start, end, seen):
            self.lines[procedure].answer.add(hours.between(received_at, answered_at))
        self._add_desks(start, end, seen, hours)
        self.reopened += _reopened(start, end, seen)

    def _add_desks(self, start: datetime, end: datetime, seen: ColumnElement[bool], hours: Hours) -> None:
        spans = _spans(start, end, seen)
        for key, visit in groupby(
            spans, lambda row: (row.ticket_id, row.visit, row.procedure, row.state, row.priority)
        ):
            procedure = catalog.get(key[2])
            state = procedure.state(key[3])
            within = target_in(key[2], state, key[4])
            ours = [row for row in visit if row.holder == "us" and not row.pause]
            if not ours or (self.places and (procedure.key, state.value) not in self.places):
                continue
            line = self.desks.setdefault((procedure.key, state.value), DeskLine(procedure, state))
            took = sum(hours.between(row.began_at, row.ended_at, within, row.group_id) for row in ours)
            for measured in (line.took, self.groups.setdefault(ours[-1].group_id, Measured())):
                measured.add(took, within.hours if within else None)

    def report(self, first: date, last: date) -> ServiceReport:
        rated = self.ratings.total()
        every = (first + timedelta(days=n) for n in range((last - first).days + 1))
        return ServiceReport(
            first,
            last,
            services=list(self.lines.values()),
            desks=sorted(self.desks.values(), key=lambda line: _order()[line.procedure.key, line.state.value]),
            groups=self.groups,
            days=[(day, self.received[day], self.ended[day]) for day in every],
            reopened=self.reopened,
            rating=sum(stars * count for stars, count in self.ratings.items()) / rated if rated else None,
            rated=rated,
            units=self.units.most_common(MOST_NAMED),
            kinds=self.kinds.most_common(MOST_NAMED),
            channels=self.channels.most_common(),
        )


def report_of(
    first: date,
    last: date,
    seen: ColumnElement[bool],
    between: Callable[[int], None] | None = None,
    places: frozenset[Place] = frozenset(),
) -> ServiceReport:
    """The report of the days from `first` to `last`, both included, over the tickets of the condition `seen`.

    With `between` it is counted month by month, and `between` is called after each with how many came so far.
    """
    hours, tally = Hours(), Counting(places)
    for begins, ends in _months(first, last) if between else [(first, last)]:
        tally.add(day_begins(begins), day_begins(ends + timedelta(days=1)), seen, hours)
        if between:
            between(tally.received.total())
    for name, count in _open_at(day_begins(last + timedelta(days=1)), seen):
        tally.lines[name].open = count
    return tally.report(first, last)


def _months(first: date, last: date) -> Iterator[tuple[date, date]]:
    """First and last day of each month's part of the period."""
    while first <= last:
        after = (first.replace(day=1) + timedelta(days=32)).replace(day=1)
        yield first, min(last, after - timedelta(days=1))
        first = after


@cache
def _order() -> dict[tuple[str, str], int]:
    """The places of all desks in the order of the papers."""
    desks = ((procedure.key, state.value) for procedure in catalog.PROCEDURES.values() for state in procedure.states)
    return {desk: place for place, desk in enumerate(desks)}


def how_many(first: date, last: date, seen: ColumnElement[bool], most: int) -> int:
    """How many tickets came in the period, at most `most`."""
    start, end = day_begins(first), day_begins(last + timedelta(days=1))
    some = select(Ticket.id).where(Ticket.received_at >= start, Ticket.received_at < end, seen).limit(most).subquery()
    return db.session.scalar(select(func.count()).select_from(some)) or 0


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
    came = select(func.count()).select_from(Ticket).where(Ticket.received_at >= start, Ticket.received_at < end, seen)
    went = select(func.count()).select_from(Ticket).where(Ticket.closed_at >= start, Ticket.closed_at < end, seen)
    still = select(func.count()).select_from(Ticket).where(Ticket.received_at < end, _is_open_at(end), seen)
    counts = select(*(one.scalar_subquery() for one in (came, went, still)))
    return Before(*db.session.execute(counts).one())


def _received(start: datetime, end: datetime, seen: ColumnElement[bool]) -> Iterator[Row[str, datetime, str, str, str]]:
    query = (
        select(
            Ticket.procedure, Ticket.received_at, Ticket.channel, Unit.name.label("unit"), Category.name.label("kind")
        )
        .outerjoin(Unit, Ticket.unit_id == Unit.id)
        .outerjoin(Category, Ticket.category_id == Category.id)
    )
    return _streamed(query.where(Ticket.received_at >= start, Ticket.received_at < end, seen))


def _ended(
    start: datetime, end: datetime, seen: ColumnElement[bool]
) -> Iterator[Row[str, datetime, datetime | None, datetime | None, int | None]]:
    query = select(Ticket.procedure, Ticket.received_at, Ticket.resolved_at, Ticket.closed_at, Ticket.rating)
    return _streamed(query.where(Ticket.closed_at >= start, Ticket.closed_at < end, seen))


def _first_answers(start: datetime, end: datetime, seen: ColumnElement[bool]) -> Iterator[Row[str, datetime, datetime]]:
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
    return _streamed(query)


def _streamed(query: Select[*Ts]) -> Iterator[Row[*Ts]]:
    return iter(db.session.execute(query.execution_options(yield_per=AT_ONCE)))


def _is_open_at(end: datetime) -> ColumnElement[bool]:
    return or_(Ticket.is_open, Ticket.closed_at >= end)


def _open_at(end: datetime, seen: ColumnElement[bool]) -> Iterator[Row[str, int]]:
    """How many of each procedure were open at that moment: those that still are, and those closed since."""
    query = select(Ticket.procedure, func.count()).where(Ticket.received_at < end, _is_open_at(end), seen)
    return iter(db.session.execute(query.group_by(Ticket.procedure)))


def _reopened(start: datetime, end: datetime, seen: ColumnElement[bool]) -> int:
    """How often a ticket that was resolved went on: one that is closed has no span after."""
    after = aliased(Span)
    query = (
        select(func.count())
        .select_from(Span)
        .join(Ticket, Span.ticket_id == Ticket.id)
        .join(after, and_(after.ticket_id == Span.ticket_id, after.began_at == Span.ended_at, after.id > Span.id))
        .where(Span.ended_at >= start, Span.ended_at < end, Span.state == "resolved", after.state != "resolved", seen)
    )
    return db.session.scalar(query) or 0


def _spans(start: datetime, end: datetime, seen: ColumnElement[bool]) -> Iterator[Visited]:
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
    for _ticket, of_ticket in groupby(_streamed(query), lambda row: row.ticket_id):
        for number, visit in enumerate(visits_of(list(of_ticket))):
            if visit[-1].ended_at is not None and start <= visit[-1].ended_at < end:
                yield from (Visited(number, row) for row in visit)


class Visited:
    """A span's row with the number of its visit."""

    def __init__(self, visit: int, row: StayRow) -> None:
        self.visit, self.ticket_id, self.procedure, self.state = visit, row.ticket_id, row.procedure, row.state
        self.priority, self.holder, self.pause, self.group_id = row.priority, row.holder, row.pause, row.group_id
        self.began_at, self.ended_at = row.began_at, row.ended_at


def visits_of(rows: Sequence[Stay]) -> list[list[Stay]]:
    """Spans on the same desk without a break belong together: another person or a pause doesn't end a visit."""
    visits: list[list[Stay]] = []
    for row in rows:
        if visits and visits[-1][-1].state == row.state and visits[-1][-1].ended_at == row.began_at:
            visits[-1].append(row)
        else:
            visits.append([row])
    return visits


def _day(moment: datetime) -> date:
    return moment.astimezone(WIB).date()
