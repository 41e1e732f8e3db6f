"""Whom an outage concerns: IT managers of every affected unit, requesters tied to it, those sent; it writes no mail."""

from __future__ import annotations

from sqlalchemy import select

from mails.recipients import WIDER, Recipient
from models.db import db
from models.incident import OUTAGE_PROCEDURES, Outage, it_managers, tied_to
from models.staff import GroupMember, Staff
from models.ticket import Ticket


def outage_recipients(ticket: Ticket, audience: str) -> list[Recipient] | None:
    """The addresses behind a word of `tells` for an outage; None where the ordinary rule holds."""
    outage = db.session.get(Outage, ticket.id)
    if outage is None:
        return None
    if audience == "it_managers":
        units = {unit.id for unit in outage.units} | ({ticket.unit_id} if ticket.unit_id else set())
        return [Recipient(person.email, person.name, person.language) for person in it_managers(units)]
    if audience == "requester":
        return [*_tied(ticket), *_affected(outage)]
    if audience == "contact":
        service = outage.service
        return [Recipient(service.manager_email, service.manager_name)] if service else []
    if audience == "assignee":
        people = outage.crew or ([ticket.assignee] if ticket.assignee else _members(ticket))
        return [Recipient(staff.email, staff.name, staff.language, is_staff=True) for staff in people]
    return None


def _tied(ticket: Ticket) -> list[Recipient]:
    """The outage's own requester and those of tied complaints, each led to their own ticket."""
    own = [ticket] if ticket.requester_email else []
    return [
        Recipient(each.requester_email, each.requester_name, each.language, ticket=each)
        for each in [*own, *tied_to([ticket.id])]
    ]


def _affected(outage: Outage) -> list[Recipient]:
    return [Recipient(each.email, each.name, each.language, is_affected=True) for each in outage.affected]


def _members(ticket: Ticket) -> list[Staff]:
    query = select(Staff).join(GroupMember).where(GroupMember.group_id == ticket.group_id, Staff.is_active)
    return list(db.session.scalars(query.order_by(Staff.id)).unique())


for _procedure in OUTAGE_PROCEDURES:
    WIDER[_procedure] = outage_recipients
