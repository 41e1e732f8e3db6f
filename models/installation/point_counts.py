"""The number of points in each paper of an installation, side by side: letter, survey, RAB, installers' report, test.

A bill rests on them. Where they differ the test is sent only with a reason, which its report prints (N7, N8).
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import case, select

from models.base.db import db
from models.base.request_cache import read_once
from models.installation.quality_test import latest_test
from models.installation.rab import Rab, approved_rab, latest_rab
from models.installation.survey import request_of, survey_of
from models.tickets.ticket import Event, Ticket

BEFORE_INSTALLATION = ("rab_draft", "rab_approval", "unit_agreement", "installers", "installation")


@dataclass(frozen=True)
class PointCounts:
    """How many points each paper tells of; None where it does not exist yet or tells none."""

    letter: int | None = None
    survey: int | None = None
    rab: int | None = None
    installed: int | None = None
    tested: int | None = None

    @property
    def differ(self) -> bool:
        return len({count for count in self._told() if count is not None}) > 1

    def named(self) -> list[tuple[str, int | None]]:
        """Each paper with its number, in the order in which they come."""
        names = (_("Surat"), _("Survey"), _("RAB"), _("Terpasang"), _("Diuji"))
        return list(zip(names, self._told(), strict=True))

    def _told(self) -> list[int | None]:
        return [getattr(self, one.name) for one in fields(self)]


@read_once
def point_counts(ticket: Ticket) -> PointCounts:
    """As the papers are now: the survey, RAB and test that are the latest of their kind.

    Before the installers have reported there is no report and no test to ask for; afterwards the RAB's number and
    the report's come in one statement.
    """
    survey = survey_of(ticket)
    found = PointCounts(letter=request_of(ticket).points, survey=survey.point_total or None if survey else None)
    if ticket.state in BEFORE_INSTALLATION:
        rab = approved_rab(ticket) or latest_rab(ticket)
        return replace(found, rab=rab.points if rab else None)
    test = latest_test(ticket)
    rab_points, installed = _rab_and_report(ticket)
    return replace(found, rab=rab_points, installed=installed, tested=len(test.points) if test else None)


def _rab_and_report(ticket: Ticket) -> tuple[int | None, int | None]:
    """The points of the RAB in force, else of the latest, and what the installers reported last (N7c)."""
    is_approved = case((Rab.decision == "approved", 1), else_=0)
    rabs = select(Rab.points).where(Rab.ticket_id == ticket.id).order_by(is_approved.desc(), Rab.version.desc())
    reports = select(Event.data).where(Event.ticket_id == ticket.id, Event.step == "report_installed")
    report = reports.order_by(Event.id.desc()).limit(1).scalar_subquery()
    row = db.session.execute(select(rabs.limit(1).scalar_subquery(), report)).one()
    told: dict[str, Any] | None = row[1]
    return row[0], told.get("points") if told else None
