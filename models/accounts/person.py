"""The centre's register of people: students, lecturers, staff, as imported; P3 compares with it.

A person of the register has no login to the product; a colleague's link to their own row is `staff_id`.
"""

from __future__ import annotations

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey, Index, String, func, or_, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from models.base.db import Base, db, utcnow
from models.base.wording import Words
from models.base.written import searched_words
from models.organisation.roles import Role
from models.organisation.staff import Staff, staff_with
from models.organisation.unit import Unit

PERSON_KINDS: dict[str, Words] = {
    "student": _l("Mahasiswa"),
    "lecturer": _l("Dosen"),
    "staff": _l("Tenaga kependidikan"),
}
PERSON_STATUSES: dict[str, Words] = {
    "active": _l("Aktif"),
    "leave": _l("Cuti"),
    "left": _l("Keluar atau lulus"),
}
SUPERIORS = frozenset({Role.HEAD_OF_CENTRE, Role.HEAD_NETWORKING, Role.HEAD_SYSTEMS, Role.ADMINISTRATOR})
"""Whose account an operator may not change alone (P4)."""


class Person(Base):
    """One person, found by number; two people may share a name, never a number."""

    __tablename__ = "person"
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(30), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    name_key: Mapped[str] = mapped_column(String(120), index=True)  # folded, so that search needs no special index
    kind: Mapped[str] = mapped_column(String(10), default="student")
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    status: Mapped[str] = mapped_column(String(10), default="active")
    email: Mapped[str] = mapped_column(String(254), default="")
    phone: Mapped[str] = mapped_column(String(30), default="")
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"), unique=True)
    updated_at: Mapped[datetime] = mapped_column(default=utcnow)
    unit: Mapped[Unit | None] = relationship()
    staff: Mapped[Staff | None] = relationship()

    __table_args__ = (Index("ix_person_name_id", "name_key", "id"),)

    @property
    def kind_label(self) -> Words:
        return PERSON_KINDS.get(self.kind, self.kind)

    @property
    def status_label(self) -> Words:
        return PERSON_STATUSES.get(self.status, self.status)

    @property
    def has_left(self) -> bool:
        return self.status == "left"

    def is_same_as(self, staff: Staff | None) -> bool:
        """Is this row the colleague's own? By the link, else by any sign of it: nobody may have tied the two.

        The signs are the staff number, the mail address, the phone number and the full name; a doubtful one costs a
        second person, no more (security.md I7).
        """
        if staff is None:
            return False
        if self.staff_id is not None:
            return self.staff_id == staff.id
        return (
            _same(self.number, staff.staff_number)
            or _same(self.email, staff.email)
            or _same(self.phone, staff.phone)
            or (len(name_key(self.name).split()) > 1 and name_key(self.name) == name_key(_without_title(staff.name)))
        )

    @property
    def is_superior(self) -> bool:
        """A head or an administrator of the centre, whether or not somebody tied the row to the login."""
        if self.staff is not None:
            return self.staff.has(*SUPERIORS)
        return any(self.is_same_as(staff) for staff in staff_with(*SUPERIORS))

    def __str__(self) -> str:
        return f"{self.name} ({self.number})"


def _same(one: str, other: str) -> bool:
    kept = ["".join(c for c in text.casefold() if c.isalnum() or c == "@") for text in (one, other)]
    return bool(kept[0]) and kept[0] == kept[1]


def _without_title(name: str) -> str:
    return name.removeprefix("Pak ").removeprefix("Bu ")


def name_key(name: str) -> str:
    """How a name is kept for searching: folded, without punctuation."""
    kept = "".join(c if c.isalnum() else " " for c in name.casefold())
    return " ".join(kept.split())[:120]


def find_people(words: str, limit: int = 20) -> list[Person]:
    """People whose number begins with the words, or whose name holds each of them; best first, `limit` at most."""
    words = " ".join(searched_words(words))
    if len(words) < 2:
        return []
    rules = [Person.number.startswith(words.replace(" ", ""), autoescape=True)]
    keys = name_key(words).split()
    if keys:
        named = select(Person.id)
        for key in keys[:5]:
            together = func.replace(Person.name_key, " ", "").contains(key, autoescape=True)  # "maruf" for "Ma'ruf"
            named = named.where(or_(Person.name_key.contains(key, autoescape=True), together))
        rules.append(Person.id.in_(named))
    query = select(Person).where(or_(*rules)).options(joinedload(Person.unit), joinedload(Person.staff))
    return list(db.session.scalars(query.order_by(Person.name_key, Person.number).limit(limit)).unique())
