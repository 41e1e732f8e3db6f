"""Changes of who somebody is or how they are reached, so that no password link follows a fresh address at once (I6).

A row says whose data changed, which fields, by whom and until when links wait; never what stood there before or now.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey, Index, String, delete, func, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import setting
from models.base.db import Base, db, utcnow
from models.base.retention import PERIODS
from models.base.setting import Spec
from models.base.wording import Words
from models.organisation.staff import Staff

KEPT_FOR = timedelta(days=PERIODS["contact"].days)
"""So long whoever made a change needs a second person to set a password for whom it concerns."""

setting.declare(
    "contact_wait_hours",
    Spec(
        24,
        _l("Tautan password ke kontak yang baru diubah menunggu (jam)"),
        _l("Keamanan"),
        _l("Alamat lama dikabari saat itu juga; sementara itu password disampaikan di tempat."),
        least=1,
        most=168,
    ),
)


class Holder(StrEnum):
    """Whose data: a person of the register, a unit's contact, the contact of a request, a member of staff."""

    PERSON = "person"
    CONTACT = "contact"
    REQUEST = "email_request"
    STAFF = "staff"


REACH = ("email", "phone")
FIELD_WORDS: dict[str, Words] = {
    "email": _l("email"),
    "phone": _l("telepon"),
    "name": _l("nama"),
    "number": _l("nomor"),
}


class ContactChange(Base):
    """One change of one holder's data; `also_by_id` is who confirmed an import that somebody else had uploaded."""

    __tablename__ = "contact_change"
    id: Mapped[int] = mapped_column(primary_key=True)
    holder: Mapped[str] = mapped_column(String(20))
    holder_id: Mapped[int]
    fields: Mapped[list[str]] = mapped_column(default=list)
    made_at: Mapped[datetime] = mapped_column(default=utcnow)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))  # none: a command, or who holds a ticket
    also_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    waits_until: Mapped[datetime | None]  # of a new mail address or telephone number
    made_by: Mapped[Staff | None] = relationship(foreign_keys=made_by_id)

    __table_args__ = (Index("ix_contact_change_holder", "holder", "holder_id"),)

    def __str__(self) -> str:
        return f"{self.holder} {self.holder_id}"


def contact_waits_until(holder: Holder, holder_id: int) -> datetime | None:
    """Until when no password link may go to this holder's address; None when it may."""
    query = select(func.max(ContactChange.waits_until)).where(
        ContactChange.holder == holder, ContactChange.holder_id == holder_id, ContactChange.waits_until > utcnow()
    )
    return db.session.scalar(query)


def contact_changers(holder: Holder, holder_id: int) -> set[int]:
    """The staff who changed this holder's data in the last thirty days."""
    query = select(ContactChange.made_by_id, ContactChange.also_by_id).where(
        ContactChange.holder == holder,
        ContactChange.holder_id == holder_id,
        ContactChange.made_at > utcnow() - KEPT_FOR,
    )
    return {one for row in db.session.execute(query) for one in row if one is not None}


def last_contact_change(holder: Holder, holder_id: int) -> ContactChange | None:
    """The newest change that is still on record."""
    query = select(ContactChange).where(ContactChange.holder == holder, ContactChange.holder_id == holder_id)
    return db.session.scalars(query.order_by(ContactChange.id.desc()).limit(1)).unique().first()


def forget_contact_changes(holder: Holder | None = None, holder_ids: Iterable[int] = ()) -> None:
    """Remove what is past its time, or everything of some holders who are erased."""
    if holder is None:
        db.session.execute(delete(ContactChange).where(ContactChange.made_at <= utcnow() - KEPT_FOR))
    else:
        db.session.execute(
            delete(ContactChange).where(ContactChange.holder == holder, ContactChange.holder_id.in_(list(holder_ids)))
        )
