"""How the month goes against the last: as many days of both, by week, and by the group that held the folder."""

from __future__ import annotations

import calendar
from collections import Counter
from datetime import date, timedelta

from sqlalchemy import ColumnElement, select

from models.base.db import db
from models.organisation.month_figure import GroupCount, MonthCount, MonthFigures, WeekCount
from models.organisation.staff import Group
from procedures.tickets.reports.figures import Measured, ServiceReport
from procedures.tickets.reports.service_report import report_of

A_DAY, A_WEEK = timedelta(days=1), timedelta(days=7)


def month_until(last: date, seen: ColumnElement[bool]) -> MonthFigures:
    """The figures of the month of this day, up to it, over the tickets of the condition `seen`."""
    first = last.replace(day=1)
    whole = report_of(first, last, seen)
    end_then = first - A_DAY
    then = end_then.replace(day=1)
    until = then.replace(day=min(last.day, calendar.monthrange(then.year, then.month)[1]))
    beside = report_of(then, until, seen)
    came, went = Counter(_by_day(beside, 1)), Counter(_by_day(beside, 2))
    if until < end_then:
        rest = report_of(until + A_DAY, end_then, seen)
        came.update(_by_day(rest, 1))
        went.update(_by_day(rest, 2))
    came.update(_by_day(whole, 1))
    went.update(_by_day(whole, 2))
    return MonthFigures(_count(whole), _count(beside), _weeks(then, last, came, went), _groups(whole, beside))


def _by_day(report: ServiceReport, place: int) -> dict[date, int]:
    return {row[0]: (row[1], row[2])[place - 1] for row in report.days}


def _count(report: ServiceReport) -> MonthCount:
    steps = report.on_time
    return MonthCount(
        str(report.first),
        str(report.last),
        report.received,
        report.ended,
        steps.with_target,
        steps.kept,
        report.whole.median,
    )


def _weeks(first: date, last: date, came: Counter[date], went: Counter[date]) -> list[WeekCount]:
    """From Mondays on; the first and the last may be a part of a week."""
    weeks, begins = [], first
    while begins <= last:
        ends = min(begins + timedelta(days=6 - begins.weekday()), last)
        days = [begins + timedelta(days=n) for n in range((ends - begins).days + 1)]
        weeks.append(WeekCount(str(begins), str(ends), sum(came[d] for d in days), sum(went[d] for d in days)))
        begins = ends + A_DAY
    return weeks


def _groups(now: ServiceReport, then: ServiceReport) -> list[GroupCount]:
    names = {row.id: row.name for row in db.session.execute(select(Group.id, Group.name).order_by(Group.name))}
    none = Measured()
    found = []
    for ident, name in names.items():
        one, other = now.groups.get(ident, none), then.groups.get(ident, none)
        if one.with_target or other.with_target:
            found.append(GroupCount(ident, name, one.with_target, one.kept, other.with_target, other.kept))
    return found
