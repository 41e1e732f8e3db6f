"""Outages to whose place an officer was sent (L7 to L9, W4), with the page of the device that failed."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from sqlalchemy import false, func, select

from admin_views.tickets.field_work import FIELD, FieldJob, FieldPage
from models.base.db import db
from models.organisation.staff import Staff
from models.outages.network import Node
from models.outages.outage import Outage, OutageCrew
from models.tickets.ticket import Ticket, visible_to

MOST = 50


def repairs_of(staff: Staff) -> list[FieldJob]:
    query = (
        select(
            Ticket.id, Ticket.number, Ticket.subject, Ticket.procedure, Ticket.state, Ticket.since_at,
            Node.id.label("node_id"), Node.building, Node.floor, Node.room,
        )
        .join(Outage, Outage.ticket_id == Ticket.id)
        .join(OutageCrew, OutageCrew.ticket_id == Ticket.id)
        .outerjoin(Node, Node.id == Outage.cause_node_id)
        .where(
            Ticket.is_open,
            Outage.ended_at.is_(None),
            OutageCrew.staff_id == staff.id,
            func.coalesce(visible_to(staff), false()),
        )
        .order_by(Ticket.since_at, Ticket.id)
        .limit(MOST)
    )  # fmt: skip
    return [
        FieldJob(
            row.id, row.number, row.subject, row.procedure, row.state, row.since_at,
            ", ".join(part for part in (row.building, row.floor, row.room) if part),
            pages=(FieldPage(f"/admin/node/details/?id={row.node_id}", _l("Perangkat")),) if row.node_id else (),
        )
        for row in db.session.execute(query)
    ]  # fmt: skip


FIELD.append(repairs_of)
