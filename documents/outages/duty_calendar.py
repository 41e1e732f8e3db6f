"""A person's turns on duty as a calendar file (RFC 5545), for their phone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta

from models.base import setting
from models.base.db import utcnow
from models.base.wording import WIB
from models.outages.duty_turn import DutyTurn


def duty_calendar(turns: Iterable[DutyTurn]) -> bytes:
    """Each turn from when it changes on its day until it changes on the next."""
    from icalendar import Calendar, Event  # noqa: PLC0415  # 80 modules, for this file alone

    begins, calendar = time.fromisoformat(setting.get("duty_begins_at")), Calendar()
    calendar.add("prodid", "-//Pustikom//Meja Layanan//ID")
    calendar.add("version", "2.0")
    for turn in turns:
        event = Event()
        starts = datetime.combine(turn.day, begins, WIB)
        event.add("uid", f"duty-{turn.division}-{turn.day}@pustikom")
        event.add("dtstamp", utcnow())
        event.add("dtstart", starts)
        event.add("dtend", starts + timedelta(days=1))
        event.add("summary", f"Jaga {turn.division}")
        calendar.add_component(event)
    return bytes(calendar.to_ical())
