"""After a leak: what was done from one login or one network address, when, and whose data that concerned.

Law 27/2022, article 46, gives 3 x 24 hours to tell them and the supervising body. The audit knows acts, exports and
opened proofs, not each page that was read: how many tickets the login could read stands beside it, as the worst case.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select

from models.accounts.person import Person
from models.base.db import db
from models.organisation.audit import AuditEntry
from models.organisation.staff import Staff
from models.tickets.ticket import Event, Ticket, visible_to


@dataclass(frozen=True)
class Concerned:
    """One person to be told: how they are called and reached, and because of which record."""

    name: str
    reached: str
    record: str


@dataclass(frozen=True)
class BreachReport:
    """Who, what, when."""

    since: datetime
    until: datetime
    acts: dict[str, int]
    first_at: datetime | None
    last_at: datetime | None
    people: list[Concerned]
    could_read: int | None  # tickets that the login may read; None where only an address is known


def breach_report(since: datetime, until: datetime, staff: Staff | None, ip: str = "") -> BreachReport:
    """Everything that is on record between two moments for a login, an address, or both together."""
    chosen = _chosen(AuditEntry, since, until, staff, ip)
    rows = (
        db.session.execute(select(AuditEntry.act, AuditEntry.at).where(chosen).order_by(AuditEntry.at)).tuples().all()
    )
    could = select(func.count()).select_from(Ticket).where(visible_to(staff))
    found = BreachReport(
        since,
        until,
        dict(Counter(act for act, _at in rows).most_common()),
        rows[0][1] if rows else None,
        rows[-1][1] if rows else None,
        sorted(set(_people(since, until, staff, ip)), key=lambda one: (one.name, one.record)),
        db.session.scalar(could) if staff is not None else None,
    )
    db.session.rollback()
    return found


def _chosen(
    model: type[AuditEntry] | type[Event], since: datetime, until: datetime, staff: Staff | None, ip: str
) -> ColumnElement[bool]:
    chosen = [model.at >= since, model.at < until]
    if staff is not None:
        chosen.append(model.staff_id == staff.id)
    if ip:
        chosen.append(model.ip == ip)
    return and_(*chosen)


def _people(since: datetime, until: datetime, staff: Staff | None, ip: str) -> Iterator[Concerned]:
    """The requesters of the tickets that were touched, and the people of the register that were opened or changed."""
    acts = _chosen(AuditEntry, since, until, staff, ip)
    of_kind = select(AuditEntry.object_id).where(acts)
    ids = [
        int(each) for each in db.session.scalars(of_kind.where(AuditEntry.object_kind == "Ticket")) if each.isdigit()
    ]
    touched = select(Event.ticket_id).where(_chosen(Event, since, until, staff, ip))
    tickets = select(Ticket).where(or_(Ticket.id.in_(ids), Ticket.id.in_(touched)), Ticket.forgotten_at.is_(None))
    for ticket in db.session.scalars(tickets).unique():
        reached = ticket.requester_email or ticket.requester_phone
        yield Concerned(ticket.requester_name, reached, ticket.number)
    people = [
        int(each) for each in db.session.scalars(of_kind.where(AuditEntry.object_kind == "Person")) if each.isdigit()
    ]
    for person in db.session.scalars(select(Person).where(Person.id.in_(people))).unique():
        yield Concerned(person.name, person.email or person.phone, f"Person {person.id}")
