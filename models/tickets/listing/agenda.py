"""Where and when officers are expected: visits, repairs, turns, and what they have to answer by when.

Each room hands in what it knows (SOURCES); each of them asks the row rule for whoever reads.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, false, func, select, true
from sqlalchemy.orm import InstrumentedAttribute

from models.base.db import db
from models.base.wording import Words, local
from models.organisation.delegation import roles_of
from models.organisation.roles import DIVISION_ROLES, HEAD_OF_DIVISION, Role
from models.organisation.staff import Staff, StaffRole
from models.tickets.ticket import Ticket, visible_to

MOST = 500  # of one source in one window
KINDS: dict[str, Words] = {
    "survey": _l("Survey"),
    "installation": _l("Pemasangan"),
    "test": _l("Uji kualitas"),
    "recheck": _l("Periksa ulang"),
    "repair": _l("Perbaikan di tempat"),
    "answer": _l("Tindak lanjut"),
    "duty": _l("Giliran jaga"),
}


@dataclass(frozen=True)
class AgendaEntry:
    """One officer's appointment: aware UTC moments, or whole days where `days` stands (the last one included).

    `key` is the same in every reading, so that a calendar knows the entry again. `subject` is the requester's word and
    stays in the panel.
    """

    key: str
    kind: str
    starts_at: datetime
    ends_at: datetime
    staff_name: str
    days: tuple[date, date] | None = None
    place: str = ""
    number: str = ""
    ticket_id: int = 0
    subject: str = ""

    @property
    def label(self) -> Words:
        return KINDS[self.kind]

    @property
    def first_day(self) -> date:
        return self.days[0] if self.days else local(self.starts_at).date()

    @property
    def last_day(self) -> date:
        return self.days[1] if self.days else self.first_day

    @property
    def href(self) -> str:
        return f"/admin/ticket/details/?id={self.ticket_id}" if self.ticket_id else "/admin/duty/"


@dataclass(frozen=True)
class Window:
    """What is asked for: whose appointments, read by whom, between two moments (aware UTC; the end not included)."""

    reader: Staff
    people: tuple[int, ...] | None  # None: everybody's
    begins: datetime
    ends: datetime

    @property
    def seen(self) -> ColumnElement[bool]:
        """The row rule, asked for the reader."""
        return func.coalesce(visible_to(self.reader), false())

    def is_theirs(self, column: InstrumentedAttribute[int] | InstrumentedAttribute[int | None]) -> ColumnElement[bool]:
        """Is it one of these people?"""
        return true() if self.people is None else column.in_(self.people)


# Each is asked once, in one statement.
SOURCES: list[Callable[[Window], list[AgendaEntry]]] = []


def agenda_of(window: Window) -> list[AgendaEntry]:
    """All entries of a window, the earliest first."""
    found = [entry for ask in SOURCES for entry in ask(window)]
    return sorted(found, key=lambda entry: (entry.first_day, entry.starts_at, entry.key))


def leads_others(staff: Staff) -> bool:
    """May this person look at the appointments of others: of a division, or of the centre?"""
    return not roles_of(staff).isdisjoint({*HEAD_OF_DIVISION.values()})


def people_led_by(staff: Staff) -> tuple[int, ...] | None:
    """Whose appointments a head looks at: everybody's, or those of the people of the divisions led; and one's own."""
    roles = roles_of(staff)
    if Role.HEAD_OF_CENTRE in roles:
        return None
    led = {division for division, head in HEAD_OF_DIVISION.items() if head in roles}
    theirs = [role.value for role, division in DIVISION_ROLES.items() if division in led]
    ids = db.session.scalars(select(StaffRole.staff_id).where(StaffRole.role.in_(theirs)).distinct())
    return tuple({staff.id, *ids})


def answers_due(window: Window) -> list[AgendaEntry]:
    """Open tickets at whose desk somebody works, where the clock runs: by when the next step is due."""
    query = (
        select(Ticket.id, Ticket.number, Ticket.subject, Ticket.due_at, Staff.name)
        .join(Staff, Staff.id == Ticket.assignee_id)
        .where(
            Ticket.is_open,
            Ticket.pause.is_(None),
            Ticket.due_at >= window.begins,
            Ticket.due_at < window.ends,
            window.is_theirs(Ticket.assignee_id),
            window.seen,
        )
        .order_by(Ticket.due_at, Ticket.id)
        .limit(MOST)
    )
    return [
        AgendaEntry(
            f"answer-{row.number}", "answer", row.due_at, row.due_at, row.name,
            number=row.number, ticket_id=row.id, subject=row.subject,
        )
        for row in db.session.execute(query)
    ]  # fmt: skip


SOURCES.append(answers_due)
