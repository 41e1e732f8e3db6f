"""How far the worker has come in filling an index for search that older rows are still missing from."""

from __future__ import annotations

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, mapped_column

from models.base.db import Base, db


class SearchFill(Base):
    """An index that is being filled from the newest row down: ids up to `left_to` are still to come."""

    __tablename__ = "search_fill"
    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    left_to: Mapped[int]


def is_filling(name: str) -> bool:
    return db.session.scalar(select(SearchFill.name).where(SearchFill.name == name)) is not None
