"""An officer's appointments for their own calendar program, behind an address that its owner can revoke."""

from __future__ import annotations

from datetime import timedelta

from flask import Response
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _

from documents.tickets.agenda_calendar import agenda_calendar
from doors.blueprint import doors
from models.base import setting
from models.base.counter import count_up
from models.base.db import keep_house, utcnow
from models.organisation.calendar_feed import CalendarFeed
from models.tickets.listing.agenda import Window, agenda_of
from web.reader import network
from web.wait_page import wait_page

BACK, AHEAD = timedelta(days=31), timedelta(days=366)
AN_HOUR = 60  # readings of one address; calendar programs ask a few times a day


@doors.get("/agenda/<token>.ics")
def agenda_feed(token: str) -> ResponseReturnValue:
    """Own appointments by the row rule of this moment; 404 where the address was revoked or its owner has left."""
    feed = CalendarFeed.found(token)
    if feed is None:
        return _unknown_address()
    if _count(feed) > AN_HOUR:
        return wait_page(_("Kalender ini terlalu sering dibaca."))
    staff, now = feed.staff, utcnow()
    with force_locale(staff.language):
        entries = agenda_of(Window(staff, (staff.id,), now - BACK, now + AHEAD))
        data = agenda_calendar(entries, _("Agenda %(name)s", name=staff.name))
    return Response(data, mimetype="text/calendar", headers={"Cache-Control": "private, no-store"})


def _count(feed: CalendarFeed) -> int:
    """How often this address was read in this hour; a reading that cannot be counted is answered all the same."""

    def count() -> int:
        feed.read_at = utcnow()
        return count_up(f"agenda:{feed.staff_id}")

    return keep_house(count) or 0


def _unknown_address() -> ResponseReturnValue:
    """One answer to every address that is none; a network that tries many must wait, and known ones still answer."""
    seen = keep_house(lambda: count_up(f"unknown-link:{network()}"))
    if (seen or 0) > int(setting.get("unknown_numbers_per_hour")):
        return wait_page(_("Terlalu banyak tautan yang tidak kami kenal dari jaringan Anda."))
    return {"error": "no such calendar"}, 404
