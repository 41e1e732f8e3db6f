"""Reads the hours of a day as people write them, such as "08.00–11.30, 13.30–16.30", and writes them so."""

from __future__ import annotations

import re
from datetime import time

from flask_babel import gettext as _

from models.base.calendar import intervals_of
from models.base.written import clean_line, plain_marks

MOST = 6  # intervals a day
INTERVAL = re.compile(r"(\d{1,2})(?:[.:](\d{2}))?\s*(?:-|s/d|s\.d\.|sampai|to)\s*(\d{1,2})(?:[.:](\d{2}))?")
CLOSED = ("", "-", "tutup", "closed")


class BadHours(ValueError):
    """The text names no hours of a day; it says what to do."""


def read_hours(typed: str) -> str:
    """As the column SpecialHours.hours keeps them, in order; empty where it is closed. BadHours otherwise."""
    text = plain_marks(clean_line(typed)).strip().lower()
    if text in CLOSED:
        return ""
    found = sorted(_interval(part.strip()) for part in re.split(r"[,;]|\bdan\b|\band\b", text) if part.strip())
    if len(found) > MOST:
        raise BadHours(_("Paling banyak %(n)s bagian sehari.", n=MOST))
    for before, after in zip(found, found[1:], strict=False):
        if before[1] > after[0]:
            raise BadHours(
                _("%(one)s dan %(other)s bertumpang tindih. Pisahkan jamnya.", one=_words(before), other=_words(after))
            )
    return ",".join(f"{opens:%H:%M}-{closes:%H:%M}" for opens, closes in found)


def hours_in_words(hours: str) -> str:
    """What the column says, for people."""
    return ", ".join(_words(each) for each in intervals_of(hours)) or hours or _("Tutup")


def _interval(part: str) -> tuple[time, time]:
    read = INTERVAL.fullmatch(part)
    if read is None:
        raise BadHours(_("“%(part)s” bukan jam. Tulis seperti 08.00–11.30, 13.30–16.30.", part=part[:40]))
    hour, minute, until, past = (int(group or 0) for group in read.groups())
    if hour > 23 or until > 23 or minute > 59 or past > 59:
        raise BadHours(_("“%(part)s” tidak ada di jam. Sehari dari 00.00 sampai 23.59.", part=part[:40]))
    opens, closes = time(hour, minute), time(until, past)
    if opens >= closes:
        raise BadHours(_("“%(part)s” berakhir sebelum dimulai. Periksa jamnya.", part=part[:40]))
    return opens, closes


def _words(interval: tuple[time, time]) -> str:
    return f"{interval[0]:%H.%M}–{interval[1]:%H.%M}"
