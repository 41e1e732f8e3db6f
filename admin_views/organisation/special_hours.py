"""The register of hours that differ from the ordinary week; what a change moves is shown before it is confirmed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, select
from wtforms import BooleanField, SelectField

from admin_views.frame.view import Column, HouseView
from admin_views.organisation.due_preview import Moves, confirmed, moves_shown
from models.base.calendar import HOUSE, Calendars, HoursRule, SpecialHours, calendars, rule_of
from models.base.db import db, utcnow
from models.base.wording import DAYS, Words, today
from models.organisation.roles import Division
from procedures.base.date_fields import day_field
from procedures.base.form_fields import StepForm, TickBoxes, line_field, required
from procedures.organisation.typed_hours import BadHours, hours_in_words, read_hours
from web.dates import on_date, spoken

WHOSE: list[tuple[str, Words]] = [(HOUSE, _l("Semua")), *((one.value, one.label) for one in Division)]
DAYS_AHEAD = 7


class SpecialHoursForm(StepForm):
    name = line_field(_l("Nama"), 120, description=_l("Misalnya Salat Jumat, atau Ramadan 2027."))
    division = SelectField(_l("Berlaku bagi"), choices=WHOSE)
    day_numbers = TickBoxes(_l("Hari"), coerce=int, validators=[required(_l("Pilih sedikitnya satu hari."))])
    typed = line_field(
        _l("Jam kerja"),
        120,
        needed=False,
        description=_l("Misalnya 08.00–11.30, 13.30–16.30. Kosong berarti tutup."),
    )
    first_day = day_field(_l("Hari pertama"), needed=False, description=_l("Kosong berarti selamanya."))
    last_day = day_field(_l("Hari terakhir"), needed=False)
    on_holidays = BooleanField(_l("Berlaku juga pada hari libur"))

    def prepare(self) -> None:
        super().prepare()
        self.day_numbers.choices = list(enumerate(DAYS[spoken()]))
        if self.row is not None and not self.is_sent:
            self.day_numbers.data = [int(day) for day in self.row.weekdays.split(",") if day.isdecimal()]
            self.typed.data = hours_in_words(self.row.hours) if self.row.hours else ""

    def rule(self) -> HoursRule:
        """BadHours where the hours cannot be read."""
        weekdays = ",".join(str(day) for day in sorted(set(self.day_numbers.data or [])))
        hours = read_hours(self.typed.data or "")
        return HoursRule(
            self.division.data,
            self.first_day.data,
            self.last_day.data,
            weekdays,
            hours,
            bool(self.on_holidays.data),
        )


class SpecialHoursView(HouseView[SpecialHours]):
    name_key = "special_hours"
    title = _l("Jam kerja")
    intro = _l("Yang berbeda dari jam buka di Pengaturan: salat Jumat, Ramadan, jam sebuah divisi.")
    empty = _l("Jam yang berbeda tampil di sini; selebihnya berlaku jam buka di Pengaturan.")
    create_label = _l("Tambah jam khusus")
    columns = [
        Column("name", _l("Nama"), is_link=True),
        Column("division", _l("Berlaku bagi"), cell=lambda row: dict(WHOSE)[row.division]),
        Column("weekdays", _l("Hari"), cell=lambda row: days_in_words(row.weekdays)),
        Column("hours", _l("Jam kerja"), cell=lambda row: hours_in_words(row.hours)),
        Column("first_day", _l("Masa"), cell=lambda row: range_in_words(row)),
        Column("on_holidays", _l("Pada hari libur")),
    ]
    searched = (SpecialHours.name,)
    order = (SpecialHours.name,)
    form = SpecialHoursForm
    list_template = "admin/organisation/special_hours.html"
    edit_template = "admin/organisation/calendar_form.html"
    delete_template = "admin/organisation/calendar_delete.html"

    def __init__(self) -> None:
        super().__init__(SpecialHours)

    def week(self) -> list[tuple[str, list[tuple[date, str]]]]:
        """What the list shows above its rows."""
        return week_ahead(calendars())

    def checked(self, form: SpecialHoursForm, row: SpecialHours | None) -> bool:
        if not form.validate():
            return False
        try:
            rule = form.rule()
        except BadHours as bad:
            form.typed.errors = [str(bad)]
            return False
        first, last = rule.first_day, rule.last_day
        hours = _with(rule, without=row)
        if (first is None) != (last is None):
            (form.last_day if last is None else form.first_day).errors = [
                _("Isi kedua tanggalnya, atau kosongkan keduanya.")
            ]
        elif first and last and last < first:
            form.last_day.errors = [_("Hari terakhir sebelum hari pertama. Periksa kedua tanggalnya.")]
        elif last and last < today():
            form.last_day.errors = [_("Masa itu sudah lewat; jam kerja yang sudah lewat tidak diubah.")]
        elif other := _overlapping(rule, row):
            form.day_numbers.errors = [_("“%(other)s” sudah mengatur hari itu pada masa yang sama.", other=other.name)]
        elif not all(hours.ever_opens(utcnow(), whose) for whose, _label in WHOSE):
            form.typed.errors = [_("Dengan ini tidak ada jam kerja sama sekali. Sisakan sedikitnya satu hari buka.")]
        return not form.errors and confirmed(form, hours)

    def fill(self, row: SpecialHours, form: SpecialHoursForm) -> None:
        row.name = form.name.data
        for key, value in form.rule()._asdict().items():
            setattr(row, key, value)

    def moves(self, deleted: SpecialHours | None = None) -> Moves | None:
        """What the form's page, or the page that asks before it is deleted, shows of due times."""
        return moves_shown(_with(None, without=deleted) if deleted is not None else None)


