"""What a member of staff has besides the password: an authenticator app (TOTP) and recovery codes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, delete, exists, select
from sqlalchemy.orm import Mapped, mapped_column

from models.base.db import Base, db, utcnow
from models.organisation.pending_change import GUARDED
from models.organisation.roles import Role

MUST_HAVE = GUARDED | {Role.OPERATOR}  # whose login needs a second factor where the house requires it


class Authenticator(Base):
    """The secret that an app on somebody's telephone makes six digits from (RFC 6238); it counts once confirmed."""

    __tablename__ = "authenticator"
    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    sealed: Mapped[str] = mapped_column(String(200))
    made_at: Mapped[datetime] = mapped_column(default=utcnow)
    confirmed_at: Mapped[datetime | None]
    last_step: Mapped[int] = mapped_column(default=0)  # of the last code taken: it and older ones are refused
    used_at: Mapped[datetime | None]


class RecoveryCode(Base):
    """One of ten codes for whoever has lost the telephone: hashed like a password, used once."""

    __tablename__ = "recovery_code"
    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"))
    place: Mapped[str] = mapped_column(String(1))  # the code's first letter, so that one hash is worked out and not ten
    code_hash: Mapped[str] = mapped_column(String(200))
    used_at: Mapped[datetime | None]

    __table_args__ = (Index("ix_recovery_code_staff_id_place", "staff_id", "place"),)


FACTORS = (Authenticator, RecoveryCode)


def has_factor(staff_id: int) -> bool:
    """Does this person's login ask for something besides the password?"""
    held = exists().where(Authenticator.staff_id == staff_id, Authenticator.confirmed_at.is_not(None))
    return bool(db.session.scalar(select(held)))


def forget_factors(staff_id: int) -> None:
    """Everything besides the password, inside the caller's transaction."""
    for model in FACTORS:
        db.session.execute(delete(model).where(model.staff_id == staff_id))
