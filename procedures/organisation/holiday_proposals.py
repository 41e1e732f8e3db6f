"""Proposes the holidays up to the end of the next year, for whoever keeps the calendar and chooses among them."""

from __future__ import annotations

import logging
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from gateways.holiday_calendar import national_calendar
from models.base.calendar import Holiday
from models.base.db import db

COUNTRY = "ID"
log = logging.getLogger("helpdesk")
ESTIMATED = " (perkiraan)"  # how the calendar marks days that wait for the moon


@dataclass(frozen=True)
class HolidayProposal:
    """A day that may be a holiday here: national, or a collective leave day that the rector decides about."""

    day: date
    name: str
    name_en: str
    is_national: bool
    is_estimated: bool

    def name_in(self, language: str) -> str:
        return self.name_en if language == "en" else self.name


class NoProposals(RuntimeError):
    """The national calendar cannot be read here: holidays are typed, or come from an iCalendar file."""


def holiday_proposals(today: date) -> list[HolidayProposal]:
    """Days from today to the end of the next year that are not in the calendar yet, in order; NoProposals."""
    known = set(db.session.scalars(select(Holiday.day)))
    try:
        calendar = national_calendar(COUNTRY, (today.year, today.year + 1))
    except (OSError, subprocess.SubprocessError) as fault:
        log.exception("the national calendar cannot be read")
        raise NoProposals from fault
    national = calendar["id", "public"]
    found = [
        HolidayProposal(day, _plain(name), _plain(english[day]), is_national, ESTIMATED in name)
        for category, is_national in (("public", True), ("government", False))
        for english in [calendar["en_US", category]]
        for day, name in calendar["id", category].items()
        if day >= today and day not in known and (is_national or day not in national)
    ]
    return sorted(found, key=lambda proposal: proposal.day)


def add_holidays(days: set[date], today: date) -> int:
    """Add the proposals of these days to the running transaction; a day that was proposed and is not chosen is not."""
    if not days:
        return 0
    chosen = [proposal for proposal in holiday_proposals(today) if proposal.day in days]
    db.session.add_all(Holiday(day=proposal.day, name=proposal.name) for proposal in chosen)
    return len(chosen)


def not_in_calendar(days: Mapping[date, str], today: date) -> dict[date, str]:
    """Those of these days, with their names, that are still to come and not in the calendar."""
    known = set(db.session.scalars(select(Holiday.day)))
    return {day: name for day, name in days.items() if day >= today and day not in known}


def add_days(days: Mapping[date, str], today: date) -> int:
    """Add days of another calendar to the running transaction; one that is there keeps its name."""
    new = not_in_calendar(days, today)
    db.session.add_all(Holiday(day=day, name=name) for day, name in new.items())
    return len(new)


def _plain(name: str) -> str:
    """The names of a day, one of several feasts after the other, without the mark of an estimate."""
    return name.replace(ESTIMATED, "").replace(" (estimated)", "").replace("; ", ", ")[:120]
