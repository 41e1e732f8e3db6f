"""What the tickets' room shows on the page of a person or a unit: roles in units, tickets, letters.

Every row is asked by the reader's own rights: a ticket that they may not see is neither listed nor counted.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, false, func, or_, select
from sqlalchemy.orm import joinedload

from admin_views.frame.page_parts import add_part
from admin_views.frame.permissions import may
from admin_views.frame.view import person
from models.base.columns.shown import Shown
from models.base.db import db
from models.organisation.unit import Contact, Unit
from models.tickets.letter import RequestLetter
from models.tickets.ticket import Ticket, visible_to
from procedures.engine.take_step import state_of
from procedures.tickets.callers import Caller, asked_before, is_by_name_alone, spaced_digits

MOST_TICKETS = 12  # open ones, and as many that ended
MOST_LETTERS = 6
MOST_ROLES = 20


def caller_of_contact(contact: Contact) -> Caller:
    return Caller(contact.name, contact.phone, contact.email, contact.unit_id, contact.unit.name, contact.language)


def caller_of_ticket(ticket: Ticket) -> Caller:
    unit = ticket.unit.name if ticket.unit else ""
    return Caller(
        ticket.requester_name, ticket.requester_phone, ticket.requester_email, ticket.unit_id or 0, unit,
        ticket.language,
    )  # fmt: skip


def roles_in_units(caller: Caller, but: int = 0) -> dict[str, Shown] | None:
    """Where this address or number is a unit's contact; a row of the register is not told of itself (`but`)."""
    if not may(person(), "contact", "details"):
        return None
    rules: list[ColumnElement[bool]] = [func.lower(Contact.email) == caller.email.lower()] if caller.email else []
    if pattern := spaced_digits(caller.phone):
        rules.append(Contact.phone.like(pattern))
    query = select(Contact).where(or_(false(), *rules), Contact.id != but).options(joinedload(Contact.unit))
    query = query.order_by(Contact.is_active.desc(), Contact.id).limit(MOST_ROLES)
    return {"roles": list(db.session.scalars(query).unique()) if rules else []}


def tickets_of_person(caller: Caller) -> dict[str, Shown] | None:
    """What they asked: what is open, and what has ended, each the newest first."""
    staff = person()
    if not may(staff, "ticket", "list"):
        return None
    still = asked_before(staff, caller, MOST_TICKETS + 1, is_open=True)
    past = asked_before(staff, caller, MOST_TICKETS + 1, is_open=False)
    return {
        "tickets": still[:MOST_TICKETS],
        "past": past[:MOST_TICKETS],
        "has_more": max(len(still), len(past)) > MOST_TICKETS,
        "search": caller.email or caller.phone or caller.name,
        "is_by_name": is_by_name_alone(caller),
        "state_of": state_of,
    }


def tickets_of_unit(unit: Unit) -> dict[str, Shown] | None:
    """The unit's open tickets, the newest first."""
    staff = person()
    if not may(staff, "ticket", "list"):
        return None
    query = select(Ticket).where(visible_to(staff), Ticket.unit_id == unit.id, Ticket.is_open)
    query = query.options(joinedload(Ticket.assignee), joinedload(Ticket.group))
    query = query.order_by(Ticket.created_at.desc(), Ticket.id.desc()).limit(MOST_TICKETS + 1)
    found = list(db.session.scalars(query).unique())
    return {
        "tickets": found[:MOST_TICKETS], "has_more": len(found) > MOST_TICKETS, "unit": unit, "state_of": state_of,
    }  # fmt: skip


def letters_of_unit(unit: Unit) -> dict[str, Shown] | None:
    """The unit's letters, the newest first; each leads to its ticket."""
    staff = person()
    if not may(staff, "request_letter", "list"):
        return None
    query = select(RequestLetter).join(Ticket).where(Ticket.unit_id == unit.id, visible_to(staff))
    query = query.order_by(RequestLetter.dated_on.desc(), RequestLetter.id.desc()).limit(MOST_LETTERS)
    return {"letters": list(db.session.scalars(query.options(joinedload(RequestLetter.ticket))).unique())}


def add_person_parts(view: str, caller_of: Callable[[Any], Caller], is_contact: bool = False) -> None:
    """Roles and tickets, on every page that is about a person."""
    roles = "admin/tickets/person_roles.html"
    add_part(view, "admin/tickets/person_tickets.html", lambda row: tickets_of_person(caller_of(row)))
    add_part(view, roles, lambda row: roles_in_units(caller_of(row), row.id if is_contact else 0))


add_person_parts("contact", caller_of_contact, is_contact=True)
add_person_parts("profile", caller_of_ticket)
add_part("unit", "admin/tickets/unit_tickets.html", tickets_of_unit)
add_part("unit", "admin/tickets/unit_letters.html", letters_of_unit)
