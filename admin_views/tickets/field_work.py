"""The officer's own field work, as a page that the phone takes along: it opens where there is no signal.

Whose page it is says which addresses the phone keeps (static/js/field-app.js); nothing else of the panel is kept.
Each room hands in the visits that name somebody (FIELD).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_admin import expose

from admin_views.frame.page import ClosedView
from admin_views.frame.reader import person
from models.base.wording import Words
from models.organisation.staff import Staff
from procedures.engine import catalog


@dataclass(frozen=True)
class FieldPage:
    """A page that the phone takes along, and how it is called."""

    href: str
    label: Words


@dataclass(frozen=True)
class FieldJob:
    """One place to which somebody was sent: the ticket, when (aware UTC), where, whom to meet, and its own pages."""

    ticket_id: int
    number: str
    subject: str
    procedure: str
    state: str
    at: datetime | None
    place: str = ""
    contact: str = ""
    phone: str = ""
    pages: tuple[FieldPage, ...] = ()

    @property
    def desk(self) -> Words:
        return catalog.get(self.procedure).state(self.state).label

    @property
    def href(self) -> str:
        return f"/admin/ticket/details/?id={self.ticket_id}"


# Each is asked once, in one statement, and names only what this person may see.
FIELD: list[Callable[[Staff], list[FieldJob]]] = []


def jobs_of(staff: Staff) -> list[FieldJob]:
    """Where this person is expected, the earliest first."""
    found = [job for ask in FIELD for job in ask(staff)]
    return sorted(found, key=lambda job: (job.at is None, job.at, job.ticket_id))


class FieldWork(ClosedView):
    """/admin/field/"""

    name_key = "field"
    acts = {"index": "list"}

    def __init__(self) -> None:
        super().__init__(name="Kerja lapangan", endpoint="field", url="/admin/field")

    @expose("/")
    def index(self) -> ResponseReturnValue:
        return render_template("admin/tickets/field_work.html", view=self, jobs=jobs_of(person()))
