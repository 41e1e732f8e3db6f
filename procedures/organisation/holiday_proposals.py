"""Proposes the holidays up to the end of the next year, for whoever keeps the calendar and chooses among them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from models.base.calendar import Holiday
from models.base.db import db

COUNTRY = "ID"
ESTIMATED = " (perkiraan)"  # how the calendar marks days that wait for the moon


@dataclass(frozen=True)
class HolidayProposal:
    """A day that may be a holiday here: national, or a collective leave day that the rector decides about."""

    day: date
    name: str
    is_national: bool
    is_estimated: bool


def holiday_proposals(today: date) -> list[HolidayProposal]:
    """Days from today to the end of the next year that are not in the calendar yet, in order."""
    from holidays import country_holidays  # noqa: PLC0415  # 17 MB that a web process needs for this page alone

    years = (today.year, today.year + 1)
    national = country_holidays(COUNTRY, years=years, language="id")
    leave = country_holidays(COUNTRY, years=years, language="id", categories="government")
    known = set(db.session.scalars(select(Holiday.day)))
    found = [
        HolidayProposal(day, _name(name), is_national, ESTIMATED in name)
        for days, is_national in ((national, True), (leave, False))
        for day, name in days.items()
        if day >= today and day not in known and (is_national or day not in national)
    ]
    return sorted(found, key=lambda proposal: proposal.day)


def add_holidays(days: set[date], today: date) -> int:
    """Add the proposals of these days to the running transaction; a day that was proposed and is not chosen is not."""
    chosen = [proposal for proposal in holiday_proposals(today) if proposal.day in days]
    db.session.add_all(Holiday(day=proposal.day, name=proposal.name) for proposal in chosen)
    return len(chosen)


def _name(name: str) -> str:
    """The names of a day, one of several feasts after the other."""
    return name.replace(ESTIMATED, "").replace("; ", ", ")[:120]
