"""Counts when a ticket's step is due: its target by priority, in the hours of the division where the folder lies.

A ticket keeps its due time on its row. It is set where the ticket arrives on a desk, shifted where the clock stood
still, and counted anew from the spans of its stay when the calendar or the priority has changed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from models.base import calendar, setting
from models.base.bulk_insert import rows_of
from models.base.calendar import HOUSE, Calendars
from models.base.db import db
from models.organisation.staff import Group
from models.tickets.span import Span
from models.tickets.ticket import Ticket
from procedures.engine import catalog
from procedures.engine.declaration import State, Within

SHARES = {1: "high_target_percent", 2: "urgent_target_percent"}  # of PRIORITIES: what is left of a target
A_MINUTE = timedelta(minutes=1)  # due times are told by the minute: what differs by less has not moved
_DIVISIONS = select(Group.__table__.c.id, Group.__table__.c.division)


def target_in(procedure: str, state: State, priority: int) -> Within | None:
    """The target of the step that is due there; what is urgent gets a share of it. Targets by the clock stay."""
    within = None if state.final else catalog.get(procedure).within(state)
    if within is None or within.round_the_clock or priority not in SHARES:
        return within
    return Within(within.hours * setting.get(SHARES[priority]) / 100)


def division_of(group_id: int, hours: Calendars) -> str:
    """Whose hours count for a group's tickets; asked of the database only where a division has hours of its own."""
    if not hours.divisions:
        return HOUSE
    divisions: dict[int, str] = setting.recent(
        "divisions of groups", lambda: {row.id: row.division for row in rows_of(_DIVISIONS)}
    )
    return divisions.get(group_id, HOUSE)


def on_arrival(ticket: Ticket, state: State, counts_from: datetime) -> datetime | None:
    """When the step of this desk is due, counted from a moment; None where nothing is."""
    within = target_in(ticket.procedure, state, ticket.priority or 0)
    if within is None:
        return None
    hours = calendar.calendars()
    return hours.due_at(counts_from, within.hours, within.round_the_clock, division_of(ticket.group_id, hours))


def after_pause(ticket: Ticket, now: datetime) -> datetime | None:
    """When it is due now that the clock goes on: the time that was left is still left."""
    within = target_in(ticket.procedure, catalog.get(ticket.procedure).state(ticket.state), ticket.priority)
    if not ticket.paused_at or not ticket.due_at or ticket.due_at <= ticket.paused_at:
        return ticket.due_at
    hours, round_the_clock = calendar.calendars(), within is not None and within.round_the_clock
    division = division_of(ticket.group_id, hours)
    left = hours.hours_between(ticket.paused_at, ticket.due_at, round_the_clock, division)
    return hours.due_at(now, left, round_the_clock, division)


def recount(ticket: Ticket) -> None:
    """The priority is another: the due time is counted anew from the ticket's stay on this desk."""
    ticket.due_at = counted_anew([ticket], calendar.calendars())[ticket.id]


def counted_anew(tickets: Sequence[Ticket], hours: Calendars) -> dict[int, datetime | None]:
    """The due time of each by these calendars; as it is where that is the same, or where its stay is not on record."""
    stays: dict[int, list[Span]] = defaultdict(list)
    spans = select(Span).where(Span.ticket_id.in_([ticket.id for ticket in tickets])).order_by(Span.ticket_id, Span.id)
    for span in db.session.scalars(spans):
        stays[span.ticket_id].append(span)
    return {ticket.id: _counted(ticket, _stay(ticket, stays[ticket.id]), hours) for ticket in tickets}


def _counted(ticket: Ticket, stay: Sequence[Span], hours: Calendars) -> datetime | None:
    within = target_in(ticket.procedure, catalog.get(ticket.procedure).state(ticket.state), ticket.priority)
    if within is None or ticket.due_at is None or not stay or stay[0].began_at > ticket.since_at + A_MINUTE:
        return ticket.due_at
    due = by_stay(stay, within, hours, division_of(ticket.group_id, hours))
    return ticket.due_at if abs(due - ticket.due_at) < A_MINUTE else due


def _stay(ticket: Ticket, spans: Iterable[Span]) -> list[Span]:
    """The last stretches on the desk where the ticket lies, without a break."""
    stay: list[Span] = []
    for span in spans:
        if stay and (stay[-1].ended_at != span.began_at or stay[-1].state != span.state):
            stay = []
        stay.append(span)
    return stay if stay and stay[-1].state == ticket.state else []


def by_stay(stay: Sequence[Span], within: Within, hours: Calendars, division: str) -> datetime:
    """The moment at which the target has passed in the stretches in which the clock ran.

    1. each stretch in which it ran takes its time off the target; where none is left the target ended in it;
    2. in the stretch that goes on, the rest counts from its beginning;
    3. while the clock stands, the rest counts from the moment at which it stopped, as resuming expects.
    """
    left, reached = within.hours, stay[0].began_at
    for span in stay:
        if span.pause:
            continue
        if span.ended_at is None:
            return hours.due_at(span.began_at, left, within.round_the_clock, division)
        took = hours.hours_between(span.began_at, span.ended_at, within.round_the_clock, division)
        if took >= left:
            return hours.due_at(span.began_at, left, within.round_the_clock, division)
        left, reached = left - took, span.ended_at
    return hours.due_at(reached, left, within.round_the_clock, division)
