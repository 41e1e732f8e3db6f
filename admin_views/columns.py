"""What a list shows of a row and by what it can be narrowed; it draws nothing and asks no right."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import joinedload
from werkzeug.exceptions import BadRequest

from gateways.spreadsheets import Cell, Rupiah
from models.staff import Staff
from models.wording import local


def names_of(*people: Any) -> list[Any]:
    """Loads the names of the people in these relations with the rows, and nothing else of them."""
    return [joinedload(person).load_only(Staff.name).lazyload(Staff.role_rows) for person in people]


@dataclass(frozen=True)
class Column:
    """A column of a list: the attribute's name or a function of the row, and its heading."""

    key: str
    label: Any
    cell: Callable[[Any], Any] | None = None
    is_link: bool = False
    css: str = ""

    def text(self, row: Any) -> Any:
        value = self.cell(row) if self.cell else getattr(row, self.key)
        if value is True or value is False:
            return _("Ya") if value else _("Tidak")
        return "" if value is None else value

    def exported(self, row: Any) -> Cell:
        """The cell for a spreadsheet: times on the centre's clock, days and money as such, else what the list says."""
        raw = getattr(row, self.key, None)
        if isinstance(raw, datetime):
            return local(raw)
        if isinstance(raw, date):
            return raw
        if self.key.endswith("_rp") and isinstance(raw, int):
            return Rupiah(raw)
        shown = self.text(row)
        return shown if isinstance(shown, int | float) else str(shown)


@dataclass(frozen=True)
class Choice:
    """A filter offered above a list: a select whose values are compared with a column."""

    key: str
    label: Any
    column: Any
    choices: Callable[[], Sequence[tuple[Any, Any]]]

    def condition(self, value: str) -> Any:
        allowed = {str(v): v for v, _label in self.choices()}
        if value not in allowed:
            raise BadRequest
        return self.column == allowed[value]
