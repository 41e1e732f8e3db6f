"""Reads the period that a report's address asks for."""

from __future__ import annotations

from datetime import date, timedelta

from flask import request
from flask_babel import gettext as _

from models.base.typed_date import BadDate, read_day
from models.base.wording import today

A_YEAR = timedelta(days=366)
TEN_YEARS = timedelta(days=3_653)


def period_asked(usual: timedelta, longest: timedelta = A_YEAR) -> tuple[date, date, str]:
    """First and last day (WIB) of `?first=…&last=…`, and a sentence where they can't be.

    Without any, or where they can't be, it is the days up to today, as many as `usual` and today.
    """
    here = today()
    try:
        last = read_day(request.args.get("last") or str(here))
        first = read_day(request.args.get("first") or str(last - usual))
        if first > last:
            return here - usual, here, _("Hari pertama harus sebelum hari terakhir.")
        if last - first > longest or not 2000 <= first.year <= 2100 or last.year > 2100:
            is_year = longest == A_YEAR
            words = _("Pilih masa paling lama satu tahun.") if is_year else _("Pilih masa paling lama sepuluh tahun.")
            return here - usual, here, words
    except BadDate as bad:
        return here - usual, here, str(bad)
    return first, last, ""
