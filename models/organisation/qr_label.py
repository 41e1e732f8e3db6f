"""QR labels on devices and on the outlets of an installation, and the complaints that were written from one.

The code on a label is random and leads from outside to the complaint form alone; what it stands on is for staff.
"""

from __future__ import annotations

import re
import secrets
from datetime import datetime

from flask import current_app
from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from models.base.db import Base, db, utcnow

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: nothing to mix up when it is typed off a label
CHARACTERS = 8  # 40 random bits: nobody finds a label by trying
_FORGIVEN = str.maketrans("OIL", "011", "- ")
_CODE = re.compile(rf"[{ALPHABET}]{{{CHARACTERS}}}")


class QrLabel(Base):
    """One label: of a device, or of one point (by its line in the quality test) of an installation."""

    __tablename__ = "qr_label"
    __table_args__ = (
        UniqueConstraint("ticket_id", "position"),
        CheckConstraint("(node_id IS NULL) <> (ticket_id IS NULL)", name="one_place"),
        CheckConstraint("(ticket_id IS NULL) = (position IS NULL)", name="whole_outlet"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(CHARACTERS), unique=True)
    node_id: Mapped[int | None] = mapped_column(ForeignKey("node.id", ondelete="CASCADE"), unique=True)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"))
    position: Mapped[int | None]
    made_at: Mapped[datetime] = mapped_column(default=utcnow)

    @property
    def address(self) -> str:
        """What the QR says, from the configured base address, never from the request's Host (security.md S6)."""
        return f"{current_app.config['BASE_URL']}/label/{self.code}"

    @property
    def spoken(self) -> str:
        """The code as it stands on the label: XXXX-XXXX."""
        return spoken_code(self.code)


class LabelledComplaint(Base):
    """That a complaint was written from a label."""

    __tablename__ = "labelled_complaint"
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), primary_key=True)
    label_id: Mapped[int] = mapped_column(ForeignKey("qr_label.id", ondelete="CASCADE"), index=True)


def spoken_code(code: str) -> str:
    return f"{code[:4]}-{code[4:]}"


def new_code() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(CHARACTERS))


def code_in(typed: str) -> str:
    """The code as it is kept, however it was typed off a label; "" where it can be none."""
    code = typed[:40].upper().translate(_FORGIVEN)
    return code if _CODE.fullmatch(code) else ""


def label_of(typed: str) -> QrLabel | None:
    """The label with this code; None where there is none."""
    code = code_in(typed)
    return db.session.scalars(select(QrLabel).where(QrLabel.code == code)).first() if code else None
