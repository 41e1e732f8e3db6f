"""One act on all tickets that a list found: which tickets, which act, how far it is, what was refused."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base.db import Base, utcnow
from models.base.lease import Leased
from models.organisation.staff import Staff

LEASE = timedelta(minutes=2)
TRIES = 3  # workers that may die on the same few tickets
KEPT_FOR = timedelta(days=7)


class RunState(StrEnum):
    CHOSEN = "chosen"  # the person has not said yet what is to be done
    QUEUED = "queued"
    RUNNING = "running"  # a worker holds it under a lease
    DONE = "done"
    FAILED = "failed"


class BulkRun(Leased, Base):
    """`picks` are [ticket's id, version as it was seen]; the first `at` of them are dealt with."""

    __tablename__ = "bulk_run"
    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    words: Mapped[str] = mapped_column(Text, default="")  # the list's filter in words
    back: Mapped[str] = mapped_column(Text, default="/admin/ticket/")  # the list's address
    picks: Mapped[list[list[int]]] = mapped_column(default=list)
    is_cut: Mapped[bool] = mapped_column(default=False)  # the list found more than one run may hold
    act: Mapped[str] = mapped_column(String(20), default="")
    title: Mapped[str] = mapped_column(String(80), default="")  # the act in the person's words
    fields: Mapped[dict[str, list[str]]] = mapped_column(default=dict)  # the form of the act, field: values
    language: Mapped[str] = mapped_column(String(2), default="id")
    ip: Mapped[str] = mapped_column(String(45), default="")
    state: Mapped[str] = mapped_column(String(10), default=RunState.CHOSEN.value)
    at: Mapped[int] = mapped_column(default=0)
    refused: Mapped[list[Any]] = mapped_column(default=list)  # [ticket's id, the sentence why]
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    finished_at: Mapped[datetime | None]
    staff: Mapped[Staff] = relationship()

    __table_args__ = (Index("ix_bulk_run_state_id", "state", "id"),)

    @property
    def is_running(self) -> bool:
        return self.state in (RunState.QUEUED, RunState.RUNNING)

    @property
    def done(self) -> int:
        """How many tickets the act was done to."""
        return self.at - len(self.refused)

    def finish(self, state: RunState) -> None:
        self.state, self.finished_at = state.value, utcnow()
        self.let_go()
