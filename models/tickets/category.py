"""How complaints are sorted: the categories, each with the group that gets its tickets."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import setting
from models.base.db import Base
from models.organisation.staff import Group


@setting.changes_lists
class Category(Base):
    """A kind of problem on the complaint form; C4 sends its tickets to its group."""

    __tablename__ = "category"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    name_en: Mapped[str] = mapped_column(String(80), default="")
    position: Mapped[int] = mapped_column(default=100)
    group_id: Mapped[int] = mapped_column(ForeignKey("helpdesk_group.id"), index=True)
    is_active: Mapped[bool] = mapped_column(default=True)
    group: Mapped[Group] = relationship()

    def name_in(self, language: str) -> str:
        return self.name_en if language == "en" and self.name_en else self.name

    def __str__(self) -> str:
        return self.name
