"""How long a ticket took, and with whom: computed from its spans, in working hours and in hours by the clock."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.base import calendar
from models.tickets.span import HeldBy, Span
from models.tickets.ticket import Event
from procedures.engine.declaration import Who
from procedures.engine.procedure import Procedure

HOUR = timedelta(hours=1)
OUTSIDE = frozenset({Who.REQUESTER, Who.UNIT})


@dataclass(frozen=True)
class Took:
    """A length of time: working hours of the centre, and hours by the clock."""

    working: float = 0.0
    clock: float = 0.0

    def __add__(self, other: Took) -> Took:
        return Took(self.working + other.working, self.clock + other.clock)


def took(start: datetime, end: datetime) -> Took:
    return Took(calendar.hours_between(start, end), (end - start) / HOUR)


def length_of(span: Span, now: datetime) -> Took:
    """Of one span; one that has not ended is counted until now."""
    return took(span.began_at, span.ended_at or now)


def life(spans: Iterable[Span], now: datetime) -> Took:
    """All of the ticket's time, whoever held it; what passed while it was closed is no part of it."""
    return sum((length_of(span, now) for span in spans), Took())


def by_holder(spans: Iterable[Span], now: datetime) -> dict[HeldBy, Took]:
    """How long everybody waited for whom, in the order of HeldBy; who never held it is left out."""
    found: dict[HeldBy, Took] = {}
    for span in spans:
        holder = HeldBy(span.holder)
        found[holder] = found.get(holder, Took()) + length_of(span, now)
    return {holder: found[holder] for holder in HeldBy if holder in found}


def until_first_answer(procedure: Procedure, received_at: datetime, events: Sequence[Event]) -> Took | None:
    """From receipt to the first act of staff of which the requester or unit was told; None before that."""
    answered = next((event.at for event in events if _is_answer(event, procedure)), None)
    return took(received_at, max(answered, received_at)) if answered is not None else None


def _is_answer(event: Event, procedure: Procedure) -> bool:
    step = procedure.steps.get(event.step)
    return event.actor_kind == "staff" and step is not None and not step.opens and not OUTSIDE.isdisjoint(step.tells)


def until_resolved(spans: Sequence[Span], resolved_at: datetime | None) -> Took | None:
    """The time in our own hands until it was resolved the last time: what others held does not count; None before."""
    if resolved_at is None:
        return None
    ours = (span for span in spans if span.counts_for_us and span.began_at < resolved_at)
    return sum((took(span.began_at, min(span.ended_at or resolved_at, resolved_at)) for span in ours), Took())
