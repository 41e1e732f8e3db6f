"""When a worker was last seen, and when each of its jobs is due again."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import String, func, select, update
from sqlalchemy.orm import Mapped, mapped_column

from models.base.db import Base, db, utcnow

SILENT_AFTER = timedelta(minutes=2)


class Heartbeat(Base):
    """When a worker was last seen at work."""

    __tablename__ = "heartbeat"
    worker: Mapped[str] = mapped_column(String(80), primary_key=True)
    beat_at: Mapped[datetime] = mapped_column(default=utcnow)


class Sweep(Base):
    """A recurring job; whoever moves `next_run_at` forward first does this turn."""

    __tablename__ = "sweep"
    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    next_run_at: Mapped[datetime]
    last_run_at: Mapped[datetime | None]
    last_error: Mapped[str] = mapped_column(String(300), default="")


def last_beat() -> datetime | None:
    return db.session.scalar(select(func.max(Heartbeat.beat_at)))


def is_silent(beat: datetime | None) -> bool:
    """No worker, no mail: said on every panel page. `beat` is the last one."""
    return beat is None or beat < utcnow() - SILENT_AFTER


def claim_sweep(name: str, every: timedelta) -> bool:
    """Is it this worker's turn? The conditional update lets exactly one win; the caller commits."""
    now = utcnow()
    if db.session.get(Sweep, name) is None:
        db.session.add(Sweep(name=name, next_run_at=now))
        db.session.flush()
    claimed = db.session.execute(
        update(Sweep)
        .where(Sweep.name == name, Sweep.next_run_at <= now)
        .values(next_run_at=now + every, last_run_at=now)
    )
    return bool(claimed.rowcount == 1)  # type: ignore[attr-defined]  # CursorResult, typed as Result
