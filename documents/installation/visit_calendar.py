"""The surveyors' visit as a calendar file (RFC 5545), for their phones."""

from __future__ import annotations

from datetime import timedelta

from models.base.db import db
from models.installation.survey import appointed, request_of
from models.tickets.ticket import Ticket
from models.tickets.ticket_keys import status_url

LONG = timedelta(hours=2)


def visit_calendar(ticket_id: int) -> bytes | None:
    """The visit that is planned now, as a file for surveyors and contact; None when none is planned."""
    ticket = db.session.get_one(Ticket, ticket_id)
    crew = appointed(ticket, "survey")
    if not crew:
        return None
    from icalendar import Calendar, Event  # noqa: PLC0415  # 80 modules, for this file alone

    asked, first = request_of(ticket), crew[0]
    visit = Event()
    visit.add("uid", f"survey-{ticket.number}@pustikom")
    visit.add("sequence", first.id)
    visit.add("dtstamp", first.made_at)
    visit.add("dtstart", first.starts_at)
    visit.add("dtend", first.starts_at + LONG)
    visit.add("summary", f"Survey lapangan {ticket.number}")
    visit.add("location", asked.place)
    visit.add("description", f"Surveyor: {', '.join(one.staff.name for one in crew)}\n{status_url(ticket)}")
    calendar = Calendar()
    calendar.add("prodid", "-//Pustikom//Meja Layanan//ID")
    calendar.add("version", "2.0")
    calendar.add_component(visit)
    return bytes(calendar.to_ical())
