"""A form field in which a row of a long register is typed by name, with suggestions.

Without a script the suggestions are the browser's own list; whatever else is typed is looked for when it is sent.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy import ColumnElement, Select, and_, case, func, or_
from wtforms import StringField
from wtforms.widgets import TextInput, html_params

from models.base.db import db
from models.base.wording import Words
from models.base.written import clean_line

MOST_SUGGESTED = 40
MOST_NAMED = 4  # of several that were meant
LONGEST = 250
BETWEEN = " · "


class Register(NamedTuple):
    """Rows that may be typed: a SELECT of an id and the parts of a label, the first of which is the name."""

    rows: Callable[[], Select[*tuple[Any, ...]]]
    none_is: Callable[[str], str]  # the sentence when nothing is meant by these words


class Suggested(TextInput):
    """A text box with its suggestions beside it."""

    def __call__(self, field: RowField, **options: str) -> Markup:
        listed = f"{options.get('id', field.id)}-l"
        names = Markup().join(
            Markup("<option %s></option>") % Markup(html_params(value=name)) for name in field.names()
        )
        box = super().__call__(field, list=listed, maxlength=LONGEST, autocomplete="off", **options)
        return box + Markup('<datalist id="%s">%s</datalist>') % (listed, names)


class RowField(StringField):
    """Its data is the id of a row, 0 for none; a part of the name is enough where it is of one row alone."""

    widget = Suggested()

    def __init__(self, label: Words | None = None, *more: Any, of: Register, **options: Any) -> None:
        super().__init__(label, *more, **options)
        self.of, self.typed = of, ""
        self.first: ColumnElement[bool] | None = None  # the rows that are suggested before others

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        self.typed, self.data = " ".join(clean_line(valuelist[0] if valuelist else "").split())[:LONGEST], 0
        if self.typed in ("", "0"):
            self.typed = ""
            return
        found = self._meant(self.typed)
        if not found:
            raise ValueError(self.of.none_is(self.typed))
        if len(found) > 1:
            names = ", ".join(name for _id, name in found[:MOST_NAMED]) + (", …" if len(found) > MOST_NAMED else "")
            raise ValueError(_("Lebih dari satu yang cocok: %(names)s. Tulis nama yang lebih lengkap.", names=names))
        ((self.data, self.typed),) = found

    def _value(self) -> str:
        if self.typed or not self.data:
            return self.typed
        return next((name for _id, name in self._asked(self._key == int(self.data), 1)), "")

    def names(self) -> list[str]:
        """What is suggested: first the rows that lie near, then the first by name."""
        return list(dict.fromkeys(name for _id, name in self._asked(None, MOST_SUGGESTED, self.first)))

    def _meant(self, words: str) -> list[tuple[int, str]]:
        """The one row of this id, label or name; else the rows of which each part between dots holds the words."""
        parts = self.of.rows().selected_columns
        said = [part.strip() for part in words.split(BETWEEN.strip())]
        holds = and_(
            *(or_(*(column.icontains(word, autoescape=True) for column in list(parts)[1:])) for word in said if word)
        )
        if words.isascii() and words.isdecimal() and int(words) < 2**31:
            holds = or_(holds, self._key == int(words))
        named = func.lower(list(parts)[1]) == said[0].lower()
        found = self._asked(holds, MOST_NAMED + 1, named)
        same = [row for row in found if row[1].lower() == words.lower()]
        same = same or [row for row in found if row[1].split(BETWEEN)[0].lower() == words.lower()]
        same = same or [row for row in found if str(row[0]) == words]
        return same[:1] or found

    @property
    def _key(self) -> ColumnElement[int]:
        return next(iter(self.of.rows().selected_columns))

    def _asked(
        self, condition: ColumnElement[bool] | None, most: int, first: ColumnElement[bool] | None = None
    ) -> list[tuple[int, str]]:
        """Ids and labels by label, those that fulfil `first` before others."""
        query = self.of.rows()
        columns = list(query.selected_columns)[1:]
        if condition is not None:
            query = query.where(condition)
        if first is not None:
            query = query.order_by(case((first, 0), else_=1))
        rows = db.session.execute(query.order_by(*columns).limit(most))
        return [(row[0], BETWEEN.join(str(part) for part in row[1:] if part)) for row in rows]
