"""What the accounts' room shows on the page of a person: accounts, and who it is in the register."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import joinedload

from admin_views.frame.page_parts import add_part
from admin_views.frame.permissions import may
from admin_views.frame.view import person
from admin_views.tickets.people import add_person_parts, caller_of_contact, caller_of_ticket
from models.accounts.account import Account
from models.accounts.person import Person
from models.base.columns.shown import Shown
from models.base.db import db
from models.organisation.unit import Contact
from procedures.tickets.callers import Caller

MOST = 20


def caller_of_person(row: Person) -> Caller:
    unit = row.unit.name if row.unit else ""
    return Caller(row.name, row.phone, row.email, row.unit_id or 0, unit)


def register_of(caller: Caller, but: int = 0) -> dict[str, Shown] | None:
    """Rows of the register of people with this address; a row is not told of itself (`but`)."""
    if not caller.email or not may(person(), "person", "details"):
        return None
    query = select(Person).where(func.lower(Person.email) == caller.email.lower(), Person.id != but)
    query = query.order_by(Person.id).limit(MOST)
    found = list(db.session.scalars(query).unique())
    return {"people": found} if found else None


def accounts_of(caller: Caller, person_id: int = 0) -> dict[str, Shown] | None:
    """Accounts that this person owns, or of which they are the technical contact."""
    if not may(person(), "account", "details"):
        return None
    rules: list[ColumnElement[bool]] = [Account.owner_id == person_id]
    if caller.email:
        same = caller.email.lower()
        rules.append(Account.owner_id.in_(select(Person.id).where(func.lower(Person.email) == same)))
        rules.append(Account.contact_id.in_(select(Contact.id).where(func.lower(Contact.email) == same)))
    query = select(Account).where(or_(*rules)).options(joinedload(Account.owner), joinedload(Account.unit))
    return {"accounts": list(db.session.scalars(query.order_by(Account.address).limit(MOST)).unique())}


def _add(view: str, caller_of: Callable[[Any], Caller], is_register: bool = False) -> None:
    register = "admin/accounts/person_register.html"
    add_part(view, register, lambda row: register_of(caller_of(row), row.id if is_register else 0))
    template = "admin/accounts/person_accounts.html"
    add_part(view, template, lambda row: accounts_of(caller_of(row), row.id if is_register else 0))


add_person_parts("person", caller_of_person)
_add("person", caller_of_person, is_register=True)
_add("contact", caller_of_contact)
_add("profile", caller_of_ticket)
