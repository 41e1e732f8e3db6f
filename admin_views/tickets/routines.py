"""The register of routine work: schedules from which the worker makes tickets, with their next days shown."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from flask import g, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from wtforms import BooleanField, SelectField

from admin_views.frame.reader import person
from admin_views.frame.view import Column, HouseView
from models.base.columns.shown import Shown
from models.base.db import db
from models.base.wording import Words, today
from models.base.written import clean_line
from models.organisation.roles import HEAD_OF_DIVISION, Division, Role
from models.organisation.staff import Group, GroupMember, Staff
from models.tickets.label import LONGEST_ITEM, MOST_ITEMS
from models.tickets.routine.routine import Routine, RoutineTicket
from models.tickets.ticket import visible_to
from procedures.base.form_fields import Fault, line_field, required, text_field
from procedures.organisation.recurring_form import RecurringForm, rule_in_words
from web.dates import on_date
from web.row_ids import LAST_ROW

SHOWN = 5  # next days
MADE = 20  # tickets of the past
A_DAY = timedelta(days=1)


class RoutineForm(RecurringForm):
    title = line_field(
        _l("Pekerjaan"), 160, description=_l("Misalnya Periksa cadangan bulanan, atau Uji UPS ruang server.")
    )
    description = text_field(_l("Petunjuk"), 5_000, needed=False)
    checklist = text_field(_l("Daftar periksa, satu butir per baris"), 9_000, needed=False)
    group_id = SelectField(_l("Kelompok"), coerce=int, validators=[required(_l("Pilih kelompok."))])
    assignee_id = SelectField(_l("Petugas"), coerce=int)
    is_active = BooleanField(_l("Berjalan"), default=True)

    def prepare(self) -> None:
        super().prepare()
        self.group_id.choices = [(0, "—"), *groups_led_by(person())]
        self.assignee_id.choices = [(0, _("siapa pun di kelompok itu")), *_members()]
        if self.row is not None and not self.is_sent:
            self.assignee_id.data = self.row.assignee_id or 0

    @property
    def lines(self) -> list[str]:
        return [line for typed in (self.checklist.data or "").splitlines() if (line := clean_line(typed))]

    def faults_together(self) -> Iterator[Fault]:
        yield from super().faults_together()
        if any(len(line) > LONGEST_ITEM for line in self.lines):
            yield "checklist", _("Paling panjang %(n)s huruf per baris.", n=LONGEST_ITEM)
        if len(self.lines) > MOST_ITEMS:
            yield "checklist", _("Paling banyak %(n)s butir pada satu tiket.", n=MOST_ITEMS)
        if self.row is None and self.first_day.data and self.first_day.data < today():
            yield "first_day", _l("Hari itu sudah lewat. Mulai paling awal hari ini.")
        who, where = self.assignee_id.data, self.group_id.data
        if who and where and max(who, where) <= LAST_ROW and not db.session.get(GroupMember, (where, who)):
            yield "assignee_id", _l("Petugas itu bukan anggota kelompok yang dipilih. Pilih yang lain.")


class RoutineView(HouseView[Routine]):
    name_key = "routine"
    title = _l("Pekerjaan rutin")
    intro = _l("Pada harinya tiap jadwal menjadi satu tiket dengan daftar periksanya.")
    empty = _l("Jadwal seperti pemeriksaan cadangan bulanan atau uji UPS tampil di sini.")
    create_label = _l("Tambah jadwal")
    columns = [
        Column("title", _l("Pekerjaan"), is_link=True),
        Column("period", _l("Berulang"), cell=lambda row: rule_in_words(row.rule)),
        Column("next", _l("Berikutnya"), cell=lambda row: next_in_words(row)),
        Column("group", _l("Kelompok"), cell=lambda row: row.group.name),
        Column("assignee", _l("Petugas"), cell=lambda row: row.assignee.name if row.assignee else ""),
    ]
    searched = (Routine.title,)
    order = (Routine.title,)
    shows = (Routine.group, Routine.assignee)
    form = RoutineForm
    details_template = "admin/tickets/routine.html"
    edit_template = create_template = "admin/tickets/routine_form.html"

    def __init__(self) -> None:
        super().__init__(Routine)

    def row_allowed(self, row: Routine, act: str) -> bool:
        """A head changes the schedules of the groups of the own division."""
        return self.may(act) and (act != "edit" or row.group_id in {key for key, _name in groups_led_by(person())})

    def facts(self, row: Routine) -> list[tuple[Words, Shown]]:
        return [*super().facts(row), (_l("Petunjuk"), row.description)]

    def details_extras(self, row: Routine) -> dict[str, Shown]:
        query = select(RoutineTicket).where(RoutineTicket.routine_id == row.id)
        seen = RoutineTicket.ticket.has(visible_to(person()))
        made = db.session.scalars(query.where(seen).order_by(RoutineTicket.due_on.desc()).limit(MADE)).unique().all()
        return {"coming": next_days(row, SHOWN), "made": made}

    def form_extras(self, row: Routine | None) -> dict[str, Shown]:
        return {"coming": g.get("coming_days")}

    def checked(self, form: RoutineForm, row: Routine | None) -> bool:
        """The press that only looks shows the next days and writes nothing."""
        if not form.validate():
            return False
        if "look" not in request.form:
            return True
        division = db.session.scalar(select(Group.division).where(Group.id == form.group_id.data)) or ""
        g.coming_days = form.rule(division).coming(max(today(), form.first_day.data) - A_DAY, SHOWN)
        return False

    def fill(self, row: Routine, form: RoutineForm) -> None:
        row.title, row.description = form.title.data, form.description.data or ""
        row.checklist = "\n".join(form.lines)
        row.group_id, row.assignee_id = form.group_id.data, form.assignee_id.data or None
        row.is_active = bool(form.is_active.data)
        form.fill_rule(row)


def groups_led_by(staff: Staff) -> list[tuple[int, str]]:
    """The groups whose schedules this person keeps: a head of division those of the division, others all."""
    led = [division.value for division in Division if staff.has(HEAD_OF_DIVISION[division])]
    query = select(Group.id, Group.name).where(Group.is_active).order_by(Group.name)
    if not staff.has(Role.HEAD_OF_CENTRE, Role.ADMINISTRATOR):
        query = query.where(Group.division.in_(led))
    return [(key, name) for key, name in db.session.execute(query)]


def next_days(row: Routine, count: int) -> list[date]:
    """The days that get a ticket next: after the last one made, from today on; none of a schedule that rests."""
    if not row.is_active:
        return []
    yesterday = today() - A_DAY
    return row.rule.coming(max(yesterday, row.made_on or yesterday), count)


def next_in_words(row: Routine) -> str:
    coming = next_days(row, 1)
    return on_date(coming[0]) if coming else _("tidak ada lagi") if row.is_active else _("diistirahatkan")


def _members() -> list[tuple[int, str]]:
    members = select(GroupMember.staff_id)
    query = select(Staff.id, Staff.name).where(Staff.is_active, Staff.id.in_(members)).order_by(Staff.name)
    return [(key, name) for key, name in db.session.execute(query)]