def days_in_words(weekdays: str) -> str:
    named = dict(enumerate(DAYS[spoken()]))
    return ", ".join(named[int(day)] if day.isdecimal() and int(day) in named else day for day in weekdays.split(","))


def range_in_words(row: SpecialHours) -> str:
    if row.first_day is None or row.last_day is None:
        return _("selamanya")
    return _("%(first)s sampai %(last)s", first=on_date(row.first_day), last=on_date(row.last_day))


def week_ahead(hours: Calendars) -> list[tuple[str, list[tuple[date, str]]]]:
    """The hours of the coming days, of the house and of each division that differs."""
    days = [today() + timedelta(days=n) for n in range(DAYS_AHEAD)]
    return [
        (str(label), [(day, _on(hours, whose, day)) for day in days])
        for whose, label in WHOSE
        if whose == HOUSE or whose in hours.divisions
    ]


def _on(hours: Calendars, whose: str, day: date) -> str:
    spans = hours.of(whose).intervals_on(day, hours.holidays)
    words = ", ".join(f"{opens:%H.%M}–{closes:%H.%M}" for opens, closes in spans)
    return words or (_("Hari libur") if day in hours.holidays else _("Tutup"))


def _with(rule: HoursRule | None, without: SpecialHours | None) -> Calendars:
    """The calendars as they would be with this rule, and without the one that it replaces."""
    others = select(SpecialHours).where(SpecialHours.id != (without.id if without is not None else 0))
    kept = [rule_of(row) for row in db.session.scalars(others)]
    return replace(calendars(), rules=(*kept, rule) if rule else tuple(kept))


def _overlapping(rule: HoursRule, row: SpecialHours | None) -> SpecialHours | None:
    """Another row of the same division that holds on one of the same weekdays in the same time."""
    same = [SpecialHours.division == rule.division, SpecialHours.id != (row.id if row is not None else 0)]
    if rule.first_day is None:
        same.append(SpecialHours.first_day.is_(None))
    else:
        same += [SpecialHours.first_day <= rule.last_day, SpecialHours.last_day >= rule.first_day]
    same.append(or_(*(SpecialHours.weekdays.contains(day) for day in rule.weekdays.split(","))))
    return db.session.scalars(select(SpecialHours).where(*same).limit(1)).first()
