"""Replies that stand ready for what is asked often, with named gaps such as the ticket's number."""

from __future__ import annotations

import re
from collections.abc import Mapping

from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base.db import Base
from models.base.wording import Words
from models.organisation.staff import Group
from models.tickets.category import Category

GAP = re.compile(r"(?<!\{)\{(\w+)\}(?!\})")  # {nomor}, but not {{nomor}}: doubled braces are plain text
GAPS: dict[str, Words] = {
    "nomor": _l("nomor tiket"),
    "nama": _l("nama pemohon"),
    "unit": _l("unit pemohon"),
    "petugas": _l("nama Anda"),
    "kelompok": _l("kelompok yang menangani"),
    "tautan": _l("alamat halaman tiket"),
}
MOST_OFFERED = 40


class CannedReply(Base):
    """One reply in Indonesian and, where there is one, in English; for all tickets or for some."""

    __tablename__ = "canned_reply"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(80), unique=True)
    text: Mapped[str] = mapped_column(Text)
    text_en: Mapped[str] = mapped_column(Text, default="")
    procedure: Mapped[str] = mapped_column(String(30), default="")  # empty: of any procedure
    category_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("helpdesk_group.id"))
    is_active: Mapped[bool] = mapped_column(default=True)
    category: Mapped[Category | None] = relationship()
    group: Mapped[Group | None] = relationship()

    def __str__(self) -> str:
        return self.title


def unknown_gaps(text: str) -> list[str]:
    """Names in single braces that stand for nothing."""
    return sorted({name for name in GAP.findall(text) if name not in GAPS})


def filled(text: str, values: Mapping[str, str]) -> str:
    """The words with their gaps filled, once: what a value says is never read as a gap (security.md U9)."""
    return GAP.sub(lambda gap: values.get(gap[1], gap[0]), text)
