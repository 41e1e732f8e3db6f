"""What a service really took in the last ninety days, counted at night for its public page; no ticket is in it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, mapped_column

from models.base.db import Base, db, utcnow

FEWEST = 5  # of fewer than these nothing is told: a median of one is that one person's time


class ServiceFigure(Base):
    """One procedure's figures; lengths in working hours, shares in per cent."""

    __tablename__ = "service_figure"
    procedure: Mapped[str] = mapped_column(String(30), primary_key=True)
    ended: Mapped[int]
    median_hours: Mapped[float | None]
    steps: Mapped[int]  # that had a target
    on_time: Mapped[float | None]
    counted_at: Mapped[datetime] = mapped_column(default=utcnow)


def figure_of(procedure: str) -> ServiceFigure | None:
    """The figures of a procedure that has enough to tell."""
    enough = select(ServiceFigure).where(ServiceFigure.procedure == procedure, ServiceFigure.ended >= FEWEST)
    return db.session.scalars(enough).one_or_none()
