"""A list asked for as a file: who asked, which list with which filter, how far it is."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base.db import Base, utcnow
from models.base.lease import Leased
from models.base.wording import Words
from models.organisation.staff import Staff

KEPT_FOR = timedelta(days=7)
LEASE = timedelta(minutes=2)
ZIP = "zip"  # the format of what is no table
TRIES = 3


class ExportState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"  # a worker holds it under a lease
    READY = "ready"
    REFUSED = "refused"  # whoever asked may not export this list any more
    FAILED = "failed"

    @property
    def label(self) -> Words:
        return LABELS[self]


LABELS = {
    ExportState.QUEUED: _l("Menunggu giliran"),
    ExportState.RUNNING: _l("Sedang disiapkan"),
    ExportState.READY: _l("Siap diunduh"),
    ExportState.REFUSED: _l("Ditolak"),
    ExportState.FAILED: _l("Gagal"),
}
UNFINISHED = (ExportState.QUEUED.value, ExportState.RUNNING.value)


class Export(Leased, Base):
    """One file of one list for one person; `args` is the list's address as it was filtered."""

    __tablename__ = "export"
    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    view: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(120))
    words: Mapped[str] = mapped_column(Text, default="")  # the filter in words
    format: Mapped[str] = mapped_column(String(4))
    language: Mapped[str] = mapped_column(String(2), default="id")
    args: Mapped[dict[str, str]] = mapped_column(default=dict)
    state: Mapped[str] = mapped_column(String(10), default=ExportState.QUEUED.value)
    expected: Mapped[int] = mapped_column(default=0)  # rows counted when it was asked for
    rows: Mapped[int] = mapped_column(default=0)  # rows written so far
    is_cut: Mapped[bool] = mapped_column(default=False)  # the list has more rows than one file may hold
    file: Mapped[str] = mapped_column(String(40), default="")  # its random name on disk; nothing is there before READY
    size: Mapped[int] = mapped_column(default=0)  # bytes
    error: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    finished_at: Mapped[datetime | None]
    expires_at: Mapped[datetime] = mapped_column(default=lambda: utcnow() + KEPT_FOR)
    staff: Mapped[Staff] = relationship()

    __table_args__ = (Index("ix_export_state_id", "state", "id"),)

    @property
    def is_unfinished(self) -> bool:
        return self.state in UNFINISHED

    @property
    def is_ready(self) -> bool:
        return self.state == ExportState.READY and self.expires_at > utcnow()

    @property
    def state_label(self) -> Words:
        return ExportState(self.state).label

    @property
    def file_name(self) -> str:
        """What the file is called on the reader's disk."""
        part = "-sebagian" if self.is_cut else ""
        return f"{self.view}-{self.created_at:%Y%m%d}-{self.id}{part}.{self.format}"

    def finish(self, state: ExportState, error: str = "") -> None:
        """No worker holds it any more; the file of a ready one is kept for seven days from now."""
        self.state, self.error = state.value, error[:300]
        self.finished_at, self.expires_at = utcnow(), utcnow() + KEPT_FOR
        self.let_go()
