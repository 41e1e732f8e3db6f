"""A list's filter by unit, typed by name with suggestions."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Select, select

from admin_views.frame.address_values import not_a_value
from admin_views.frame.columns import Choice
from models.base.db import db
from models.base.written import clean_line
from models.organisation.unit import Unit, named_like

LONGEST_NAME, MOST_SUGGESTED = 160, 200


class UnitFilter(Choice):
    """A filter by unit: there may be thousands, so a part of the name, or the code, is typed; an id is taken too."""

    is_typed = True

    def condition(self, value: str) -> ColumnElement[bool]:
        return self.column.in_(self.meant(value))

    def meant(self, value: str) -> Select[int]:
        """A SELECT of the ids of the units that were typed; BadRequest for what can be none."""
        if "\x00" in value:
            raise not_a_value(self.key, value)
        return select(Unit.id).where(_meant(value))

    def words(self, value: str) -> str:
        if not value.isdecimal():
            return clean_line(value)
        return db.session.scalar(select(Unit.name).where(_meant(value))) or ""


def _meant(value: str) -> ColumnElement[bool]:
    """The units that were typed: by id, or by a part of the name or the whole code."""
    is_id = value.isascii() and value.isdecimal() and len(value) < 11 and int(value) < 2**31
    return Unit.id == int(value) if is_id else named_like(clean_line(value)[:LONGEST_NAME])


def suggested_units() -> list[tuple[int, str]]:
    """The first units by name, for a box in which one is typed."""
    units = select(Unit.id, Unit.name).where(Unit.is_active).order_by(Unit.name).limit(MOST_SUGGESTED)
    return [(ident, name) for ident, name in db.session.execute(units)]
