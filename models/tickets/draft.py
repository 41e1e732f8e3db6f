"""What a person has typed into a form and not yet sent; only they see it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base.db import Base, db, utcnow

OF_TICKET = re.compile(r"/admin/ticket/(\d{1,9})/do/", re.ASCII)


class Draft(Base):
    """The fields of a form that one person has not finished, by the form's place."""

    __tablename__ = "draft"
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True)
    place: Mapped[str] = mapped_column(String(160), primary_key=True)
    fields: Mapped[dict[str, str | list[str]]] = mapped_column(default=dict)
    saved_at: Mapped[datetime] = mapped_column(default=utcnow)

    @classmethod
    def keep(cls, staff_id: int, place: str, fields: Mapping[str, str | list[str]]) -> None:
        row = db.session.get(cls, (staff_id, place))
        if row is None:
            db.session.add(cls(staff_id=staff_id, place=place, fields=dict(fields)))
        else:
            row.fields, row.saved_at = dict(fields), utcnow()

    @property
    def ticket_id(self) -> int | None:
        """Of which ticket's workbench the words are; None where they are of another form."""
        match = OF_TICKET.match(self.place)
        return int(match[1]) if match else None

    @classmethod
    def drop(cls, staff_id: int, place: str) -> None:
        row = db.session.get(cls, (staff_id, place))
        if row is not None:
            db.session.delete(row)
