"""How complaints are sorted: the categories, each with the group that gets its tickets."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.orm.attributes import set_committed_value

from models.base import setting
from models.base.bulk_insert import as_read, rows_of
from models.base.columns.statement_types import Found, Query
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


def kept_categories() -> Sequence[Found]:
    """The categories on offer, in their order, with their groups: as they were at most setting.CACHE_SECONDS ago."""
    return setting.recent("categories", lambda: rows_of(_categories()).all())


def category_with_group(category_id: int | None) -> Category | None:
    """A category on offer with its group, without asking the database: every complaint needs both."""
    for kept in kept_categories():
        if kept.id == category_id:
            category = as_read(Category, id=kept.id, name=kept.name, name_en=kept.name_en, group_id=kept.group_id)
            group = as_read(Group, id=kept.group_id, name=kept.group_name, assigns_by_load=kept.assigns_by_load)
            set_committed_value(category, "group", group)
            return category
    return None


@cache
def _categories() -> Query:
    query: Query = select(
        Category.id, Category.name, Category.name_en, Category.group_id, Group.name.label("group_name"),
        Group.assigns_by_load,
    )  # fmt: skip
    return query.join(Group).where(Category.is_active).order_by(Category.position, Category.name)
