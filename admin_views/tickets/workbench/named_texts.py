"""Texts of several kinds of rows in one statement: they go by places and come back under each kind's own names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import SimpleNamespace

from sqlalchemy import Label, Text, cast, literal

from models.base.columns.statement_types import Asked, Found


def placed(texts: Mapping[str, Asked], most: int) -> list[Label[str]]:
    """The texts as text_1, text_2 …, so many in every kind as the statement has places; what is over is empty."""
    columns = [cast(text, Text) for text in texts.values()]
    columns += [cast(literal(""), Text)] * (most - len(columns))
    return [column.label(f"text_{place}") for place, column in enumerate(columns, 1)]


def named(row: Found, names: Sequence[str], *also: str) -> SimpleNamespace:
    """The row with its texts under these names, and what `also` names of it as it is."""
    texts = {name: getattr(row, f"text_{place}") for place, name in enumerate(names, 1)}
    return SimpleNamespace(**texts, **{name: getattr(row, name) for name in also})
