"""One night's forgetting: when it ran, what it took out by period, how long each part took; and where it stands."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from models.base.db import Base, utcnow


class RetentionRun(Base):
    """One run of the nightly job; while `ended_at` is empty the next turn of any worker goes on with it."""

    __tablename__ = "retention_run"
    id: Mapped[int] = mapped_column(primary_key=True)
    began_at: Mapped[datetime] = mapped_column(default=utcnow)
    ended_at: Mapped[datetime | None]
    # part: [rows, seconds, the longest transaction in ms]
    done: Mapped[dict[str, list[int]]] = mapped_column(default=dict)
    error: Mapped[str] = mapped_column(String(300), default="")
