"""Whom an outage concerns: IT managers of affected units, requesters tied to it, staff sent to it."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select

from mails.recipients import SILENT, WIDER, Recipient, copy_recipient
from models.base.db import db
from models.organisation.roles import Division, Role
from models.organisation.staff import GroupMember, Staff
from models.organisation.unit import Contact
from models.outages.duty_turn import on_duty_now
from models.outages.it_manager import it_managers, managers_by_unit
from models.outages.open_outages import tied_to
from models.outages.outage import OUTAGE_PROCEDURES, Outage
from models.outages.outage_recipients import OutageRecipient
from models.tickets.copied_person import copied_of
from models.tickets.ticket import Ticket

# Outside working hours whoever is on duty stands for these; where nobody is, all of them are told.
NIGHT = {Role.STAFF_NETWORKING.value: Division.NETWORKING, Role.STAFF_SYSTEMS.value: Division.SYSTEMS}


def outage_recipients(ticket: Ticket, audience: str) -> list[Recipient] | None:
    """The addresses behind a word of `tells` for an outage; None where the ordinary rule holds."""
    if audience in NIGHT and (turn := on_duty_now(NIGHT[audience])) is not None and turn.email:
        return [Recipient(turn.email, turn.name, turn.language, is_staff=True, phone=turn.phone)]
    outage = db.session.get(Outage, ticket.id)
    if outage is None:
        return None
    if audience == "it_managers":
        before = [] if outage.is_open else _recipients_so_far(ticket)
        return [*before, *(_manager(person) for person in it_managers(_units(outage)))]
    if audience == "requester":
        return [*_tied(ticket), *_affected(outage)]
    if audience == "contact":
        service = outage.service
        return [Recipient(service.manager_email, service.manager_name, detail=service.name)] if service else []
    if audience == "assignee":
        return _at_work(ticket, outage)
    return None


def without_address(ticket: Ticket, audience: str) -> list[Recipient]:
    """Who of an outage's audience has no mail address, so that somebody can telephone instead."""
    outage = db.session.get(Outage, ticket.id)
    if outage is None:
        return []
    if audience == "it_managers":
        return _unreached_units(outage)
    if audience == "requester":
        silent = [each for each in [ticket, *tied_to([ticket.id])] if not each.requester_email and each.requester_name]
        return [Recipient("", t.requester_name, detail=t.number, phone=t.requester_phone, ticket=t) for t in silent]
    if audience == "contact" and outage.service and not outage.service.manager_email:
        service = outage.service
        return [Recipient("", service.manager_name or service.name, detail=service.name, phone=service.manager_phone)]
    if audience == "assignee":
        return [to for to in _at_work(ticket, outage) if not to.email]
    return []


def _at_work(ticket: Ticket, outage: Outage) -> list[Recipient]:
    people = outage.crew or ([ticket.assignee] if ticket.assignee else _members(ticket))
    return [Recipient(staff.email, staff.name, staff.language, is_staff=True, phone=staff.phone) for staff in people]


def _units(outage: Outage) -> dict[int, str]:
    units = {unit.id: unit.name for unit in outage.units}
    return units if outage.ticket.unit is None else {**units, outage.ticket.unit.id: outage.ticket.unit.name}


def _manager(person: Contact) -> Recipient:
    return Recipient(person.email, person.name, person.language, detail=person.unit.name)


def _recipients_so_far(ticket: Ticket) -> list[Recipient]:
    """L10b: who was told of the outage hears of its end, also where the unit's contact is another one by now."""
    return [
        Recipient(t.email, t.name, t.language, detail=t.detail) for t in OutageRecipient.of(ticket.id, "it_managers")
    ]


def _unreached_units(outage: Outage) -> list[Recipient]:
    names = _units(outage)
    found = []
    for unit_id, people in managers_by_unit(names).items():
        if not people:
            found.append(Recipient("", detail=names[unit_id]))
        elif not any(person.email for person in people):
            found += [Recipient("", person.name, detail=names[unit_id], phone=person.phone) for person in people]
    return found


def _tied(ticket: Ticket) -> list[Recipient]:
    """The outage's own requester and those of tied complaints, each led to their own ticket, with who is in copy."""
    tickets = {each.id: each for each in [ticket, *tied_to([ticket.id])]}
    copied = [(row, tickets[row.ticket_id]) for row in copied_of(tickets) if row.is_reading]
    return [
        *(
            Recipient(each.requester_email, each.requester_name, each.language, ticket=each, detail=each.number)
            for each in tickets.values()
            if each is not ticket or each.requester_email
        ),
        *(
            replace(copy_recipient(row.id, row.name, row.email, row.language), ticket=of, detail=of.number)
            for row, of in copied
        ),
    ]


def _affected(outage: Outage) -> list[Recipient]:
    return [Recipient(each.email, each.name, each.language, is_affected=True) for each in outage.affected]


def _members(ticket: Ticket) -> list[Staff]:
    query = select(Staff).join(GroupMember).where(GroupMember.group_id == ticket.group_id, Staff.is_active)
    return list(db.session.scalars(query.order_by(Staff.id)).unique())


for _procedure in OUTAGE_PROCEDURES:
    WIDER[_procedure] = outage_recipients
    SILENT[_procedure] = without_address
