"""Which staff want one mail a day instead of one for each notice."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, func, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import setting
from models.base.db import Base, db, utcnow
from models.organisation.staff import Staff


@setting.changes_lists
class DigestReader(Base):
    """Somebody of the staff who chose the digest, and since when."""

    __tablename__ = "digest_reader"
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True)
    since: Mapped[datetime] = mapped_column(default=utcnow)
    staff: Mapped[Staff] = relationship()


def wants_digest(address: str) -> bool:
    """Is this the address of somebody who chose it? Every notice to staff asks, so it is asked for rarely."""
    return address.lower() in setting.recent("digest_addresses", _addresses)


def _addresses() -> frozenset[str]:
    query = select(func.lower(Staff.email)).join(DigestReader).where(Staff.is_active, Staff.email != "")
    return frozenset(db.session.scalars(query))
