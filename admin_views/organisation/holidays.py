"""The register of holidays, and taking them from an iCalendar file: read, shown, and only what is ticked is added."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import IntegrityError

from admin_views.frame.view import Column, HouseView, address, person
from admin_views.organisation.due_preview import Moves, confirmed, moves_shown
from gateways.files.holiday_file import MOST_BYTES, CalendarRead, HolidayFileRefused, read_calendar
from models.base.calendar import Calendars, Holiday, calendars, working_hours
from models.base.db import db, write_transaction
from models.base.wording import today
from models.base.written import clean_line
from models.organisation import audit
from procedures.base.date_fields import day_field
from procedures.base.form_fields import StepForm, line_field
from procedures.organisation.holiday_proposals import add_days, not_in_calendar
from web.dates import on_date

MOST_SHOWN = 150  # a form has at most 200 parts


class HolidayForm(StepForm):
    day = day_field(_l("Tanggal"))
    name = line_field(_l("Hari libur"), 120)


class HolidayView(HouseView[Holiday]):
    name_key = "holiday"
    title = _l("Hari libur")
    intro = _l("Pada hari libur waktu target tidak berjalan.")
    empty = _l("Tambahkan hari libur; pada hari itu waktu target tidak berjalan.")
    create_label = _l("Tambah hari libur")
    columns = [
        Column("day", _l("Tanggal"), cell=lambda h: on_date(h.day), is_link=True),
        Column("name", _l("Hari libur")),
    ]
    searched = (Holiday.name,)
    order = (Holiday.day,)
    form = HolidayForm
    list_template = "admin/organisation/holidays.html"
    edit_template = create_template = "admin/organisation/calendar_form.html"
    delete_template = "admin/organisation/calendar_delete.html"
    more_acts = {"import_view": "import"}

    def __init__(self) -> None:
        super().__init__(Holiday)

    def checked(self, form: HolidayForm, row: Holiday | None) -> bool:
        """What moves is shown first; what has passed is not made a holiday any more."""
        if not form.validate():
            return False
        if form.day.data < today() and (row is None or row.day != form.day.data):
            form.day.errors = [_("Hari itu sudah lewat; jam kerja yang sudah lewat tidak diubah.")]
            return False
        return confirmed(form, _with(form.day.data, without=row))

    def moves(self, deleted: Holiday | None = None) -> Moves | None:
        """What the form's page, or the page that asks before it is deleted, shows of due times."""
        return moves_shown(_with(None, without=deleted) if deleted is not None else None)

    @expose("/import/", methods=("GET", "POST"))
    def import_view(self) -> ResponseReturnValue:
        """First the file, whose days are shown; then the ticked ones."""
        if request.method == "GET":
            return self._import_page()
        if "ticked" in request.form:
            return self._add(_ticked())
        upload = request.files.get("file")
        try:
            read = read_calendar(upload.stream.read(MOST_BYTES + 1) if upload else b"", ZoneInfo(working_hours().zone))
        except HolidayFileRefused as refused:
            return self._import_page(sentence=str(refused)), 422
        return self._import_page(read)

    def _import_page(self, read: CalendarRead | None = None, sentence: str = "") -> str:
        days = list(not_in_calendar(read.days, today()).items()) if read else []
        return render_template(
            "admin/organisation/holiday_import.html",
            view=self,
            read=read,
            days=days[:MOST_SHOWN],
            more=max(0, len(days) - MOST_SHOWN),
            sentence=sentence,
        )

    def _add(self, days: dict[date, str]) -> ResponseReturnValue:
        try:
            with write_transaction():
                added = add_days(days, today())
                audit.record("import", "Holiday", "", staff=person(), ip=address(), diff={"new": added})
        except IntegrityError:
            db.session.rollback()
            flash(_("Kalender baru saja diubah orang lain. Pilih berkasnya sekali lagi."), "error")
            return redirect("/admin/holiday/import/", 303)
        flash(_("%(n)s hari libur ditambahkan.", n=added), "success")
        return redirect("/admin/holiday/", 303)


def _with(day: date | None, without: Holiday | None) -> Calendars:
    """The calendars as they would be with this holiday, and without the one that it replaces."""
    now = calendars()
    kept = now.holidays - {without.day} if without is not None else now.holidays
    return replace(now, holidays=kept | {day} if day else kept)


def _ticked() -> dict[date, str]:
    """The ticked days with their names behind them, as the page has them; what is neither was not on the page."""
    found = {}
    for text in request.form.getlist("ticked"):
        try:
            day = date.fromisoformat(text[:10])
        except ValueError:
            continue
        name = clean_line(text[10:])
        if name.isprintable() and name:
            found[day] = name[:120]
    return found
