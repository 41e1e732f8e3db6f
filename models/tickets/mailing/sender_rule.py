"""Rules for known senders: what is done with the mail of an address, or of all addresses of a domain."""

from __future__ import annotations

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey, String, or_, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base.db import Base, db, utcnow
from models.base.wording import Words
from models.organisation.unit import Unit
from models.tickets.category import Category

ACTS: dict[str, Words] = {
    "propose": _l("Usulkan jenis masalah dan unit ini"),
    "open": _l("Buat pengaduan sendiri, dengan jenis dan unit ini"),
    "discard": _l("Buang tanpa dibaca orang"),
    "wait": _l("Selalu menunggu operator"),
}


class SenderRule(Base):
    """What becomes of a new mail of this sender; an answer to a ticket is never touched by it."""

    __tablename__ = "sender_rule"
    id: Mapped[int] = mapped_column(primary_key=True)
    sender: Mapped[str] = mapped_column(String(254), unique=True)  # an address, or @ and a domain; small letters
    act: Mapped[str] = mapped_column(String(10), default="propose")
    category_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    note: Mapped[str] = mapped_column(String(200), default="")  # why there is this rule
    is_active: Mapped[bool] = mapped_column(default=True)
    used: Mapped[int] = mapped_column(default=0)  # mails that it decided
    used_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    category: Mapped[Category | None] = relationship()
    unit: Mapped[Unit | None] = relationship()

    def __str__(self) -> str:
        return self.sender


def rule_of(address: str) -> SenderRule | None:
    """The rule of this very address, else of its domain."""
    if not address:
        return None
    names = (address.lower(), "@" + address.lower().rpartition("@")[2])
    query = select(SenderRule).where(SenderRule.is_active, or_(*(SenderRule.sender == name for name in names)))
    found = {rule.sender: rule for rule in db.session.scalars(query).unique()}
    return next((found[name] for name in names if name in found), None)
