"""Who held a ticket's folder, on which desk, from when to when: the rows from which every time is computed.

A row is written by the engine in the transaction of the step that moves the folder (procedures/engine/spans.py) and
never changed afterwards, but for its end. An open ticket has one row without an end, a closed one has none.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey, Index, String, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base.db import Base, db
from models.base.wording import Words
from models.organisation.staff import Group, Staff


class HeldBy(StrEnum):
    """For whom everybody waits."""

    US = "us"
    REQUESTER = "requester"
    UNIT = "unit"
    OUTSIDE = "outside"  # whoever repairs what is not ours


HOLDERS: dict[str, Words] = {
    HeldBy.US: _l("Kami"),
    HeldBy.REQUESTER: _l("Pemohon"),
    HeldBy.UNIT: _l("Unit pemohon"),
    HeldBy.OUTSIDE: _l("Pengelola luar"),
}


class Span(Base):
    """One stretch of a ticket's life in which nothing changed hands; moments are aware UTC."""

    __tablename__ = "ticket_span"
    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    state: Mapped[str] = mapped_column(String(30))
    holder: Mapped[str] = mapped_column(String(10))  # of HOLDERS
    pause: Mapped[str] = mapped_column(String(10), default="")  # of models.tickets.ticket.Pause, or empty
    group_id: Mapped[int] = mapped_column(ForeignKey("helpdesk_group.id"))
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    group: Mapped[Group] = relationship()
    assignee: Mapped[Staff | None] = relationship()

    __table_args__ = (
        Index("ix_ticket_span_ticket_id", "ticket_id", "id"),
        Index("ix_ticket_span_ended_at", "ended_at"),
    )

    @property
    def counts_for_us(self) -> bool:
        """Does the promised time run in it?"""
        return self.holder == HeldBy.US and not self.pause


def spans_of(ticket_id: int) -> Sequence[Span]:
    """The ticket's spans from its first to its last, with group and person, in one statement."""
    return db.session.scalars(select(Span).where(Span.ticket_id == ticket_id).order_by(Span.id)).unique().all()
