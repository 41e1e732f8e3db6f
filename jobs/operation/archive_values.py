"""How one row of a table is written into a backup and read back, the same for SQLite and PostgreSQL."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import JSON, Column, Date, DateTime, LargeBinary

from models.base.columns.json_value import Held


class ValueRefused(ValueError):
    """A value that no backup writes into such a column; the text names the column, never the value."""


def written(columns: Sequence[Column[Held]], row: Sequence[Held]) -> bytes:
    """One line of tables/<name>.jsonl."""
    facts = {c.name: _plain(v) for c, v in zip(columns, row, strict=True)}
    return json.dumps(facts, ensure_ascii=False).encode() + b"\n"


def _plain(value: Held) -> Held:
    if isinstance(value, datetime):
        return (value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return {"base64": base64.b64encode(bytes(value)).decode()}
    return value if isinstance(value, str | int | float | bool | list | dict | None) else str(value)


class RowReader:
    """Turns the lines of one table into rows that its columns take; ValueRefused where they do not fit."""

    def __init__(self, columns: Sequence[Column[Held]], naive: bool) -> None:
        """`naive`: the database keeps times in UTC without a zone (SQLite)."""
        self._names = {column.name for column in columns}
        self._readers = {column.name: _reader(column, naive) for column in columns}

    def read(self, line: bytes) -> dict[str, Held]:
        try:
            facts = json.loads(line)
        except ValueError:
            raise ValueRefused("is no row") from None
        if not isinstance(facts, dict) or set(facts) != self._names:
            raise ValueRefused("has other columns than the table")
        return {name: self._value(name, value) for name, value in facts.items()}

    def _value(self, name: str, value: Held) -> Held:
        if value is None:
            return None
        try:
            return self._readers[name](value)
        except (TypeError, ValueError):
            raise ValueRefused(f"has a value in {name} that does not belong there") from None


def _reader(column: Column[Held], naive: bool) -> Callable[[Any], Any]:
    if isinstance(column.type, JSON):
        return lambda value: value
    if isinstance(column.type, DateTime):
        return lambda value: _moment(value, naive)
    if isinstance(column.type, Date):
        return date.fromisoformat
    if isinstance(column.type, LargeBinary):
        return lambda value: base64.b64decode(value["base64"], validate=True)
    kind = column.type.python_type
    return lambda value: _of_kind(kind, value)


def _moment(value: str, naive: bool) -> datetime:
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError("a time without a zone")
    return moment.astimezone(UTC).replace(tzinfo=None) if naive else moment


def _of_kind(kind: type, value: Held) -> Held:
    if kind is float and type(value) is int:
        return float(value)
    if kind not in (int, float, bool, str):
        return kind(value)  # numbers of fixed places are written as text
    if type(value) is not kind:
        raise TypeError(kind)
    return value
