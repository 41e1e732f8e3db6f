"""Who has a ticket open at this moment, and who is writing on it; seen by those who may see the ticket."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ForeignKey, delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from models.base.db import Base, db, utcnow

SAID_EVERY = timedelta(minutes=1)  # each of the two facts is written once in this time at most
PRESENT_FOR = timedelta(seconds=100)  # a page that is shown says so again within SAID_EVERY


class Presence(Base):
    """One person at one ticket: when its page was last shown to them, and when they last typed on it."""

    __tablename__ = "presence"
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True, index=True)
    seen_at: Mapped[datetime] = mapped_column(default=utcnow)
    writing_at: Mapped[datetime | None]

    @classmethod
    def put(cls, ticket_id: int, staff_id: int, is_writing: bool) -> None:
        """Note it in the running transaction; of two pages of one person that say so at once both succeed."""
        now = utcnow()
        said = {"seen_at": now, "writing_at": now} if is_writing else {"seen_at": now}
        insert: Any = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
        row = insert(cls).values(ticket_id=ticket_id, staff_id=staff_id, **said)
        db.session.execute(row.on_conflict_do_update(index_elements=["ticket_id", "staff_id"], set_=said))

    @classmethod
    def drop(cls, ticket_id: int, staff_id: int) -> None:
        db.session.execute(delete(cls).where(cls.ticket_id == ticket_id, cls.staff_id == staff_id))


def is_due(seen_at: datetime | None, writing_at: datetime | None, is_writing: bool) -> bool:
    """Is there anything new to write, or was the same said within the last minute?"""
    said = writing_at if is_writing else seen_at
    return said is None or said <= utcnow() - SAID_EVERY
