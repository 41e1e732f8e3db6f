"""The visits of an installation in an officer's agenda: survey, installation, quality test, re-check (N3, N7, N9)."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import and_, or_, select

from models.base.db import db, utcnow
from models.base.wording import local
from models.installation.survey import Appointment, InstallationRequest
from models.organisation.staff import Staff
from models.tickets.listing.agenda import MOST, SOURCES, AgendaEntry, Window
from models.tickets.ticket import Ticket

LONG = timedelta(hours=2)  # of a survey
KIND_AT = {"testing": "test", "recheck": "recheck"}  # what the installers' visit has become, by where the ticket is


def visits(window: Window) -> list[AgendaEntry]:
    """Visits that are planned, and those that have been; one that is not needed any more is no appointment."""
    awaited = or_(
        and_(Appointment.purpose == "survey", Ticket.state == "survey"),
        and_(Appointment.purpose == "installation", Ticket.state.in_(("installation", *KIND_AT))),
    )
    query = (
        select(
            Ticket.id, Ticket.number, Ticket.subject, Ticket.state, Staff.name, Staff.id.label("staff_id"),
            Appointment.purpose, Appointment.starts_at, Appointment.ends_on,
            InstallationRequest.building, InstallationRequest.floor, InstallationRequest.room,
        )
        .join(Appointment, Appointment.ticket_id == Ticket.id)
        .join(Staff, Staff.id == Appointment.staff_id)
        .join(InstallationRequest, InstallationRequest.ticket_id == Ticket.id)
        .where(
            Appointment.is_current,
            Appointment.starts_at < window.ends,
            or_(Appointment.starts_at >= window.begins, Appointment.ends_on >= local(window.begins).date()),
            or_(awaited, Appointment.starts_at < utcnow()),
            window.is_theirs(Appointment.staff_id),
            window.seen,
        )
        .order_by(Appointment.starts_at, Appointment.id)
        .limit(MOST)
    )  # fmt: skip
    return [
        AgendaEntry(
            f"{row.purpose}-{row.number}-{row.staff_id}",
            KIND_AT.get(row.state, "installation") if row.purpose == "installation" else "survey",
            row.starts_at, row.starts_at + LONG, row.name,
            days=(local(row.starts_at).date(), row.ends_on) if row.ends_on else None,
            place=InstallationRequest(building=row.building, floor=row.floor, room=row.room).place,
            number=row.number, ticket_id=row.id, subject=row.subject,
        )
        for row in db.session.execute(query)
    ]  # fmt: skip


SOURCES.append(visits)
