"""The address at which an officer's own calendar program reads their appointments."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base.db import Base, db, utcnow
from models.organisation.sessions import hash_token
from models.organisation.staff import Staff

LONGEST_TOKEN = 100


class CalendarFeed(Base):
    """One address of one officer; its secret part is kept as a hash, so it is shown once and made anew if lost."""

    __tablename__ = "calendar_feed"
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime] = mapped_column(default=utcnow)
    read_at: Mapped[datetime | None]
    staff: Mapped[Staff] = relationship()

    @classmethod
    def make(cls, staff_id: int) -> str:
        """A new address, in the place of the one before, which opens nothing from now on; gives its secret part."""
        token = secrets.token_urlsafe(32)
        row = db.session.get(cls, staff_id) or cls(staff_id=staff_id)
        row.token_hash, row.made_at, row.read_at = hash_token(token), utcnow(), None
        db.session.add(row)
        return token

    @classmethod
    def end(cls, staff_id: int) -> bool:
        """The address opens nothing from now on; says whether there was one."""
        row = db.session.get(cls, staff_id)
        if row is not None:
            db.session.delete(row)
        return row is not None

    @classmethod
    def found(cls, token: str) -> CalendarFeed | None:
        """The feed that this secret opens; none where it was revoked or its owner works here no more."""
        if not token or len(token) > LONGEST_TOKEN:
            return None
        query = select(cls).join(Staff).where(cls.token_hash == hash_token(token), Staff.is_active)
        return db.session.scalars(query).unique().one_or_none()
