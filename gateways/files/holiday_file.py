"""Reads the whole-day events of an iCalendar file (RFC 5545), for whoever takes holidays from another calendar."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING

from flask_babel import gettext as _

from models.base.written import clean_line

if TYPE_CHECKING:
    from icalendar import Component

MOST_BYTES = 1_000_000
MOST_EVENTS = 2_000
MOST_DAYS = 31  # of one event
LONGEST_NAME = 120
# What the library says of what is broken; OSError of a time zone that is a folder of the zones
UNREADABLE = (ValueError, KeyError, IndexError, TypeError, AttributeError, OSError)


class HolidayFileRefused(ValueError):
    """The file holds no calendar that can be read; the text says what to do."""


@dataclass(frozen=True)
class CalendarRead:
    """Days with their names in order, and how many events were left out because they repeat or are too long."""

    days: dict[date, str] = field(default_factory=dict)
    left_out: int = 0


def read_calendar(data: bytes, zone: tzinfo) -> CalendarRead:
    """The days of every event that is not cancelled; moments are days of `zone`. HolidayFileRefused otherwise."""
    from icalendar import Calendar  # noqa: PLC0415  # 80 modules, for this file alone

    if len(data) > MOST_BYTES:
        raise HolidayFileRefused(_("Berkas ini lebih dari 1 MB. Kalender hari libur tidak sebesar itu."))
    if b"BEGIN:VCALENDAR" not in data[:2000].upper():
        raise HolidayFileRefused(_("Ini bukan berkas iCalendar. Unduh kalendernya sebagai berkas .ics."))
    try:
        events = Calendar.from_ical(data.decode("utf-8-sig", errors="replace")).walk("VEVENT")
    except UNREADABLE:
        raise HolidayFileRefused(_("Berkas iCalendar ini rusak atau terpotong. Unduh sekali lagi.")) from None
    if len(events) > MOST_EVENTS:
        raise HolidayFileRefused(_("Lebih dari %(n)s acara. Ini bukan kalender hari libur.", n=MOST_EVENTS))
    found, left_out = dict[date, str](), 0
    for event in events:
        try:
            days = list(_days(event, zone))
        except (*UNREADABLE, OverflowError):  # a date that is none, or past the last year
            days = []
        if not days and str(event.get("STATUS", "")).upper() != "CANCELLED":
            left_out += 1
        for day in days:
            found.setdefault(day, _name(event))
    if not found:
        raise HolidayFileRefused(_("Tidak ada satu hari pun di berkas itu yang dapat dibaca."))
    return CalendarRead(dict(sorted(found.items())), left_out)


def _days(event: Component, zone: tzinfo) -> Iterator[date]:
    if "RRULE" in event or "RDATE" in event or str(event.get("STATUS", "")).upper() == "CANCELLED":
        return
    first, ends = _moment(event, "DTSTART"), _moment(event, "DTEND")
    if first is None:
        return
    begin = last = _day(first, zone)
    if isinstance(ends, datetime):
        last = _day(ends - timedelta(microseconds=1), zone)
    elif ends is not None:
        last = ends - timedelta(days=1)  # it names the day after the last one
    length = (max(last, begin) - begin).days + 1
    if length <= MOST_DAYS:
        yield from (begin + timedelta(days=n) for n in range(length))


def _moment(event: Component, name: str) -> date | datetime | None:
    value = getattr(event.get(name), "dt", None)
    return value if isinstance(value, date) else None


def _day(value: date | datetime, zone: tzinfo) -> date:
    if not isinstance(value, datetime):
        return value
    return (value if value.tzinfo else value.replace(tzinfo=zone)).astimezone(zone).date()


def _name(event: Component) -> str:
    name = "".join(c if c.isprintable() else " " for c in str(event.get("SUMMARY", "")))
    return " ".join(clean_line(name).split())[:LONGEST_NAME] or _("Hari libur")
