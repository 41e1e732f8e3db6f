"""To whom a word such as "requester" or a role leads for one ticket; it writes no mail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select

from models.db import db
from models.staff import GroupMember, Role, Staff, staff_with
from models.ticket import Ticket
from models.unit import Contact


@dataclass(frozen=True)
class Recipient:
    """One address, with the name to greet and the language to write in."""

    email: str
    name: str = ""
    language: str = "id"
    is_staff: bool = False
    ticket: Ticket | None = None  # where it is not the ticket of the step: somebody tied to an outage
    is_affected: bool = False  # said "me too" of an outage, and has no ticket


# Procedures whose audiences are wider than one ticket's own people; None leaves it to the rules below.
WIDER: dict[str, Callable[[Ticket, str], list[Recipient] | None]] = {}


def recipients(ticket: Ticket, audience: str, except_for: Staff | None = None) -> list[Recipient]:
    """The addresses behind a word of a step's `tells`; who took the step is not told of it."""
    wider = WIDER[ticket.procedure](ticket, audience) if ticket.procedure in WIDER else None
    if wider is not None:
        found = [to for to in wider if not (to.is_staff and except_for and to.email == except_for.email)]
    elif audience in ("requester", "unit"):
        found = [Recipient(ticket.requester_email, ticket.requester_name, ticket.language)]
    elif audience == "member":
        found = [_of(staff) for staff in _members(ticket) if staff is not except_for]
    elif audience == "assignee":
        people = [ticket.assignee] if ticket.assignee else _members(ticket)
        found = [_of(staff) for staff in people if staff is not except_for]
    elif audience in ("contact", "it_managers"):
        kinds = ("it_manager",) if audience == "it_managers" else ("technical", "it_manager", "head")
        found = [Recipient(c.email, c.name, c.language) for c in _contacts(ticket, kinds)]
    else:
        found = [_of(staff) for staff in staff_with(Role(audience)) if staff is not except_for]
    return list({r.email.lower(): r for r in found if r.email}.values())


def _of(staff: Staff) -> Recipient:
    return Recipient(staff.email, staff.name, staff.language, is_staff=True)


def _members(ticket: Ticket) -> list[Staff]:
    query = select(Staff).join(GroupMember).where(GroupMember.group_id == ticket.group_id, Staff.is_active)
    return list(db.session.scalars(query.order_by(Staff.id)).unique())


def _contacts(ticket: Ticket, kinds: tuple[str, ...]) -> list[Contact]:
    query = select(Contact).where(Contact.unit_id == ticket.unit_id, Contact.kind.in_(kinds), Contact.is_active)
    return list(db.session.scalars(query.order_by(Contact.id)))
