"""The phones and browsers that an officer lets be told at once (web push), by which kinds and in which hours."""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import setting
from models.base.db import Base, db, utcnow
from models.base.wording import local
from models.organisation.staff import Staff

MOST_DEVICES = 10  # of one person; the one told longest ago makes room
DAY = 24 * 60  # minutes


@setting.changes_lists
class PushDevice(Base):
    """One browser of one person: where its push service takes messages, and the keys that only this browser opens."""

    __tablename__ = "push_device"
    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    endpoint: Mapped[str] = mapped_column(String(600))
    endpoint_hash: Mapped[str] = mapped_column(String(64), unique=True)
    public_key: Mapped[str] = mapped_column(String(100))  # P-256, uncompressed, in base64url
    auth: Mapped[str] = mapped_column(String(40))  # 16 bytes in base64url
    device: Mapped[str] = mapped_column(String(200), default="")  # what the browser calls itself
    kinds: Mapped[list[str]] = mapped_column(default=list)  # of mails.push_kinds.KINDS
    quiet_from: Mapped[int] = mapped_column(default=21 * 60)  # minutes of the day, WIB; equal ones mean never quiet
    quiet_until: Mapped[int] = mapped_column(default=6 * 60)
    made_at: Mapped[datetime] = mapped_column(default=utcnow)
    told_at: Mapped[datetime | None]
    staff: Mapped[Staff] = relationship()

    def is_quiet(self, now: datetime) -> bool:
        """Do the quiet hours hold at this moment? They may go over midnight."""
        clock = local(now)
        minute = clock.hour * 60 + clock.minute
        return (minute - self.quiet_from) % DAY < (self.quiet_until - self.quiet_from) % DAY


def hash_of(endpoint: str) -> str:
    return hashlib.sha256(endpoint.encode()).hexdigest()


def devices_of(staff_id: int) -> list[PushDevice]:
    query = select(PushDevice).where(PushDevice.staff_id == staff_id).order_by(PushDevice.id)
    return list(db.session.scalars(query))


def devices_behind(email: str, kind: str, now: datetime) -> list[PushDevice]:
    """Those of the officer with this address that are to be told of this kind at this moment."""
    query = select(PushDevice).join(Staff).where(Staff.email == email, Staff.is_active).order_by(PushDevice.id)
    return [one for one in db.session.scalars(query) if kind in one.kinds and not one.is_quiet(now)]


def has_devices() -> bool:
    """Does anybody use it? As it was at most setting.CACHE_SECONDS ago."""
    asked = select(PushDevice.id).limit(1)
    return setting.recent("any push device", lambda: db.session.scalar(asked) is not None)


def forget_devices(staff_id: int) -> None:
    """Nothing of this person is told there any more; inside the caller's transaction."""
    for one in devices_of(staff_id):
        db.session.delete(one)
