"""The letters that units send and what the head writes on them: request letters and dispositions.

Shared by N (a new network installation) and E (e-mail for a unit); the scan is an attachment of the ticket.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text, and_, or_, select
from sqlalchemy.orm import Mapped, aliased, joinedload, mapped_column, relationship

from models.base.db import Base, db, utcnow
from models.organisation.roles import DIVISION_LABELS, Division
from models.organisation.staff import Staff
from models.tickets.letter_number import letter_key
from models.tickets.ticket import Attachment, Ticket

CANCELLED = "cancelled"  # such a ticket's letter may come again


class RequestLetter(Base):
    """A unit's letter (N1, E1): signed by its head, or signed by another and acknowledged by the head."""

    __tablename__ = "request_letter"
    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), unique=True)
    agenda_number: Mapped[str | None] = mapped_column(String(60), unique=True)  # of the register of incoming letters
    number: Mapped[str] = mapped_column(String(80))
    dated_on: Mapped[date] = mapped_column(index=True)
    subject: Mapped[str] = mapped_column(String(200))
    signed_by: Mapped[str] = mapped_column(String(120))
    signed_as: Mapped[str] = mapped_column(String(120))  # the signatory's position
    acknowledged_by: Mapped[str] = mapped_column(String(120), default="")  # "mengetahui"; empty: the head signed
    acknowledged_as: Mapped[str] = mapped_column(String(120), default="")
    received_at: Mapped[datetime] = mapped_column(default=utcnow)
    scan_id: Mapped[int | None] = mapped_column(ForeignKey("attachment.id"))
    ticket: Mapped[Ticket] = relationship()
    scan: Mapped[Attachment | None] = relationship()
    dispositions: Mapped[list[Disposition]] = relationship(back_populates="letter", order_by="Disposition.id")

    def __str__(self) -> str:
        return self.number


def same_letters(unit_id: int | None, number: str, dated_on: date) -> list[RequestLetter]:
    """The unit's letters of this number, however it is spelled, and date; oldest first, without cancelled tickets."""
    query = select(RequestLetter).join(Ticket).where(RequestLetter.dated_on == dated_on, Ticket.unit_id == unit_id)
    query = query.where(Ticket.state != CANCELLED).options(joinedload(RequestLetter.ticket))
    letters = db.session.scalars(query.order_by(RequestLetter.received_at, RequestLetter.id)).unique()
    return [letter for letter in letters if letter_key(letter.number) == letter_key(number)]


def letters_of_day(ticket: Ticket, *more: Any) -> Any:
    """A SELECT of the ticket's letter and of those that the same unit wrote on the same day, in one statement.

    `more` are classes whose row of the same ticket stands beside the letter, if there is one.
    """
    first = aliased(RequestLetter)
    own = select(first.dated_on).where(first.ticket_id == ticket.id).scalar_subquery()
    likely = and_(RequestLetter.dated_on == own, Ticket.unit_id == ticket.unit_id, Ticket.state != CANCELLED)
    query = select(RequestLetter, *more).select_from(RequestLetter).join(Ticket, Ticket.id == RequestLetter.ticket_id)
    for kind in more:
        query = query.outerjoin(kind, kind.ticket_id == RequestLetter.ticket_id)
    loads = joinedload(RequestLetter.ticket).lazyload("*"), joinedload(RequestLetter.dispositions)
    return query.where(or_(RequestLetter.ticket_id == ticket.id, likely)).options(*loads).order_by(RequestLetter.id)


def own_and_twins(ticket: Ticket, letters: Sequence[RequestLetter]) -> tuple[RequestLetter | None, list[RequestLetter]]:
    """Of such letters the ticket's own, and the same letter on other tickets."""
    own = next((letter for letter in letters if letter.ticket_id == ticket.id), None)
    if own is None:
        return None, []
    key = letter_key(own.number)
    return own, [letter for letter in letters if letter is not own and letter_key(letter.number) == key]


class Disposition(Base):
    """The head's written instruction on a letter (N2, E3a), or its way onward from a head to staff."""

    __tablename__ = "disposition"
    id: Mapped[int] = mapped_column(primary_key=True)
    letter_id: Mapped[int] = mapped_column(ForeignKey("request_letter.id"), index=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("disposition.id"))  # the one it passes on
    agenda_number: Mapped[str | None] = mapped_column(String(60), unique=True)
    made_by_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    on_behalf_of: Mapped[str] = mapped_column(String(200), default="")
    to_division: Mapped[str] = mapped_column(String(20), default="")
    to_staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    instruction: Mapped[str] = mapped_column(Text)
    target_on: Mapped[date | None]
    made_at: Mapped[datetime] = mapped_column(default=utcnow)
    is_on_paper: Mapped[bool] = mapped_column(default=False)  # signed on paper, entered by the operator
    confirmed_at: Mapped[datetime | None]  # by the head who signed on paper
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    scan_id: Mapped[int | None] = mapped_column(ForeignKey("attachment.id"))
    letter: Mapped[RequestLetter] = relationship(back_populates="dispositions")
    parent: Mapped[Disposition | None] = relationship(remote_side="Disposition.id")
    made_by: Mapped[Staff] = relationship(foreign_keys=made_by_id)
    to_staff: Mapped[Staff | None] = relationship(foreign_keys=to_staff_id)
    confirmed_by: Mapped[Staff | None] = relationship(foreign_keys=confirmed_by_id)
    scan: Mapped[Attachment | None] = relationship()

    def __str__(self) -> str:
        return self.addressee

    @property
    def is_confirmed(self) -> bool:
        return not self.is_on_paper or self.confirmed_at is not None

    @property
    def addressee(self) -> str:
        """Whom the instruction goes to, for lists and the printed sheet."""
        if self.to_staff is not None:
            return self.to_staff.name
        return str(DIVISION_LABELS[Division(self.to_division)]) if self.to_division else ""
