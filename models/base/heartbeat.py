"""Signs of life of the background workers and the timetable of their recurring jobs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, String, and_, case, delete, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from models.base import lease
from models.base.columns.json_value import Json
from models.base.db import Base, db, utcnow

SILENT_AFTER = timedelta(minutes=2)
FORGOTTEN_AFTER = timedelta(days=1)
MOST_DEATHS = 3  # workers that died in one job, one after the other: then it waits for its next turn, and is told


class Heartbeat(Base):
    """When a worker was last seen, and since when each of its lanes is at which job."""

    __tablename__ = "heartbeat"
    worker: Mapped[str] = mapped_column(String(80), primary_key=True)
    beat_at: Mapped[datetime] = mapped_column(default=utcnow)
    at_work: Mapped[dict[str, list[str]]] = mapped_column(default=dict)  # lane: [job, since when (ISO)]
    ended_at: Mapped[datetime | None]  # it was asked to end, and did


class Sweep(Base):
    """A recurring job; whoever names itself here first does this turn, and nobody else while it lives."""

    __tablename__ = "sweep"
    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    next_run_at: Mapped[datetime]
    last_run_at: Mapped[datetime | None]
    last_error: Mapped[str] = mapped_column(String(300), default="")
    worker: Mapped[str] = mapped_column(String(80), default="")  # who is at it now
    deaths: Mapped[int] = mapped_column(default=0)  # workers that died in it since it last came to its end


def last_beat() -> datetime | None:
    return db.session.scalar(select(func.max(Heartbeat.beat_at)))


def is_silent(beat: datetime | None, since: datetime | None = None) -> bool:
    """No worker, no mail: said on every panel page. `beat` is the last one; one ahead of the clock says nothing.

    `since`: when whoever asks began to look, for a worker that is started together with it needs its moment.
    """
    return not any(-lease.CLOCKS_DIFFER < utcnow() - seen < SILENT_AFTER for seen in (beat, since) if seen)


def beat(worker: str, at_work: Mapping[str, Json]) -> None:
    """Say that this worker is alive, inside a transaction; signs long gone or ahead of the clock are removed."""
    now = utcnow()
    not_now = or_(Heartbeat.beat_at < now - FORGOTTEN_AFTER, lease.is_ahead(Heartbeat.beat_at))
    db.session.execute(delete(Heartbeat).where(not_now, Heartbeat.worker != worker))
    values = {"beat_at": now, "at_work": dict(at_work), "ended_at": None}
    row = _insert(Heartbeat).values(worker=worker, **values)
    db.session.execute(row.on_conflict_do_update(index_elements=["worker"], set_=values))


def leave(worker: str) -> None:
    """The worker ends as it was asked to: what it leaves undone is free at once, and counts as no death."""
    now = utcnow()
    db.session.execute(update(Sweep).where(Sweep.worker == worker).values(worker="", next_run_at=now))
    db.session.execute(update(Heartbeat).where(Heartbeat.worker == worker).values(at_work={}, ended_at=now))


def due_sweeps(periods: Mapping[str, timedelta], worker: str) -> list[str]:
    """Which of these jobs this worker may take now; only reads, so that an idle worker locks nothing."""
    found = set(db.session.scalars(select(Sweep.name).where(Sweep.name.in_(periods))))
    free = or_(*(and_(Sweep.name == name, _is_free(every, worker)) for name, every in periods.items()))
    due = set(db.session.scalars(select(Sweep.name).where(free)))
    return [name for name in periods if name in due or name not in found]


def take_sweep(name: str, every: timedelta, worker: str, is_forced: bool = False) -> bool:
    """Is it this worker's turn? The conditional update lets exactly one win; the caller commits.

    A job whose worker went silent is taken over; after the third death it waits for its next turn, with the reason.
    """
    now = utcnow()
    db.session.execute(_insert(Sweep).values(name=name, next_run_at=now).on_conflict_do_nothing())
    row = update(Sweep).where(Sweep.name == name)
    deaths = case((Sweep.worker.in_(("", worker)), Sweep.deaths), else_=Sweep.deaths + 1)
    taken = db.session.execute(
        (row if is_forced else row.where(_is_free(every, worker)))
        .values(next_run_at=now + every, last_run_at=now, worker=worker, deaths=deaths)
        .returning(Sweep.deaths)
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()
    if taken is None or taken < MOST_DEATHS:
        return taken is not None
    end_sweep(name, worker, f"{taken} workers died while they were at it")
    return False


def bring_forward(name: str) -> bool:
    """The recurring job's next turn is now; False while it is under way. The caller commits."""
    row = update(Sweep).where(Sweep.name == name, Sweep.worker == "")
    return bool(db.session.execute(row.values(next_run_at=utcnow()).returning(Sweep.name)).all())


def end_sweep(name: str, worker: str, error: str = "") -> None:
    """The job came to its end, well or with `error`; the caller commits."""
    mine = update(Sweep).where(Sweep.name == name, Sweep.worker == worker)
    db.session.execute(mine.values(worker="", deaths=0, last_error=error[:300]))


def _is_free(every: timedelta, worker: str) -> ColumnElement[bool]:
    """Its time has come, or was set while the clock was ahead; or the worker that is at it lives no more.

    What bears this worker's own name came to its end, and only the note of it was not written.
    """
    now = utcnow()
    is_time = or_(Sweep.next_run_at <= now, lease.is_ahead(Sweep.next_run_at, every))
    is_recent = and_(Heartbeat.beat_at > now - SILENT_AFTER, ~lease.is_ahead(Heartbeat.beat_at))
    living = select(Heartbeat.worker).where(is_recent, Heartbeat.ended_at.is_(None))
    is_left = and_(Sweep.worker.not_in(("", worker)), Sweep.worker.not_in(living))
    return or_(and_(Sweep.worker.in_(("", worker)), is_time), is_left)


def _insert(model: type[Base]) -> Any:
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    return insert(model)
