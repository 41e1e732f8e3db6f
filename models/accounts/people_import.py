"""An uploaded people file: how far it is between upload and result, and every line that was refused.

It keeps no file and no person; the file lies in the import folder until the end, the people are in their register.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey, Index, String, Text, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base.db import Base, db, utcnow
from models.base.lease import Leased
from models.base.wording import Words
from models.organisation.staff import Staff


class ImportState(StrEnum):
    WAITING = "waiting"  # to be checked: nothing is written
    CHECKED = "checked"  # the preview is there, somebody must confirm
    CONFIRMED = "confirmed"  # to be taken in, or being taken in
    DONE = "done"
    REFUSED = "refused"  # no table, or the file is gone; the sentence says which
    CANCELLED = "cancelled"

    @property
    def label(self) -> Words:
        return IMPORT_LABELS[self]

    @property
    def is_running(self) -> bool:
        """Is it the worker's turn?"""
        return self in (ImportState.WAITING, ImportState.CONFIRMED)


IMPORT_LABELS: dict[ImportState, Words] = {
    ImportState.WAITING: _l("Sedang diperiksa"),
    ImportState.CHECKED: _l("Menunggu persetujuan Anda"),
    ImportState.CONFIRMED: _l("Sedang diimpor"),
    ImportState.DONE: _l("Selesai"),
    ImportState.REFUSED: _l("Tidak dapat dibaca"),
    ImportState.CANCELLED: _l("Dibatalkan"),
}


class PeopleImport(Leased, Base):
    """One file; `read` lines of it are done in the present pass, and the counts belong to them."""

    __tablename__ = "people_import"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    file_hash: Mapped[str] = mapped_column(String(64))  # not `sha256`: this file is no part of files or backups
    size: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(String(10), default=ImportState.WAITING.value)
    made_by_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    made_at: Mapped[datetime] = mapped_column(default=utcnow)
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    confirmed_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    lines: Mapped[int] = mapped_column(default=0)  # how many there are; 0 while nobody knows
    read: Mapped[int] = mapped_column(default=0)
    new: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
    same: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    warned: Mapped[int] = mapped_column(default=0)
    samples: Mapped[dict[str, Any]] = mapped_column(default=dict)  # a few new and changed people of the preview
    tally: Mapped[dict[str, Any]] = mapped_column(default=dict)  # every line counted once; empty until the file ended
    sentence: Mapped[str] = mapped_column(Text, default="")
    made_by: Mapped[Staff] = relationship(foreign_keys=made_by_id)

    __table_args__ = (Index("ix_people_import_state", "state", "id"),)

    @property
    def import_state(self) -> ImportState:
        return ImportState(self.state)

    @property
    def percent(self) -> int | None:
        """How far the present pass is, 0 to 100; None while the number of lines is not known."""
        return min(100, self.read * 100 // self.lines) if self.lines else None

    def __str__(self) -> str:
        return self.name


class PeopleImportLine(Base):
    """One line of the file that was refused, or taken in with a warning."""

    __tablename__ = "people_import_line"
    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("people_import.id", ondelete="CASCADE"))
    line: Mapped[int]
    is_refused: Mapped[bool]
    number: Mapped[str] = mapped_column(String(40), default="")
    sentence: Mapped[str] = mapped_column(Text)

    __table_args__ = (Index("ix_people_import_line_kind", "import_id", "is_refused", "id"),)


def lines_of(import_id: int, is_refused: bool, after: int = 0, most: int = 1_000) -> list[PeopleImportLine]:
    """Refused or warned lines in the file's order, `most` at a time, those after the row `after`."""
    query = select(PeopleImportLine).where(
        PeopleImportLine.import_id == import_id,
        PeopleImportLine.is_refused == is_refused,
        PeopleImportLine.id > after,
    )
    return list(db.session.scalars(query.order_by(PeopleImportLine.id).limit(most)))
