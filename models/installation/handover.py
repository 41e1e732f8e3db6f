"""The handing over of an installation: who of the unit signed, when, and the signature as drawn (N7c, N7d).

A row is never changed: who signs again makes another, which says why.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base.db import Base, db, utcnow
from models.organisation.staff import Staff
from models.tickets.issued_document import IssuedDocument
from models.tickets.ticket import Ticket


class Handover(Base):
    """One signing. Without strokes it was signed on paper, and the scan lies with the step."""

    __tablename__ = "handover"
    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), index=True)
    signed_by: Mapped[str] = mapped_column(String(120))
    signed_as: Mapped[str] = mapped_column(String(120))
    strokes: Mapped[str] = mapped_column(Text, default="")  # as JSON; models/installation/strokes.py reads them
    signed_at: Mapped[datetime]  # as the phone said; recorded_at is when the server had it
    recorded_at: Mapped[datetime] = mapped_column(default=utcnow)
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    reason: Mapped[str] = mapped_column(Text, default="")  # why another one was signed
    document_id: Mapped[int | None] = mapped_column(ForeignKey("issued_paper.id"))
    ticket: Mapped[Ticket] = relationship()
    recorded_by: Mapped[Staff] = relationship()
    document: Mapped[IssuedDocument | None] = relationship()


def handovers_of(ticket: Ticket) -> list[Handover]:
    """Every signing of this installation, the oldest first."""
    query = select(Handover).where(Handover.ticket_id == ticket.id).order_by(Handover.id)
    return list(db.session.scalars(query).unique())
