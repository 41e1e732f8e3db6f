"""What other rooms put beside a desk: what is out now, and who is in the field; each room hands its own in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from models.base.wording import local, today
from models.organisation.staff import Staff

DAYS_AHEAD = 3


class Visit(NamedTuple):
    """Somebody in the field: when (aware UTC), what for and where, who, and the ticket."""

    at: datetime
    what: str
    who: str
    ticket_id: int


class HeadAnswer(NamedTuple):
    """One of the four answers above a head's desk: how many, of what, a line more, and the list of exactly those."""

    figure: str
    words: str
    more: str
    href: str
    is_bad: bool = False


@dataclass(frozen=True)
class Beside:
    """What one room says: a template with its facts (None: it draws nothing), the visits that it knows of, and its
    answer for heads.
    """

    template: str = ""
    facts: Any = None
    visits: tuple[Visit, ...] = ()
    answer: HeadAnswer | None = None


# Each is asked once a desk, in one statement; the days are the centre's, from today on.
BESIDE: list[Callable[[Staff, list[date]], Beside]] = []


class FieldDay(NamedTuple):
    """One day of the field's calendar."""

    day: date
    visits: list[Visit]


@dataclass(frozen=True)
class DeskSide:
    """All that stands beside a desk: parts of the rooms, today in the field, and the days after that have a visit."""

    parts: list[Beside]
    today: list[Visit]
    ahead: list[FieldDay]


def beside(staff: Staff) -> DeskSide:
    days = [today() + timedelta(days=n) for n in range(DAYS_AHEAD + 1)]
    found = [ask(staff, days) for ask in BESIDE]
    visits = sorted((visit for part in found for visit in part.visits), key=lambda visit: visit.at)
    calendar = [FieldDay(day, [visit for visit in visits if _day_of(visit, days[0]) == day]) for day in days]
    drawn, ahead = [part for part in found if part.template], [day for day in calendar[1:] if day.visits]
    return DeskSide(drawn, calendar[0].visits, ahead)


def _day_of(visit: Visit, first: date) -> date:
    """Who went before today and is still there is in the field today."""
    return max(local(visit.at).date(), first)
