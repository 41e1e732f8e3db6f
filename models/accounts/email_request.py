"""What a unit asked for in its e-mail request (E1, E2), and what was agreed on (E3)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base.db import Base, db
from models.base.request_cache import read_once
from models.tickets.ticket import Ticket


class EmailRequest(Base):
    """The address wished for, the one agreed on, and the technical contact."""

    __tablename__ = "email_request"
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    wish: Mapped[str] = mapped_column(String(254))
    address: Mapped[str] = mapped_column(String(254))  # the wish, or what the adjustment made of it
    adjustment: Mapped[str] = mapped_column(Text, default="")  # what must be adjusted, and why (E3b)
    contact_name: Mapped[str] = mapped_column(String(120))
    contact_email: Mapped[str] = mapped_column(String(254))
    contact_phone: Mapped[str] = mapped_column(String(30))
    told_by: Mapped[str] = mapped_column(String(10), default="")  # mail or phone (E4)
    told_at: Mapped[datetime | None]
    ticket: Mapped[Ticket] = relationship()


@read_once
def email_request_of(ticket: Ticket) -> EmailRequest:
    return db.session.scalars(select(EmailRequest).where(EmailRequest.ticket_id == ticket.id)).one()
