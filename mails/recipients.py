"""Finds the addresses behind a word such as "requester", or behind a role, for one ticket."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import bindparam, select

from models.base.bulk_insert import rows_of
from models.base.db import db
from models.organisation.roles import Role
from models.organisation.staff import GroupMember, Staff, staff_with
from models.organisation.unit import Contact
from models.tickets.merge import MERGED, merged_into, target_of
from models.tickets.ticket import Ticket


@dataclass(frozen=True)
class Recipient:
    """One address, with the name to greet and the language to write in."""

    email: str
    name: str = ""
    language: str = "id"
    is_staff: bool = False
    ticket: Ticket | None = None  # where it is not the ticket of the step: somebody tied to an outage
    is_affected: bool = False  # said "me too" of an outage, and has no ticket
    audience: str = ""  # the word of `tells` that led here
    detail: str = ""  # of which unit, by which complaint

    @property
    def why(self) -> str:
        """Why this person is told, in words."""
        return reason_words("affected" if self.is_affected else self.audience, self.detail)


@dataclass(frozen=True)
class Unreached:
    """Somebody who should be told and has no mail address; `ticket` where it is a tied requester."""

    name: str
    audience: str
    detail: str = ""
    phone: str = ""
    ticket: Ticket | None = None

    @property
    def why(self) -> str:
        return reason_words(self.audience, self.detail)


AUDIENCES: dict[str, Any] = {
    "it_managers": _l("Pengelola IT"),
    "requester": _l("Pelapor"),
    "unit": _l("Unit pemohon"),
    "affected": _l("Minta dikabari saat pulih"),
    "contact": _l("Kontak"),
    "member": _l("Anggota kelompok"),
    "assignee": _l("Petugas"),
}


def reason_words(audience: str, detail: str = "") -> str:
    """A word of `tells` for people, with the unit or the number that led to it."""
    word = AUDIENCES.get(audience) or (Role(audience).label if audience in set(Role) else audience)
    return f"{word} · {detail}" if detail else str(word)


# Procedures whose audiences are wider than one ticket's own people; None leaves it to the rules below.
WIDER: dict[str, Callable[[Ticket, str], list[Recipient] | None]] = {}
# Procedures that can say who of an audience has no address.
UNREACHED: dict[str, Callable[[Ticket, str], list[Unreached]]] = {}


def recipients(ticket: Ticket, audience: str, except_for: Staff | None = None, is_new: bool = False) -> list[Recipient]:
    """The addresses behind a word of a step's `tells`; who took the step is not told of it.

    Nothing is merged yet into a ticket that `is_new`.
    """
    if ticket.state == MERGED and audience in ("member", "assignee"):
        ticket = target_of(ticket.id) or ticket  # what is said on a merged ticket concerns whoever has the other
    wider = WIDER[ticket.procedure](ticket, audience) if ticket.procedure in WIDER else None
    if wider is not None:
        found = [to for to in wider if not (to.is_staff and except_for and to.email == except_for.email)]
    elif audience in ("requester", "unit"):
        own = Recipient(ticket.requester_email, ticket.requester_name, ticket.language)
        found = [*(() if is_new else _requesters_of_merged(ticket)), own]  # one address hears of its own ticket
    elif audience == "member":
        found = _members(ticket, except_for)
    elif audience == "assignee":
        person = ticket.assignee_id and ticket.assignee
        found = _members(ticket, except_for) if not person else [] if person is except_for else [_of(person)]
    elif audience in ("contact", "it_managers"):
        kinds = ("it_manager",) if audience == "it_managers" else ("technical", "it_manager", "head")
        found = [Recipient(c.email, c.name, c.language) for c in _contacts(ticket, kinds)]
    else:
        found = [_of(staff) for staff in staff_with(Role(audience)) if staff is not except_for]
    known = [replace(to, audience=audience) for to in found if to.email]
    return list({to.email.lower(): to for to in known}.values())


def unreached(ticket: Ticket, audience: str) -> list[Unreached]:
    """Who of this audience cannot be told by mail."""
    return UNREACHED[ticket.procedure](ticket, audience) if ticket.procedure in UNREACHED else []


def _of(staff: Staff) -> Recipient:
    return Recipient(staff.email, staff.name, staff.language, is_staff=True)


def _requesters_of_merged(ticket: Ticket) -> list[Recipient]:
    """The requesters of tickets merged into this one, each led to their own."""
    ids = [row.id for row in merged_into(ticket.id)] if ticket.id is not None else []
    joined = db.session.scalars(select(Ticket).where(Ticket.id.in_(ids)).order_by(Ticket.id)).unique() if ids else ()
    return [Recipient(t.requester_email, t.requester_name, t.language, ticket=t) for t in joined]


def _members(ticket: Ticket, except_for: Staff | None) -> list[Recipient]:
    people = rows_of(_of_group(), group=ticket.group_id)
    return [
        Recipient(person.email, person.name, person.language, is_staff=True)
        for person in people
        if except_for is None or person.id != except_for.id
    ]


@cache
def _of_group() -> Any:
    """Built once, for every complaint asks it."""
    query = select(Staff.id, Staff.email, Staff.name, Staff.language).join(GroupMember)
    return query.where(GroupMember.group_id == bindparam("group"), Staff.is_active).order_by(Staff.id)


def _contacts(ticket: Ticket, kinds: tuple[str, ...]) -> list[Contact]:
    query = select(Contact).where(Contact.unit_id == ticket.unit_id, Contact.kind.in_(kinds), Contact.is_active)
    return list(db.session.scalars(query.order_by(Contact.id)))
