"""Writes dates, times, durations, sizes and money for people, in Indonesian and English."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TypeAlias
from zoneinfo import ZoneInfo

from flask_babel import LazyString
from flask_babel import gettext as _

from models.base.db import utcnow

Words: TypeAlias = str | LazyString
"""A text for people: in the reader's language already, or put into it when it is shown."""

WIB = ZoneInfo("Asia/Jakarta")
# As CLDR has them; through Babel, a process that writes one date holds three megabytes of tables.
MONTHS = {
    "id": ["Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober",
           "November", "Desember"],
    "en": ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December"],
}  # fmt: skip
SHORT_MONTHS = {
    "id": ["Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des"],
    "en": ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
}
DAYS = {
    "id": ["Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu"],
    "en": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
}


def local(moment: datetime) -> datetime:
    """The moment on the centre's clock."""
    return moment.astimezone(WIB)


def today() -> date:
    """The day on the centre's clock; between midnight and 07.00 WIB it is not the day of UTC."""
    return local(utcnow()).date()


def day_begins(day: date) -> datetime:
    """Midnight of this day on the centre's clock, in UTC."""
    return datetime.combine(day, time(), WIB).astimezone(UTC)


def on_date(moment: datetime | date, language: str = "id") -> str:
    """19 November 2026."""
    day = _day_of(moment)
    return f"{day.day} {month_name(day, language)}"


def short_date(moment: datetime | date, language: str = "id") -> str:
    """19 Nov."""
    day = _day_of(moment)
    return f"{day.day} {SHORT_MONTHS[language][day.month - 1]}"


def day_name(moment: datetime | date, language: str = "id") -> str:
    """Kamis, 19 November 2026."""
    day = _day_of(moment)
    return f"{DAYS[language][day.weekday()]}, {on_date(day, language)}"


def month_name(day: date, language: str = "id") -> str:
    """November 2026."""
    return f"{MONTHS[language][day.month - 1]} {day.year:04}"


def _day_of(moment: datetime | date) -> date:
    """The day on the centre's clock."""
    return local(moment).date() if isinstance(moment, datetime) else moment


def at_time(moment: datetime, language: str = "id") -> str:
    """14.30 WIB."""
    return f"{local(moment):%H.%M} WIB"


def on_date_at(moment: datetime, language: str = "id") -> str:
    """19 November 2026, 14.30 WIB."""
    return f"{on_date(moment, language)}, {at_time(moment)}"


def short_when(moment: datetime, now: datetime, language: str = "id") -> str:
    """hari ini, 14.30 WIB · kemarin, 08.40 WIB · 19 Nov, 14.30 WIB."""
    days = (local(moment).date() - local(now).date()).days
    if days in (-1, 0, 1):
        day = (_("kemarin"), _("hari ini"), _("besok"))[days + 1]
        return f"{day}, {at_time(moment)}"
    year = "" if local(moment).year == local(now).year else f" {local(moment).year}"
    return f"{short_date(moment, language)}{year}, {at_time(moment)}"


def duration(span: timedelta) -> str:
    """2 hari · 3 jam 5 menit · 12 menit."""
    minutes = int(abs(span).total_seconds() // 60)
    if minutes >= 48 * 60:
        return _("%(n)s hari", n=minutes // 1440)
    if minutes >= 60:
        hours, rest = divmod(minutes, 60)
        return _("%(n)s jam", n=hours) + (" " + _("%(n)s menit", n=rest) if rest and hours < 10 else "")
    return _("%(n)s menit", n=max(minutes, 1))


def days_long(days: int) -> str:
    """10 tahun · 90 hari: how long something is kept; whole years of 365 days are said as years."""
    years, rest = divmod(days, 365)
    return _("%(n)s hari", n=days) if rest or not years else _("%(n)s tahun", n=years)


def hours_long(hours: float) -> str:
    """12 menit · 3 jam 5 menit · 52 jam: counted time, never in days, since a working day is not 24 hours."""
    minutes = round(hours * 60)
    if minutes < 60:
        return _("%(n)s menit", n=minutes)
    full, rest = divmod(minutes, 60)
    return _("%(n)s jam", n=full) + (" " + _("%(n)s menit", n=rest) if rest and full < 10 else "")


def time_left(due: datetime, now: datetime) -> str:
    """masih 3 jam · lewat 2 hari."""
    span = duration(due - now)
    return _("lewat %(span)s", span=span) if due < now else _("%(span)s lagi", span=span)


def rupiah(amount: int) -> str:
    """Rp27.000.000, as Indonesians write money; whole rupiah."""
    sign = "-" if amount < 0 else ""
    return f"{sign}Rp{abs(amount):,}".replace(",", ".")


def thousands(number: int, language: str = "id") -> str:
    """27.000; in English 27,000."""
    return f"{number:,}" if language == "en" else f"{number:,}".replace(",", ".")


def decimal(number: float, places: int, language: str = "id") -> str:
    """1.250,5; in English 1,250.5."""
    plain = f"{number:,.{places}f}"
    return plain if language == "en" else plain.translate(str.maketrans(",.", ".,"))


def file_size(size: int, language: str = "id") -> str:
    """214 kB · 1,2 MB · 25,2 GB; in English 1.2 MB."""
    if size < 1000:
        return f"{size} B"
    if size < 1_000_000:
        return f"{round(size / 1000)} kB"
    if size < 1_000_000_000:
        return f"{decimal(size / 1_000_000, 1, language)} MB"
    return f"{decimal(size / 1_000_000_000, 1, language)} GB"


def masked_name(name: str) -> str:
    """D**** A********: people outside are masked on public pages."""
    return " ".join(word[:1] + "*" * (len(word) - 1) for word in name.split())


def iso(moment: datetime) -> str:
    """For the datetime attribute of a time element."""
    return moment.astimezone(UTC).isoformat(timespec="seconds")
