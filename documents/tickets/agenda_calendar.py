"""An officer's appointments as a calendar (RFC 5545) that their own calendar program reads.

It leaves the house: of a ticket it says number, kind and place, and no word of a requester.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from flask import current_app

from models.base.db import utcnow
from models.tickets.listing.agenda import AgendaEntry


def agenda_calendar(entries: Iterable[AgendaEntry], title: str) -> bytes:
    """Each entry as an event; whole days where the entry has them."""
    from icalendar import Calendar, Event  # noqa: PLC0415  # 80 modules, for calendar files alone

    calendar = Calendar()
    calendar.add("prodid", "-//Pustikom//Meja Layanan//ID")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", title)
    calendar.add("refresh-interval;value=duration", "PT1H")
    for entry in entries:
        event = Event()
        event.add("uid", f"{entry.key}@pustikom")
        event.add("dtstamp", utcnow())
        if entry.days:
            event.add("dtstart", entry.days[0])
            event.add("dtend", entry.days[1] + timedelta(days=1))
        else:
            event.add("dtstart", entry.starts_at)
            event.add("dtend", entry.ends_at)
        event.add("summary", " ".join(part for part in (str(entry.label), entry.number) if part))
        if entry.place:
            event.add("location", entry.place)
        event.add("url", f"{current_app.config['BASE_URL']}{entry.href}")
        calendar.add_component(event)
    return bytes(calendar.to_ical())
