"""Which identity of the campus (OpenID Connect or directory) opens which login of staff, once that was confirmed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint, exists, select
from sqlalchemy.orm import Mapped, mapped_column

from models.base.db import Base, db, utcnow

LONGEST_ISSUER, LONGEST_SUBJECT = 300, 255


class CampusIdentity(Base):
    """One person's identity at one issuer: its subject is never given to somebody else, unlike a mail address."""

    __tablename__ = "campus_identity"
    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    issuer: Mapped[str] = mapped_column(String(LONGEST_ISSUER))  # the address of the issuer or of the directory
    subject: Mapped[str] = mapped_column(String(LONGEST_SUBJECT))
    name: Mapped[str] = mapped_column(String(254))  # the address or login that the person knows it by
    linked_at: Mapped[datetime] = mapped_column(default=utcnow)
    used_at: Mapped[datetime | None]

    __table_args__ = (UniqueConstraint("issuer", "subject"), UniqueConstraint("staff_id", "issuer"))


def identities_of(staff_id: int) -> list[CampusIdentity]:
    query = select(CampusIdentity).where(CampusIdentity.staff_id == staff_id).order_by(CampusIdentity.linked_at)
    return list(db.session.scalars(query))


def is_linked(staff_id: int) -> bool:
    """Can this person come in through the campus?"""
    return bool(db.session.scalar(select(exists().where(CampusIdentity.staff_id == staff_id))))
