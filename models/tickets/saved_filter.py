"""Filters of the ticket list that a person has saved under a name."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint, update
from sqlalchemy.orm import Mapped, mapped_column

from models.base.db import Base, db, utcnow

MOST = 20  # a person's filters; they all stand as tabs


class SavedFilter(Base):
    """One person's filter of the ticket list: its name and the address without the list's path."""

    __tablename__ = "saved_filter"
    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(60))
    address: Mapped[str] = mapped_column(String(1000))
    is_default: Mapped[bool] = mapped_column(default=False)  # what the list opens with
    saved_at: Mapped[datetime] = mapped_column(default=utcnow)

    __table_args__ = (UniqueConstraint("staff_id", "name"),)

    def become_default(self) -> None:
        db.session.execute(update(SavedFilter).where(SavedFilter.staff_id == self.staff_id).values(is_default=False))
        self.is_default = True
