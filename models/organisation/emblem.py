"""The institution's emblem in the head of every document; those of before are kept for documents that have them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base.db import Base, db, utcnow
from models.organisation.staff import Staff


class Emblem(Base):
    """One emblem from a moment on; without a file: from then on the centre's letter stands in its place."""

    __tablename__ = "emblem"
    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), default="")
    name: Mapped[str] = mapped_column(String(120), default="")
    content_type: Mapped[str] = mapped_column(String(80), default="")
    set_at: Mapped[datetime] = mapped_column(default=utcnow)
    set_by_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    set_by: Mapped[Staff] = relationship()

    def __str__(self) -> str:
        return self.name


def emblem_in_force() -> Emblem | None:
    """The emblem of documents issued now, or None where there is none."""
    newest = db.session.scalars(select(Emblem).order_by(Emblem.id.desc()).limit(1)).first()
    return newest if newest is not None and newest.sha256 else None
