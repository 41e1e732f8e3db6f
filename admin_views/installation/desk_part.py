"""Surveys and installations of the coming days, beside the desk of everybody who may see those tickets."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import Row, and_, false, func, or_, select

from admin_views.tickets.desk.desk_parts import BESIDE, Beside, Visit
from models.base.db import db
from models.base.wording import day_begins
from models.installation.survey import Appointment, InstallationRequest
from models.organisation.staff import Staff
from models.tickets.ticket import Ticket, visible_to

MOST = 200  # appointments of a few days


def coming_visits(staff: Staff, days: list[date]) -> Beside:
    """Who goes where on these days, in one statement; an installation stands on every day until it is reported done."""
    first, after = (day_begins(day) for day in (days[0], days[-1] + timedelta(days=1)))
    is_installed = and_(Ticket.state == "installation", Appointment.purpose == "installation")
    goes_on = and_(is_installed, Appointment.ends_on >= days[0])
    query = (
        select(
            Appointment.ticket_id, Appointment.purpose, Appointment.starts_at, Staff.name,
            InstallationRequest.building, InstallationRequest.floor, InstallationRequest.room,
            InstallationRequest.points,
        )
        .join(Staff, Staff.id == Appointment.staff_id)
        .join(Ticket, Ticket.id == Appointment.ticket_id)
        .join(InstallationRequest, InstallationRequest.ticket_id == Appointment.ticket_id)
        .where(
            Appointment.is_current,
            Appointment.starts_at < after,
            or_(Appointment.starts_at >= first, goes_on),
            func.coalesce(visible_to(staff), false()),
        )
        .order_by(Appointment.starts_at, Appointment.id)
        .limit(MOST)
    )  # fmt: skip
    crews: dict[tuple[int, str, datetime], list[Row[int, str, datetime, str, str, str, str, int]]] = {}
    for row in db.session.execute(query):
        crews.setdefault((row.ticket_id, row.purpose, row.starts_at), []).append(row)
    return Beside(visits=tuple(_visit(rows) for rows in crews.values()))


def _visit(rows: list[Row[int, str, datetime, str, str, str, str, int]]) -> Visit:
    row = rows[0]
    place = ", ".join(part for part in (row.building, row.floor and _("lantai %(n)s", n=row.floor), row.room) if part)
    what = _("Survey: %(place)s", place=place) if row.purpose == "survey" else _("Pemasangan: %(place)s", place=place)
    points = _("%(n)s titik", n=row.points)
    return Visit(row.starts_at, what, f"{', '.join(each.name for each in rows)} · {points}", row.ticket_id)


BESIDE.append(coming_visits)
