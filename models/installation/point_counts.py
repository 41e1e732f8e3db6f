"""The number of points in each paper of an installation, side by side: letter, survey, RAB, installers' report, test.

A bill rests on them. Where they differ the test is sent only with a reason, which its report prints (N7, N8).
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from models.base.db import db
from models.base.request_cache import read_once
from models.installation.quality_test import latest_test
from models.installation.rab import approved_rab, latest_rab
from models.installation.survey import request_of, survey_of
from models.tickets.ticket import Event, Ticket


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
    """As the papers are now: the survey, RAB and test that are the latest of their kind."""
    survey, test = survey_of(ticket), latest_test(ticket)
    rab = approved_rab(ticket) or latest_rab(ticket)
    return PointCounts(
        letter=request_of(ticket).points,
        survey=survey.point_total or None if survey else None,
        rab=rab.points if rab else None,
        installed=_installed(ticket),
        tested=len(test.points) if test else None,
    )


def _installed(ticket: Ticket) -> int | None:
    """What the installers reported last (N7c), as their step was recorded."""
    query = select(Event.data).where(Event.ticket_id == ticket.id, Event.step == "report_installed")
    told: dict[str, Any] | None = db.session.scalars(query.order_by(Event.id.desc()).limit(1)).first()
    return told.get("points") if told else None
