"""The fields of a form that says on which days something comes again, and the rule in words."""

from __future__ import annotations

from collections.abc import Iterator

from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField

from models.base.wording import DAYS, Words
from models.organisation.recurrence import BY_DAY, MOST_EVERY, ORDINALS, PERIODS, Recurrence, Recurring
from procedures.base.count_field import CountField
from procedures.base.date_fields import day_field
from procedures.base.form_fields import Fault, StepForm, TickBoxes

NTH: dict[int, Words] = {
    1: _l("pertama"),
    2: _l("kedua"),
    3: _l("ketiga"),
    4: _l("keempat"),
    -1: _l("terakhir"),
}


class RecurringForm(StepForm):
    """The fields of a rule, for whatever comes again."""

    every = CountField(_l("Setiap"), 1, MOST_EVERY, default=1)
    period = SelectField(_l("Satuan"), choices=list(PERIODS.items()), default="week")
    day_numbers = TickBoxes(_l("Hari, untuk satuan pekan atau bulan"), coerce=int)
    ordinal = SelectField(_l("Untuk satuan bulan, jatuh pada"), coerce=int, choices=list(ORDINALS.items()))
    first_day = day_field(_l("Mulai berlaku"))
    last_day = day_field(_l("Sampai, bila ada akhirnya"), needed=False)
    skips_closed = BooleanField(_l("Lewati hari libur dan hari tutup"))

    def prepare(self) -> None:
        super().prepare()
        self.day_numbers.choices = list(enumerate(DAYS[_language()]))
        if self.row is not None and not self.is_sent:
            self.day_numbers.data = [int(day) for day in self.row.weekdays.split(",") if day.isdecimal()]

    def faults_together(self) -> Iterator[Fault]:
        yield from super().faults_together()
        first, last = self.first_day.data, self.last_day.data
        if first and last and last < first:
            yield "last_day", _l("Hari terakhir sebelum hari pertama. Periksa kedua tanggalnya.")
        if self.period.data == "month" and self.ordinal.data != BY_DAY and len(set(self.day_numbers.data or [])) != 1:
            yield "day_numbers", _l("Pilih tepat satu hari, misalnya Senin untuk Senin pertama tiap bulan.")

    @property
    def weekdays(self) -> str:
        """Only where the rule looks at them."""
        is_asked = self.period.data == "week" or (self.period.data == "month" and self.ordinal.data != BY_DAY)
        return ",".join(str(day) for day in sorted(set(self.day_numbers.data or []))) if is_asked else ""

    def rule(self, division: str) -> Recurrence:
        days = tuple(int(day) for day in self.weekdays.split(",") if day)
        return Recurrence(
            self.every.data or 1,
            self.period.data,
            days,
            self.ordinal.data,
            self.first_day.data,
            self.last_day.data,
            bool(self.skips_closed.data),
            division,
        )

    def fill_rule(self, row: Recurring) -> None:
        row.every, row.period, row.weekdays = self.every.data or 1, self.period.data, self.weekdays
        row.ordinal = self.ordinal.data if row.weekdays and row.period == "month" else BY_DAY
        row.first_day, row.last_day = self.first_day.data, self.last_day.data
        row.skips_closed = bool(self.skips_closed.data)


def rule_in_words(rule: Recurrence) -> str:
    """Setiap 2 pekan, Senin dan Kamis · Setiap bulan, Minggu pertama · Setiap 3 bulan, tanggal 31."""
    each = _("Setiap %(unit)s", unit=PERIODS[rule.period])
    if rule.every != 1:
        each = _("Setiap %(n)s %(unit)s", n=rule.every, unit=PERIODS[rule.period])
    named = [DAYS[_language()][day] for day in rule.weekdays if day < len(DAYS["id"])]
    if rule.period == "month" and rule.ordinal == BY_DAY:
        each += ", " + _("tanggal %(day)s", day=rule.first_day.day)
    elif rule.period == "month" and named:
        each += ", " + _("%(weekday)s %(nth)s", weekday=named[0], nth=NTH[rule.ordinal])
    elif rule.period == "week":
        each += ", " + ", ".join(named or [DAYS[_language()][rule.first_day.weekday()]])
    if rule.skips_closed:
        each += "; " + _("hari tutup dilewati")
    return each


def _language() -> str:
    return "en" if str(get_locale() or "id") == "en" else "id"
