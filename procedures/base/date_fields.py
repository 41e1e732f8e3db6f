"""Fields for a day, or a day and time on the centre's clock, with the checks of forms: past, coming, received."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from wtforms import DateField, DateTimeLocalField, Field, Form, ValidationError
from wtforms.widgets import TextInput

from models.base.db import utcnow
from models.base.typed_date import BadDate, day_as_typed, moment_as_typed, read_day, read_moment
from models.base.wording import WIB, Words, today
from models.base.written import is_written
from procedures.base.form_fields import Check, FieldOption, StepForm, required

LONGEST_AHEAD = timedelta(days=730)
CLOCKS_DIFFER = timedelta(minutes=5)
A_YEAR = timedelta(days=366)
DAY_SAMPLE, MOMENT_SAMPLE = _l("mis. 20/11/2026"), _l("mis. 20/11/2026 14.30")
SAYS_NOT_YET = _l("Tanggal ini belum terjadi. Periksa hari, bulan, dan tahunnya.")
SAYS_NO_TIME_YET = _l("Waktu itu belum terjadi. Periksa tanggal dan jamnya.")


class DateBox(TextInput):
    """A box for a day or a moment in our own spelling, whatever the browser's language; `sample` shows it.

    static/js/dates.js makes it the device's own picker on a phone.
    """

    def __init__(self, kind: str, sample: Words) -> None:
        super().__init__()
        self.kind, self.sample = kind, sample

    def __call__(self, field: Field, **kwargs: str) -> Markup:
        return super().__call__(
            field, **{"data-date": self.kind, "placeholder": str(self.sample), "autocomplete": "off", **kwargs}
        )


class DayField(DateField):
    """A day as a browser sends it or as people write it (20/11/2026); blank is no day."""

    data: Any
    widget = DateBox("day", DAY_SAMPLE)

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        self.data = None
        typed = " ".join(valuelist)
        if not is_written(typed):
            return
        try:
            self.data = read_day(typed)
        except BadDate as bad:
            raise ValueError(str(bad)) from None

    def _value(self) -> str:
        return day_as_typed(self.data) or " ".join(self.raw_data or ())


class MomentField(DateTimeLocalField):
    """A day and time on the centre's clock; `data` is without zone, as the box shows it (see as_utc)."""

    data: Any
    widget = DateBox("moment", MOMENT_SAMPLE)

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        self.data = None
        typed = " ".join(valuelist)
        if not is_written(typed):
            return
        try:
            self.data = read_moment(typed).replace(tzinfo=None)
        except BadDate as bad:
            raise ValueError(str(bad)) from None

    def _value(self) -> str:
        return moment_as_typed(self.data) or " ".join(self.raw_data or ())


def as_utc(field: Field) -> datetime | None:
    """What was typed on the centre's clock, as aware UTC."""
    return field.data.replace(tzinfo=WIB).astimezone(UTC) if field.data else None


def day_field(label: Words, *checks: Check, needed: bool = True, **options: FieldOption) -> DayField:
    return DayField(label, validators=[*([required()] if needed else []), *checks], **options)


def when_field(label: Words, needed: bool = True, **options: FieldOption) -> MomentField:
    first = [required(_l("Isi tanggal dan jamnya."))] if needed else []
    return MomentField(label, validators=first, **options)


def past_date(label: Words, oldest_days: int = 3650, needed: bool = True) -> DayField:
    """A day that has come: letters and payments are never dated in the future."""

    def has_come(_form: Form, field: Field) -> None:
        if field.data and field.data > today():
            raise ValidationError(SAYS_NOT_YET)
        if field.data and field.data < today() - timedelta(days=oldest_days):
            raise ValidationError(_l("Tanggal ini terlalu lama. Periksa tahunnya."))

    return day_field(label, has_come, needed=needed)


def coming_date(label: Words, needed: bool = True, **options: FieldOption) -> DayField:
    """A day from today on, within two years."""

    def comes(_form: Form, field: Field) -> None:
        if field.data and not today() <= field.data <= today() + LONGEST_AHEAD:
            raise ValidationError(_l("Pilih tanggal dari hari ini sampai dua tahun mendatang."))

    return day_field(label, comes, needed=needed, **options)


class ReceivedMixin(StepForm):
    """What came on paper, by telephone or in person is entered with its true time of receipt."""

    received_at = MomentField(_l("Diterima pada (WIB)"), validators=[required(_l("Isi tanggal dan jam diterimanya."))])

    def validate_received_at(self, field: Field) -> None:
        received = as_utc(field)
        if received and received > utcnow() + CLOCKS_DIFFER:
            raise ValidationError(_l("Waktu penerimaan belum terjadi. Periksa tanggal dan jamnya."))
        if received and received < utcnow() - A_YEAR:
            raise ValidationError(_l("Waktu penerimaan lebih dari setahun yang lalu. Periksa tahunnya."))

    @property
    def received_utc(self) -> datetime:
        """Never after now: the browser's clock may be ahead."""
        return min(as_utc(self.received_at) or utcnow(), utcnow())
