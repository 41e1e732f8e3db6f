"""The report of a whole month, made by itself and kept as it was: what its document prints, byte for byte again."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base.db import Base, utcnow


class MonthlyReport(Base):
    """One month, by its first day; its figures are of all tickets and name no person."""

    __tablename__ = "monthly_report"
    month: Mapped[date] = mapped_column(primary_key=True)
    received: Mapped[int]
    ended: Mapped[int]
    open: Mapped[int]
    with_target: Mapped[int]
    kept: Mapped[int]
    data: Mapped[str] = mapped_column(Text)  # what documents/document.py composed
    stamp: Mapped[int]
    made_at: Mapped[datetime] = mapped_column(default=utcnow)

    @property
    def share(self) -> float | None:
        """Of the steps with a target, how many kept it, in per cent."""
        return 100 * self.kept / self.with_target if self.with_target else None
