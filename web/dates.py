"""Writes days and moments in the language of whoever reads the page."""

from __future__ import annotations

from datetime import date, datetime

from flask_babel import get_locale

from models.base import wording


def spoken() -> str:
    return str(get_locale() or "id")


def on_date(moment: datetime | date) -> str:
    """19 November 2026; in English likewise, with English months."""
    return wording.on_date(moment, spoken())


def on_date_at(moment: datetime) -> str:
    """19 November 2026, 14.30 WIB."""
    return wording.on_date_at(moment, spoken())


def short_when(moment: datetime, now: datetime) -> str:
    """today, 14.30 WIB · 19 Nov, 14.30 WIB."""
    return wording.short_when(moment, now, spoken())
