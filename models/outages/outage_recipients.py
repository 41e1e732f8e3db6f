"""Who was told of an outage or of planned work, so that the same people hear how it goes on."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, mapped_column

from models.base.db import Base, db, utcnow


class OutageRecipient(Base):
    """One address that was mailed about an outage: why, how often, and with which notice last."""

    __tablename__ = "outage_told"
    ticket_id: Mapped[int] = mapped_column(ForeignKey("outage.ticket_id", ondelete="CASCADE"), primary_key=True)
    email: Mapped[str] = mapped_column(String(254), primary_key=True)
    name: Mapped[str] = mapped_column(String(120), default="")
    language: Mapped[str] = mapped_column(String(2), default="id")
    audience: Mapped[str] = mapped_column(String(20))  # a role, it_managers, requester, contact, assignee
    detail: Mapped[str] = mapped_column(String(200), default="")  # the unit, or the number of the tied complaint
    notice: Mapped[str] = mapped_column(String(40))  # the last one
    times: Mapped[int] = mapped_column(default=0)
    first_at: Mapped[datetime] = mapped_column(default=utcnow)
    last_at: Mapped[datetime] = mapped_column(default=utcnow)

    @classmethod
    def note(
        cls, ticket_id: int, email: str, notice: str, *, name: str, language: str, audience: str, detail: str
    ) -> None:
        """Keep that this address was told; inside the transaction that queues the mail."""
        row = db.session.get(cls, (ticket_id, email.lower()))
        if row is None:
            row = cls(ticket_id=ticket_id, email=email.lower(), language=language, times=0, first_at=utcnow())
            db.session.add(row)
        row.name, row.audience, row.detail = name[:120], audience, detail[:200]
        row.notice, row.last_at, row.times = notice, utcnow(), row.times + 1

    @classmethod
    def of(cls, ticket_id: int, audience: str | None = None) -> list[OutageRecipient]:
        """Everybody told of this outage so far, in order of the first time."""
        query = select(cls).where(cls.ticket_id == ticket_id).order_by(cls.first_at, cls.email)
        return list(db.session.scalars(query if audience is None else query.where(cls.audience == audience)))


class PlannedWorkRecipient(Base):
    """One address that was told of planned work: it also hears when the work is moved or cancelled."""

    __tablename__ = "planned_work_told"
    work_id: Mapped[int] = mapped_column(ForeignKey("planned_work.id", ondelete="CASCADE"), primary_key=True)
    email: Mapped[str] = mapped_column(String(254), primary_key=True)
    name: Mapped[str] = mapped_column(String(120), default="")
    language: Mapped[str] = mapped_column(String(2), default="id")
    notice: Mapped[str] = mapped_column(String(40))  # the last one
    at: Mapped[datetime] = mapped_column(default=utcnow)

    @classmethod
    def of(cls, work_id: int) -> list[PlannedWorkRecipient]:
        return list(db.session.scalars(select(cls).where(cls.work_id == work_id).order_by(cls.email)))
