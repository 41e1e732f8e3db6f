"""Colleagues who are told what the requester is told: asked by a link to their address, until they or others end it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from flask import current_app
from sqlalchemy import ForeignKey, String, delete, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base.db import Base, db, utcnow
from models.base.retention import forgotten_before
from models.organisation.staff import Staff
from models.tickets.access_key import number_of_token
from models.tickets.ticket import Ticket
from models.tickets.ticket_keys import keys


class CopiedPerson(Base):
    """One address in copy of one ticket; before it is confirmed nothing but the question goes there."""

    __tablename__ = "copied_person"
    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str] = mapped_column(String(254), index=True)
    language: Mapped[str] = mapped_column(String(2), default="id")
    added_at: Mapped[datetime] = mapped_column(default=utcnow)
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"), index=True)  # None: the requester
    confirmed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ticket: Mapped[Ticket] = relationship()
    added_by: Mapped[Staff | None] = relationship()

    @property
    def is_reading(self) -> bool:
        """May the status page be read by this link now?"""
        return self.confirmed_at is not None and self.ended_at is None

    @property
    def link(self) -> str:
        """Where this person confirms, reads and ends it; derived anew each time, stored nowhere."""
        return f"{current_app.config['BASE_URL']}/salinan/{_token(self)}"

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>"


def copied_of(ticket_ids: Iterable[int]) -> list[CopiedPerson]:
    """Whoever is in copy of these tickets or was asked to be, in the order of asking."""
    query = select(CopiedPerson).where(CopiedPerson.ticket_id.in_(list(ticket_ids)), CopiedPerson.ended_at.is_(None))
    return list(db.session.scalars(query.order_by(CopiedPerson.id)).unique())


def copied_by_token(token: str) -> CopiedPerson | None:
    """The person whom this link was mailed to, unless it was ended."""
    head, _hyphen, ident = token.rpartition("-")
    if number_of_token(head) is None or not (ident.isascii() and ident.isdecimal() and len(ident) < 10):
        return None
    found = db.session.get(CopiedPerson, int(ident))
    if found is None or found.ended_at is not None or found.ticket.link_key_id not in keys():
        return None
    ticket = found.ticket
    return found if keys().is_copy_token(head, ticket.number, found.id, found.email, ticket.link_key_id) else None


def forget_unconfirmed() -> None:
    """Addresses that were asked and never answered go, inside the caller's transaction."""
    old = CopiedPerson.added_at < forgotten_before("copies")
    db.session.execute(delete(CopiedPerson).where(CopiedPerson.confirmed_at.is_(None), old))


def _token(person: CopiedPerson) -> str:
    ticket = person.ticket
    return f"{keys().copy_token(ticket.number, person.id, person.email, ticket.link_key_id)}-{person.id}"
