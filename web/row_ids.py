"""Ids of rows in addresses and forms: ASCII digits up to the largest id; anything longer is a 404."""

from __future__ import annotations

from flask import Flask
from werkzeug.routing import IntegerConverter, ValidationError

LAST_ROW = 2**31 - 1  # the largest id of an integer column on PostgreSQL


class RowId(IntegerConverter):
    """`<int:…>` in every address: ASCII digits up to the largest id; anything else ends in 404."""

    regex = "[0-9]{1,10}"

    def to_python(self, value: str) -> int:
        number = int(super().to_python(value))
        if number > LAST_ROW:
            raise ValidationError
        return number


def row_id(typed: str) -> int:
    """The id in a query or form value, for `type=` of request.args and request.form. Raises ValueError for none."""
    text = typed.strip()
    if not (text.isascii() and text.isdecimal()) or len(text) > 10 or int(text) > LAST_ROW:
        raise ValueError("no id of a row")
    return int(text)


def init_row_ids(app: Flask) -> None:
    """Before any address is registered: all of them use the converter."""
    app.url_map.converters["int"] = RowId
