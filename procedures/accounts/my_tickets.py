"""The row rule of requesters who sign in through the campus: own tickets, found by what the campus proved.

What proves an address:
 1. an issuer's mail address that it says to have verified;
 2. the number of the register, told by the claim that the configuration names: then the address of the register's row,
    and of that person's own accounts;
 3. a login of the directory: the addresses of the account of that name and of the person who owns it.
An address that nobody verified proves nothing, and an account of a unit is nobody's own (security.md S20).
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, select

from models.accounts.account import Account
from models.accounts.person import Person
from models.base.db import db
from models.tickets.ticket import Ticket

MOST_SHOWN = 100  # tickets, the newest


def addresses_of_issuer(mail: str, is_verified: bool, number: str) -> list[str]:
    """The addresses that are this person's, as the issuer and the register say; none where nothing is proved."""
    found = [mail.strip().lower()] if is_verified and mail.strip() else []
    return _once([*found, *_of_person(Person.number == number.strip())] if number.strip() else found)


def addresses_of_login(login: str) -> list[str]:
    """The addresses of whoever proved to be this login of the directory."""
    query = select(Account.owner_id).where(Account.login == login.strip().lower(), Account.state == "active")
    owner = db.session.scalars(query.where(Account.owner_id.is_not(None))).one_or_none()
    return _once(_of_person(Person.id == owner)) if owner is not None else []


def is_theirs(addresses: list[str]) -> ColumnElement[bool]:
    """The row rule: tickets that name one of these addresses and hold still what was asked; none for no address."""
    return Ticket.requester_email.in_(addresses) & Ticket.forgotten_at.is_(None)


def tickets_of_addresses(addresses: list[str]) -> list[Ticket]:
    """Their tickets, the newest first."""
    query = select(Ticket).where(is_theirs(addresses)).order_by(Ticket.id.desc()).limit(MOST_SHOWN)
    return list(db.session.scalars(query).unique()) if addresses else []


def ticket_of_addresses(number: str, addresses: list[str]) -> Ticket | None:
    """One of them by its number; None where it is somebody else's or none."""
    query = select(Ticket).where(Ticket.number == number, is_theirs(addresses))
    return db.session.scalars(query).unique().one_or_none() if addresses else None


def _of_person(which: ColumnElement[bool]) -> list[str]:
    person = db.session.scalars(select(Person).where(which)).one_or_none()
    if person is None:
        return []
    own = select(Account.address).where(Account.owner_id == person.id, Account.state == "active")
    return [person.email, *db.session.scalars(own)]


def _once(addresses: list[str]) -> list[str]:
    """As typed and in small letters, since tickets keep what was typed."""
    return sorted({form for each in addresses if each.strip() for form in (each.strip(), each.strip().lower())})
