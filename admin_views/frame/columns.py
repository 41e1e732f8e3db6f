"""The columns and filters with which a view says what its list shows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement

from admin_views.frame.address_values import not_a_value
from gateways.files.table_writer import Cell, Rupiah
from models.base.columns.shown import Shown
from models.base.columns.statement_types import Asked
from models.base.db import UTCDateTime
from models.base.typed_date import BadDate, read_day
from models.base.wording import Words, day_begins, local, on_date
from models.base.written import clean_line

Conditions = Callable[[], Sequence[tuple[str, Words, ColumnElement[bool]]]]  # key, words and condition of each


@dataclass(frozen=True)
class Column:
    """A column of a list: the attribute's name or a function of the row, and its heading.

    `is_whole`: the program made its words, they are short and not broken in two.
    """

    key: str
    label: Words
    cell: Callable[[Any], Shown] | None = None
    is_link: bool = False
    css: str = ""
    is_whole: bool = False

    @property
    def classes(self) -> str:
        return f"{self.css} pk-whole".strip() if self.is_whole else self.css

    def text(self, row: Any) -> Shown:
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
    label: Words
    column: Any
    choices: Callable[[], Sequence[tuple[str | int, Words]]]
    is_typed: ClassVar[bool] = False  # drawn as a box to type in, with suggestions, rather than as a select
    is_day: ClassVar[bool] = False  # drawn as a box for a day

    def words(self, value: str) -> str:
        """What is chosen, as a person reads it; nothing where it is none of the choices."""
        return {str(v): str(label) for v, label in self.choices()}.get(value, "")

    def condition(self, value: str) -> ColumnElement[bool]:
        allowed = {str(v): v for v, _label in self.choices()}
        if value not in allowed:
            raise not_a_value(self.key, value)
        return self.column == allowed[value]


@dataclass(frozen=True)
class ConditionChoice(Choice):
    """A filter whose values are conditions: `conditions` gives key, label and condition of each."""

    conditions: Conditions = lambda: ()

    def condition(self, value: str) -> ColumnElement[bool]:
        found = {key: condition for key, _label, condition in self.conditions()}
        if value not in found:
            raise not_a_value(self.key, value)
        return found[value]


@dataclass(frozen=True)
class DayFilter(Choice):
    """A filter by day, on the centre's clock: what is of this day or later; with `is_last`, of this day or earlier."""

    is_last: bool = False
    is_day: ClassVar[bool] = True

    def words(self, value: str) -> str:
        return on_date(self._day(value), str(get_locale())) if clean_line(value) else ""

    def condition(self, value: str) -> ColumnElement[bool]:
        edge: Any = self._day(value) + timedelta(days=self.is_last)
        if isinstance(self.column.type, UTCDateTime):
            edge = day_begins(edge)
        return self.column < edge if self.is_last else self.column >= edge

    def _day(self, value: str) -> date:
        try:
            day = read_day(clean_line(value))
        except BadDate:
            raise not_a_value(self.key, value) from None
        if not 2000 <= day.year <= 2100:
            raise not_a_value(self.key, value)
        return day


def conditions_of(key: str, label: Words, conditions: Conditions) -> ConditionChoice:
    """A select of conditions."""
    return ConditionChoice(key, label, None, lambda: [(k, words) for k, words, _c in conditions()], conditions)


def period_of(column: Asked) -> tuple[DayFilter, DayFilter]:
    """From a day on, and until a day."""
    return DayFilter("since", _l("Sejak"), column, tuple), DayFilter("until", _l("Sampai"), column, tuple, is_last=True)
