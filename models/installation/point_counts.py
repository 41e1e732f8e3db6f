"""The number of points in each paper of an installation, side by side: letter, survey, RAB, installers' report, test.

A bill rests on them. Where they differ the test is sent only with a reason, which its report prints (N7, N8).
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

from flask_babel import gettext as _

from models.base.request_cache import read_once
from models.installation.bill import open_bill
from models.installation.quality_test import latest_test
from models.installation.rab import Rab, approved_rab, latest_rab
from models.installation.survey import request_of, survey_of
from models.tickets.ticket import Ticket

BEFORE_INSTALLATION = ("rab_draft", "rab_approval", "unit_agreement", "installers", "installation")
BILLED = ("bill_signature", "payment", "closed")


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

    Once a bill is there its own RAB counts; before the installers have reported there is no test to ask for.
    """
    survey, asked = survey_of(ticket), request_of(ticket)
    found = PointCounts(letter=asked.points, survey=survey.point_total or None if survey else None)
    rab = _rab_in_force(ticket)
    found = replace(found, rab=rab.points if rab else None)
    if ticket.state in BEFORE_INSTALLATION:
        return found
    test = latest_test(ticket)
    return replace(found, installed=asked.installed_points, tested=len(test.points) if test else None)


def _rab_in_force(ticket: Ticket) -> Rab | None:
    bill = open_bill(ticket) if ticket.state in BILLED else None
    return bill.rab if bill else approved_rab(ticket) or latest_rab(ticket)
