"""Finds who is calling by whatever they say of themselves, and what they asked before, for the form that enters it.

Who asked before is found among the tickets that the staff may see; the register of units' contacts and, by the accounts
room, that of people are asked too. Nothing here is kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, false, func, or_, select
from sqlalchemy.orm import joinedload

from models.base.db import db
from models.base.phone import phone_or_none
from models.base.written import clean_line
from models.organisation.staff import Staff
from models.organisation.unit import Contact, Unit
from models.tickets.ticket import CHANNELS, Ticket, visible_to
from procedures.engine.declaration import Actor
from procedures.engine.take_step import StepRefused, take_step
from procedures.tickets.forget_identity import FORGOTTEN
from procedures.tickets.forms import EntryForm, NoteForm

SHORTEST = 3  # characters typed
MOST = 8  # people offered
MOST_TICKETS = 6
LOOKED_AT = 20_000  # of the newest tickets, where no index holds what is asked
NOTHING_TYPED = re.compile(r"[\s.\-()+/]+")


@dataclass(frozen=True)
class Caller:
    """Somebody known: from a ticket, a unit's contact or the register of people."""

    name: str
    phone: str = ""
    email: str = ""
    unit_id: int = 0
    detail: str = ""  # the unit, or the number in the register
    language: str = "id"
    href: str = ""  # the page where all of them is shown

    @property
    def phone_key(self) -> str:
        return phone_key(self.phone)

    def is_named(self, typed: str) -> bool:
        """Is this exactly who was meant: the whole address, the whole number?"""
        key = phone_key(typed)
        return bool(self.email and clean_line(typed).lower() == self.email.lower()) or bool(
            key and key == self.phone_key
        )


# What other rooms know of people: (the words typed, how many at most) -> callers.
SOURCES: list[Callable[[str, int], Iterable[Caller]]] = []


def phone_key(text: str) -> str:
    """The digits by which a number is the same however it is spelled, without the country's code or the zero."""
    found = phone_or_none(text)
    if found is None:
        return ""
    return found.digits.removeprefix("62").lstrip("0")


def callers(staff: Staff, typed: str) -> list[Caller]:
    """Those who may be meant, each once; who asked last stands first."""
    words = clean_line(typed)[:100]
    if len(words) < SHORTEST:
        return []
    found = [*_of_tickets(staff, words), *_contacts(words)]
    for source in SOURCES:
        found += source(words, MOST)
    known: dict[str | tuple[str, int | None], Caller] = {}
    for caller in found:
        keys: set[Any] = {caller.email.lower(), caller.phone_key} - {""} or {(caller.name.lower(), caller.unit_id)}
        if not any(key in known for key in keys):
            known |= dict.fromkeys(keys, caller)
    return list(dict.fromkeys(known.values()))[:MOST]


def is_by_name_alone(caller: Caller) -> bool:
    """Is a ticket theirs by nothing but the name?"""
    return not caller.email and not spaced_digits(caller.phone)


def asked_before(staff: Staff, caller: Caller, most: int = MOST_TICKETS, is_open: bool | None = None) -> list[Ticket]:
    """Their tickets that this person may see: open ones first, the newest first; or only open or ended ones."""
    same = _same(caller)
    if same is None:
        return []
    query = select(Ticket).where(visible_to(staff), same).options(joinedload(Ticket.assignee), joinedload(Ticket.group))
    if is_open is not None:
        query = query.where(Ticket.is_open.is_(is_open))
    query = query.order_by(Ticket.is_open.desc(), Ticket.id.desc()).limit(most)
    return list(db.session.scalars(query).unique())


def tickets_of_same(staff: Staff, caller: Caller) -> ColumnElement[bool]:
    """The condition that a ticket is of the very same requester, among those that this person may see.

    By the address, or without one by name and telephone together: a telephone alone may be an office's.
    """
    if caller.email:
        return and_(visible_to(staff), Ticket.requester_email == caller.email)
    if caller.name in ("", FORGOTTEN) or not caller.phone:
        return false()
    same = and_(Ticket.requester_name == caller.name, Ticket.requester_phone == caller.phone)
    recent = Ticket.id > select(func.coalesce(func.max(Ticket.id), 0) - LOOKED_AT).scalar_subquery()
    return and_(visible_to(staff), recent, same)


