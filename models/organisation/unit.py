"""The university's units, and their contacts: the people in them who can be reached."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, ForeignKey, Row, Select, String, func, or_, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import setting
from models.base.bulk_insert import as_read, rows_of
from models.base.db import Base, db
from models.base.wording import Words

UNIT_KINDS: dict[str, Words] = {
    "faculty": _l("Fakultas"),
    "department": _l("Program studi"),
    "bureau": _l("Biro atau bagian"),
    "institute": _l("Lembaga atau UPT"),
    "organisation": _l("Organisasi"),
}
CONTACT_KINDS: dict[str, Words] = {
    "head": _l("Pimpinan unit"),
    "it_manager": _l("Pengelola IT"),
    "technical": _l("Kontak teknis"),
    "other": _l("Kontak lain"),
}


@setting.changes_lists
class Unit(Base):
    """Faculty, department, bureau, institute or student organisation; may have a parent unit."""

    __tablename__ = "unit"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(160))
    kind: Mapped[str] = mapped_column(String(20), default="bureau")
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    building: Mapped[str] = mapped_column(String(160), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    is_active: Mapped[bool] = mapped_column(default=True)
    parent: Mapped[Unit | None] = relationship(remote_side="Unit.id")
    contacts: Mapped[list[Contact]] = relationship(back_populates="unit", cascade="all, delete-orphan")

    @property
    def kind_label(self) -> Words:
        return UNIT_KINDS.get(self.kind, self.kind)

    def __str__(self) -> str:
        return self.name


class Contact(Base):
    """A person of a unit: its head, its IT manager (told about outages), a technical contact."""

    __tablename__ = "contact"
    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    position: Mapped[str] = mapped_column(String(120), default="")
    kind: Mapped[str] = mapped_column(String(20), default="other")
    email: Mapped[str] = mapped_column(String(254), default="")
    phone: Mapped[str] = mapped_column(String(30), default="")
    language: Mapped[str] = mapped_column(String(2), default="id")
    is_active: Mapped[bool] = mapped_column(default=True)
    unit: Mapped[Unit] = relationship(back_populates="contacts")

    @property
    def kind_label(self) -> Words:
        return CONTACT_KINDS.get(self.kind, self.kind)

    def __str__(self) -> str:
        return self.name


def below(units: ColumnElement[bool]) -> Select[int]:
    """A SELECT of the ids of these units (a condition on Unit) and of all that lies below them."""
    tree = select(Unit.id).where(units).cte("below", recursive=True)
    tree = tree.union(select(Unit.id).where(Unit.parent_id == tree.c.id))  # UNION ends even in a circle
    return select(tree.c.id)


def it_manager_of(unit_id: int | None) -> Contact | None:
    """The unit's own IT person who can be reached by mail: offered first as technical contact (E2)."""
    managers = select(Contact).where(
        Contact.unit_id == unit_id, Contact.kind == "it_manager", Contact.is_active, Contact.email != ""
    )
    return db.session.scalars(managers.order_by(Contact.id).limit(1)).first()


def with_subunits(unit_id: int) -> list[int]:
    """The unit's id and those of everything below it."""
    return list(db.session.scalars(below(Unit.id == unit_id)))


def is_below(unit_id: int, possible_parent_id: int) -> bool:
    """Would this parent make the unit its own ancestor?"""
    return possible_parent_id in with_subunits(unit_id)


def named_like(words: str) -> ColumnElement[bool]:
    """Units of this code, or whose name contains the words."""
    return or_(Unit.name.icontains(words, autoescape=True), func.lower(Unit.code) == words.lower())


def kept_units() -> Sequence[Row[int, str]]:
    """Id and name of the units on offer, by name: as they were at most setting.CACHE_SECONDS ago."""
    return setting.recent("units", lambda: rows_of(_units()).all())


def unit_with_name(unit_id: int | None) -> Unit | None:
    """A unit on offer, without asking the database: every complaint names one."""
    kept = next((kept for kept in kept_units() if kept.id == unit_id), None)
    return as_read(Unit, id=kept.id, name=kept.name) if kept else None


@cache
def _units() -> Select[int, str]:
    return select(Unit.id, Unit.name).where(Unit.is_active).order_by(Unit.name)
