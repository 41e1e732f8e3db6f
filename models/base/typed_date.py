"""Reads a day, or a day and time on the centre's clock, as people here write them, for every form and import.

The day stands before the month: 20/11/2026, 20-11-2026, 20 November 2026, Jumat, 20 Nov 2026; a browser's 2026-11-20
as well. What cannot be such a day is refused, never turned around.
"""

from __future__ import annotations

import re
from datetime import date, datetime

from flask_babel import gettext as _

from models.base.wording import WIB
from models.base.written import plain_marks

EARLIEST, LATEST = 1900, 2199
MONTHS = (
    ("januari", "january"), ("februari", "february", "pebruari"), ("maret", "march"), ("april",), ("mei", "may"),
    ("juni", "june"), ("juli", "july"), ("agustus", "august", "agt", "ags"), ("september",), ("oktober", "october"),
    ("november", "nopember"), ("desember", "december"),
)  # fmt: skip
DAYS = "senin|selasa|rabu|kamis|jum'?at|sabtu|minggu|ahad|mon|tues?|wed(nes)?|thu(rs)?|fri|sat(ur)?|sun"

_DAY_NAME = re.compile(rf"^(?:hari )?(?:{DAYS})(?:day)?\.?[\s,]+", re.IGNORECASE)
_YEAR_FIRST = re.compile(r"(\d{4})\s?([-/.])\s?(\d{1,2})\s?\2\s?(\d{1,2})")
_DAY_FIRST = re.compile(r"(\d{1,2})\s?([-/. ])\s?(\d{1,2})\s?\2\s?(\d{4}|\d{2})")
_NAMED = re.compile(r"(\d{1,2})[\s./-]*([^\W\d]{3,9})\.?[\s,./-]*'?(\d{4}|\d{2})")
_MONTH_FIRST = re.compile(r"([^\W\d]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?[\s,]+(\d{4})")
_TIME = re.compile(
    r"(?P<day>.*?)(?:\s*,\s*|\s+|[Tt](?=\d))(?:(?:pukul|pkl|jam)\.?\s*)?"
    r"(?P<hour>\d{1,2})(?P<between>[.:])(?P<minute>\d{2})(?:[.:](?P<second>\d{2})(?:\.\d+)?)?\s*(?P<zone>[A-Za-z+]\S*)?"
)


class BadDate(ValueError):
    """What was typed is no day; the message is a sentence for the person who typed it."""


def read_day(text: str) -> date:
    """The day that was typed; BadDate with a sentence otherwise."""
    plain = _DAY_NAME.sub("", plain_marks(text).strip(" ,."))
    if found := _YEAR_FIRST.fullmatch(plain):
        return _day(text, found[1], int(found[3]), found[4])
    if found := _DAY_FIRST.fullmatch(plain):
        return _day(text, found[4], int(found[3]), found[1])
    if found := _NAMED.fullmatch(plain):
        return _day(text, found[3], _month(found[2], text), found[1])
    if found := _MONTH_FIRST.fullmatch(plain):
        return _day(text, found[3], _month(found[1], text), found[2])
    raise BadDate(_says(text))


def read_moment(text: str) -> datetime:
    """The day and time that were typed, on the centre's clock (aware, WIB); BadDate with a sentence otherwise."""
    found = _TIME.fullmatch(plain_marks(text).strip(" ,."))
    if found is None:
        raise BadDate(_("Tulis tanggal dan jamnya, misalnya 20/11/2026 14.30."))
    if (found["zone"] or "WIB").upper().rstrip(".") != "WIB":
        raise BadDate(_("Tulis jamnya dalam WIB, misalnya 20/11/2026 14.30."))
    day = read_day(found["day"])
    hour, minute, second = int(found["hour"]), int(found["minute"]), int(found["second"] or 0)
    if hour > 23 or minute > 59 or second > 59:
        raise BadDate(_("Jam %(hour)s.%(minute)s tidak ada. Tulis antara 00.00 dan 23.59.",
                        hour=found["hour"], minute=found["minute"]))  # fmt: skip
    return datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=WIB)


def day_as_typed(day: date | str | None) -> str:
    """20/11/2026, as a box shows it whatever language the browser speaks; what is typed and is no day stays so."""
    if isinstance(day, str):
        try:
            day = read_day(day) if day else None
        except BadDate:
            return str(day)
    return f"{day:%d/%m/%Y}" if day else ""


def moment_as_typed(moment: datetime | None) -> str:
    """20/11/2026 14.30 of a time on the centre's clock; "" without one."""
    return f"{moment:%d/%m/%Y %H.%M}" if moment else ""


def _month(word: str, text: str) -> int:
    for number, names in enumerate(MONTHS, 1):
        if any(name.startswith(word.casefold()) for name in names):
            return number
    raise BadDate(_says(text))


def _day(text: str, year: str, month: int, day: str) -> date:
    full = int(year) if len(year) == 4 else 2000 + int(year)
    if not EARLIEST <= full <= LATEST:
        raise BadDate(_("Tahun %(year)s tidak mungkin. Periksa tahunnya.", year=full))
    if month > 12 and 0 < int(day) <= 12:
        turned = f"{month:02d}/{int(day):02d}/{full}"
        raise BadDate(_("Bulan ke-%(month)s tidak ada. Tulis hari lebih dulu, mis. %(turned)s.",
                        month=month, turned=turned))  # fmt: skip
    try:
        return date(full, month, int(day))
    except ValueError:
        raise BadDate(_("Tanggal “%(text)s” tidak ada di kalender. Periksa hari dan bulannya.",
                        text=plain_marks(text)[:40])) from None  # fmt: skip


def _says(text: str) -> str:
    return _("“%(text)s” tidak terbaca sebagai tanggal. Tulis seperti 20/11/2026.", text=plain_marks(text)[:40])
