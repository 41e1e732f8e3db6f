"""The list of tickets as a file: its filter and row rule, more columns, newest first."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence

from flask_babel import lazy_gettext as _l
from sqlalchemy import false, func, select

from admin_views.frame.reader import person
from admin_views.tickets.list.filter import ListFilter
from admin_views.tickets.list.filter_words import words_of
from admin_views.tickets.list.search import matching
from gateways.files.table_writer import Line
from models.base.columns.statement_types import Found
from models.base.db import db
from models.base.wording import local
from models.organisation.staff import Group, Staff
from models.organisation.unit import Unit
from models.tickets.category import Category
from models.tickets.listing.concerned import concerned_units, read_units
from models.tickets.ticket import CHANNELS, Pause, Ticket, visible_to
from procedures.engine import catalog

MOST_TICKETS = 250_000  # some years of a large centre; one sheet would hold a million (decisions/06)
PAUSES = {Pause.REQUESTER.value: _l("Menunggu pemohon"), Pause.HOLD.value: _l("Ditunda")}
HEADS = (
    _l("Nomor"),
    _l("Perihal"),
    _l("Prosedur"),
    _l("Langkah"),
    _l("Keadaan"),
    _l("Jeda"),
    _l("Pemohon"),
    _l("Unit"),
    _l("Jenis masalah"),
    _l("Kelompok"),
    _l("Petugas"),
    _l("Saluran"),
    _l("Diterima (WIB)"),
    _l("Dibuat (WIB)"),
    _l("Berubah (WIB)"),
    _l("Batas (WIB)"),
    _l("Selesai (WIB)"),
    _l("Ditutup (WIB)"),
    _l("Sebab"),
    _l("Penyelesaian"),
    _l("Nilai (1–5)"),
    _l("Komentar penilaian"),
)
TIMES = (
    Ticket.received_at,
    Ticket.created_at,
    Ticket.updated_at,
    Ticket.due_at,
    Ticket.resolved_at,
    Ticket.closed_at,
)


class TicketExport:
    """A part of TicketView."""

    most_exported = MOST_TICKETS

    def export_heads(self) -> list[str]:
        return [str(head) for head in HEADS]

    def export_count(self, staff: Staff, filters: Mapping[str, str], most: int) -> int:
        conditions = matching(staff, filters)
        if conditions is None:
            return 0
        found = select(Ticket.id).where(*conditions).limit(most).subquery()
        return int(db.session.scalar(select(func.count()).select_from(found)) or 0)

    def export_ids(self, staff: Staff, filters: Mapping[str, str], most: int) -> Sequence[int]:
        conditions = matching(staff, filters)
        if conditions is None:
            return ()
        return array(
            "i", db.session.scalars(select(Ticket.id).where(*conditions).order_by(Ticket.id.desc()).limit(most))
        )

    def export_lines(self, staff: Staff, ids: Sequence[int]) -> list[Line]:
        """By the rows' key; coalesce() keeps the row rule's own indexes, which hold far more, out of the plan."""
        query = (
            select(
                Ticket.number, Ticket.subject, Ticket.procedure, Ticket.line, Ticket.state, Ticket.pause,
                Ticket.requester_name, Unit.name.label("unit"), concerned_units(), Category.name.label("category"),
                Group.name.label("group"), Staff.name.label("assignee"), Ticket.channel, *TIMES,
                Ticket.cause, Ticket.solution, Ticket.rating, Ticket.rating_comment,
            )
            .outerjoin(Unit, Unit.id == Ticket.unit_id)
            .outerjoin(Category, Category.id == Ticket.category_id)
            .outerjoin(Group, Group.id == Ticket.group_id)
            .outerjoin(Staff, Staff.id == Ticket.assignee_id)
            .where(Ticket.id.in_(ids), func.coalesce(visible_to(staff), false()))
        )  # fmt: skip
        return [_line(row) for row in db.session.execute(query.order_by(Ticket.id.desc()))]

    def export_words(self, filters: Mapping[str, str]) -> str:
        """The filter in words, as it stands above the list."""
        told = words_of(ListFilter.read(person(), filters), with_options=False)
        return ", ".join(word.text for word in told.words)


def _line(row: Found) -> Line:
    procedure = catalog.get(row.procedure)
    return [
        row.number,
        row.subject,
        str(procedure.title),
        row.line,
        str(procedure.state(row.state).label),
        str(PAUSES.get(row.pause, "")),
        row.requester_name,
        ", ".join(read_units(row.concerned, row.unit)) or None,
        row.category,
        row.group,
        row.assignee,
        str(CHANNELS.get(row.channel, row.channel)),
        *(local(moment) if (moment := getattr(row, time.key)) else None for time in TIMES),
        row.cause,
        row.solution,
        row.rating,
        row.rating_comment,
    ]
