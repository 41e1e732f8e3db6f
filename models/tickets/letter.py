"""The letters that units send and what the head writes on them: request letters and dispositions.

Shared by N (a new network installation) and E (e-mail for a unit); the scan is an attachment of the ticket.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base.db import Base, utcnow
from models.organisation.roles import DIVISION_LABELS, Division
from models.organisation.staff import Staff
from models.tickets.ticket import Attachment, Ticket


class RequestLetter(Base):
    """A unit's letter (N1, E1): signed by its head, or signed by another and acknowledged by the head."""

    __tablename__ = "request_letter"
    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), unique=True)
    agenda_number: Mapped[str | None] = mapped_column(String(60), unique=True)  # of the register of incoming letters
    number: Mapped[str] = mapped_column(String(80))
    dated_on: Mapped[date]
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

    @property
    def is_acknowledged(self) -> bool:
        """Signed by somebody other than the head of the unit, and acknowledged by the head."""
        return bool(self.acknowledged_by)

    def __str__(self) -> str:
        return self.number


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