def open_in_unit(staff: Staff, unit_id: int, but: Iterable[int]) -> list[Ticket]:
    """Open complaints and outages of the same unit, which this call may be about."""
    if not unit_id:
        return []
    query = select(Ticket).where(
        visible_to(staff),
        Ticket.unit_id == unit_id,
        Ticket.is_open,
        Ticket.id.not_in(list(but)),
        Ticket.procedure.in_(("complaint", "network_outage", "server_outage")),
    )
    query = query.options(joinedload(Ticket.assignee), joinedload(Ticket.group))
    return list(db.session.scalars(query.order_by(Ticket.id.desc()).limit(MOST_TICKETS)).unique())


def note_call(ticket_id: int, by: Actor, form: EntryForm, once: str) -> None:
    """Put what a caller said on a ticket that is open already, as a note of the staff. Raises StepRefused."""
    if not form.description.validate(form):
        raise StepRefused(_("Tulis dahulu apa yang dikatakan penelepon."), "form", form)
    who = ", ".join(filter(None, (form.name.data, form.phone.data or form.email.data)))
    how = CHANNELS.get(form.channel.data, "")
    nobody = _("tanpa nama")
    words = f"{how}, {who or nobody}: {form.description.data}"
    take_step(ticket_id, "note", by, NoteForm(data={"text": words[:10_000]}), once=once)


def _of_tickets(staff: Staff, words: str) -> list[Caller]:
    pattern = f"%{_escaped(words)}%"
    matches = [
        Ticket.requester_name.ilike(pattern, escape="\\"),
        func.lower(Ticket.requester_email).like(pattern.lower(), escape="\\"),
    ]
    if spaced := spaced_digits(words):
        matches.append(Ticket.requester_phone.like(spaced))
    recent = Ticket.id > select(func.coalesce(func.max(Ticket.id), 0) - LOOKED_AT).scalar_subquery()
    columns = (
        Ticket.requester_name,
        Ticket.requester_phone,
        Ticket.requester_email,
        Ticket.unit_id,
        Unit.name,
        Ticket.language,
        Ticket.id,
    )
    query = select(*columns).outerjoin(Unit, Unit.id == Ticket.unit_id)
    query = query.where(recent, visible_to(staff), Ticket.requester_name.not_in(("", FORGOTTEN)), or_(*matches))
    rows = db.session.execute(query.order_by(Ticket.id.desc()).limit(MOST * 5))
    return [
        Caller(name, tel, mail, unit or 0, where or "", lang, f"/admin/profile/?id=t{ident}")
        for name, tel, mail, unit, where, lang, ident in rows
    ]


def _contacts(words: str) -> list[Caller]:
    pattern = f"%{_escaped(words)}%"
    matches = [Contact.name.ilike(pattern, escape="\\"), Contact.email.ilike(pattern, escape="\\")]
    if spaced := spaced_digits(words):
        matches.append(Contact.phone.like(spaced))
    query = select(Contact).where(Contact.is_active, or_(*matches)).options(joinedload(Contact.unit))
    found = db.session.scalars(query.order_by(Contact.name).limit(MOST)).unique()
    return [
        Caller(c.name, c.phone, c.email, c.unit_id, c.unit.name, c.language, f"/admin/profile/?id=c{c.id}")
        for c in found
    ]


def _same(caller: Caller) -> ColumnElement[bool] | None:
    """The condition that a ticket is of this caller, or None where nothing tells."""
    rules = []
    recent = Ticket.id > select(func.coalesce(func.max(Ticket.id), 0) - LOOKED_AT).scalar_subquery()
    if caller.email:
        rules.append(Ticket.requester_email == caller.email)
    if spaced := spaced_digits(caller.phone):
        rules.append(and_(recent, Ticket.requester_phone.like(spaced)))
    if not rules and caller.name not in ("", FORGOTTEN):
        rules.append(and_(recent, Ticket.requester_name == caller.name))
    return or_(*rules) if rules else None


def spaced_digits(text: str) -> str:
    """A LIKE pattern for a number whatever its spaces and hyphens; "" where it is no number or too short."""
    digits = NOTHING_TYPED.sub("", text)
    if not digits.isdecimal() or not digits.isascii():
        return ""
    digits = digits.removeprefix("62").lstrip("0") if len(digits) > 6 else digits.lstrip("0")
    return "%" + "%".join(digits) + "%" if 4 <= len(digits) <= 15 else ""


def _escaped(words: str) -> str:
    return words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
