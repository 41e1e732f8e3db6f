"""What a member of staff has besides the password: an authenticator app (TOTP), passkeys and recovery codes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, delete, exists, or_, select
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


class Passkey(Base):
    """A key pair in somebody's device (WebAuthn): it signs in without the password, after a finger, face or PIN."""

    __tablename__ = "passkey"
    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    credential_id: Mapped[str] = mapped_column(String(1400), unique=True)  # base64url, at most 1023 bytes
    public_key: Mapped[str] = mapped_column(Text)  # base64url of the COSE key
    user_handle: Mapped[str] = mapped_column(String(100))  # random, the same for all keys of one person
    sign_count: Mapped[int] = mapped_column(BigInteger, default=0)  # a device that counts must count on
    made_at: Mapped[datetime] = mapped_column(default=utcnow)
    used_at: Mapped[datetime | None]


FACTORS = (Authenticator, RecoveryCode, Passkey)


def has_factor(staff_id: int) -> bool:
    """Does this person's login ask for something besides the password?"""
    app = exists().where(Authenticator.staff_id == staff_id, Authenticator.confirmed_at.is_not(None))
    key = exists().where(Passkey.staff_id == staff_id)
    return bool(db.session.scalar(select(or_(app, key))))


def has_app(staff_id: int) -> bool:
    """Is there an app whose codes count?"""
    held = exists().where(Authenticator.staff_id == staff_id, Authenticator.confirmed_at.is_not(None))
    return bool(db.session.scalar(select(held)))


def has_passkey(staff_id: int) -> bool:
    return bool(db.session.scalar(select(exists().where(Passkey.staff_id == staff_id))))


def forget_factors(staff_id: int) -> None:
    """Everything besides the password, inside the caller's transaction."""
    for model in FACTORS:
        db.session.execute(delete(model).where(model.staff_id == staff_id))
