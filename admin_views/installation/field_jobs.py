"""Surveys, installations and tests to which an officer was sent, with the form of the visit (N4, N7, N9)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from sqlalchemy import and_, false, func, or_, select

from admin_views.tickets.field_work import FIELD, FieldJob, FieldPage
from models.base.db import db
from models.installation.survey import Appointment, InstallationRequest
from models.organisation.staff import Staff
from models.tickets.ticket import Ticket, visible_to

MOST = 50
FORMS = {
    "survey": FieldPage("/admin/survey/fill/", _l("Formulir survey")),
    "testing": FieldPage("/admin/quality_test/fill/", _l("Formulir uji")),
}
AFTER_INSTALLATION = ("installation", "testing", "recheck")  # who installed also tests and mends what failed


def visits_of(staff: Staff) -> list[FieldJob]:
    is_surveyor = and_(Appointment.purpose == "survey", Ticket.state == "survey")
    is_installer = and_(Appointment.purpose == "installation", Ticket.state.in_(AFTER_INSTALLATION))
    query = (
        select(
            Ticket.id, Ticket.number, Ticket.subject, Ticket.procedure, Ticket.state, Appointment.starts_at,
            InstallationRequest.building, InstallationRequest.floor, InstallationRequest.room,
            InstallationRequest.contact_name, InstallationRequest.contact_phone,
        )
        .join(Appointment, Appointment.ticket_id == Ticket.id)
        .join(InstallationRequest, InstallationRequest.ticket_id == Ticket.id)
        .where(
            Ticket.is_open,
            Appointment.is_current,
            Appointment.staff_id == staff.id,
            or_(is_surveyor, is_installer),
            func.coalesce(visible_to(staff), false()),
        )
        .order_by(Appointment.starts_at, Ticket.id)
        .limit(MOST)
    )  # fmt: skip
    return [
        FieldJob(
            row.id, row.number, row.subject, row.procedure, row.state, row.starts_at,
            InstallationRequest(building=row.building, floor=row.floor, room=row.room).place,
            row.contact_name, row.contact_phone, _pages(row.state, row.id),
        )
        for row in db.session.execute(query)
    ]  # fmt: skip


def _pages(state: str, ticket_id: int) -> tuple[FieldPage, ...]:
    form = FORMS.get(state)
    return (FieldPage(f"{form.href}{ticket_id}", form.label),) if form else ()


FIELD.append(visits_of)
