"""Walks tickets to any state by real steps, as real people; tests start from what it returns."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from models.base.db import db
from models.organisation.staff import Staff
from models.tickets.category import Category
from models.tickets.ticket import Ticket
from procedures.engine import catalog
from procedures.engine.declaration import Actor
from procedures.engine.take_step import open_ticket, take_step
from tests.remembered import remembered

REQUESTER = Actor("requester", "Andi Saputra")


def as_staff(username: str) -> Actor:
    person = db.session.scalars(select(Staff).where(Staff.username == username)).unique().one()
    return Actor("staff", person.name, person)


def form_of(procedure: str, step: str, **fields: Any) -> Any:
    asks = catalog.get(procedure).steps[step].asks
    return asks(MultiDict({k: v for k, v in fields.items() if v is not None})) if asks else None


def category_id(name: str = "Wi-Fi dan internet") -> int:
    return db.session.scalars(select(Category.id).where(Category.name == name)).one()


def complaint_fields(**changes: Any) -> dict[str, Any]:
    fields = {
        "name": "Andi Saputra",
        "email": "andi@mhs.example",
        "phone": "0812-1111-2222",
        "unit": 0,
        "category": category_id(),
        "subject": "Wi-Fi perpustakaan tidak tersambung",
        "description": "Sejak Rabu sore Wi-Fi di lantai 2 tersambung tetapi portal tidak terbuka.",
    }
    return {**fields, **changes}


def file_complaint(nonce: str | None = None, **changes: Any) -> Ticket:
    form = form_of("complaint", "file_complaint", **complaint_fields(**changes))
    return open_ticket("complaint", "file_complaint", REQUESTER, form, nonce=nonce)


def take(ticket: Ticket, step: str, by: str | Actor, **fields: Any) -> Any:
    """Take a step as the named person of the cast (or as an actor)."""
    actor = as_staff(by) if isinstance(by, str) else by
    return take_step(ticket, step, actor, form_of(ticket.procedure, step, **fields))


@remembered
def complaint_at(state: str) -> Ticket:
    """A networking complaint in the given state, walked there by Tono and Andi."""
    ticket = file_complaint()
    if state == "with_group":
        return ticket
    take(ticket, "follow_up", "tono", text="Saya periksa titik aksesnya.")
    if state == "in_progress":
        return ticket
    if state in ("cancelled", "refused"):
        take(ticket, {"cancelled": "cancel", "refused": "refuse"}[state], "tono", reason="Diminta pemohon.")
        return ticket
    take(ticket, "resolve", "tono", cause="Titik akses mati.", solution="Titik akses dinyalakan kembali.")
    if state == "closed":
        take(ticket, "confirm", REQUESTER)
    return ticket
