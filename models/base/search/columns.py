"""Conditions by which columns of registers are searched, in the spellings that people type, on both databases."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import TypeAlias

from sqlalchemy import ColumnElement, String, and_, false, func, or_
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import SQLColumnExpression
from sqlalchemy.sql.functions import FunctionElement

from models.base.search.folding import fold, squeezed
from models.base.search.slips import LONGEST, SHORTEST, patterns_near
from models.base.search.terms import TypedWord

SearchedColumn: TypeAlias = SQLColumnExpression[str] | SQLColumnExpression[str | None]
_ACCENTED = {c: fold(c) for c in map(chr, range(0xC0, 0x180)) if unicodedata.category(c) == "Ll" and len(fold(c)) == 1}
_EDGES = re.compile(r"^[\W_]+|[\W_]+$")  # quotes, brackets, a comma behind a word
_INSIDE = "-'.`\u2018\u2019\u02bc\u2010\u2011\u2013\u00ad"


class SqueezedColumn(FunctionElement[str]):
    """What folding.squeezed() makes of a column; SQLite asks Python only where there is more than letters and gaps."""

    type = String()
    inherit_cache = True


class DigitsOfColumn(FunctionElement[str]):
    """The figures in a column."""

    type = String()
    inherit_cache = True


@compiles(SqueezedColumn, "sqlite")
def _squeezed_sqlite(element: FunctionElement[str], compiler: SQLCompiler, **options: bool) -> str:
    column = compiler.process(element.clauses, **options)
    return f"CASE WHEN {column} GLOB '*[^a-zA-Z0-9 ]*' THEN squeezed({column}) ELSE lower({column}) END"


@compiles(SqueezedColumn, "postgresql")
def _squeezed_postgresql(element: FunctionElement[str], compiler: SQLCompiler, **options: bool) -> str:
    before = "".join(_ACCENTED) + _INSIDE.replace("'", "''")
    column = compiler.process(element.clauses, **options)
    return f"translate(lower({column}), '{before}', '{''.join(_ACCENTED.values())}')"


@compiles(DigitsOfColumn, "sqlite")
def _digits_sqlite(element: FunctionElement[str], compiler: SQLCompiler, **options: bool) -> str:
    return f"digits_in({compiler.process(element.clauses, **options)})"


@compiles(DigitsOfColumn, "postgresql")
def _digits_postgresql(element: FunctionElement[str], compiler: SQLCompiler, **options: bool) -> str:
    return f"regexp_replace({compiler.process(element.clauses, **options)}, '[^0-9]', '', 'g')"


def holds(columns: Sequence[SearchedColumn], word: TypedWord) -> ColumnElement[bool]:
    """The condition that one of the columns holds this word: as it is typed, in another spelling, or as a number."""
    ways: list[ColumnElement[bool]] = [
        and_(*(_any(column.icontains(part, autoescape=True) for column in columns) for part in word.text.split()))
    ]
    bare = _EDGES.sub("", squeezed(word.text))
    for parts in ((bare,), word.parts):
        if any(c.isalpha() for part in parts for c in part):
            ways.append(and_(*(_any(_has(column, part) for column in columns) for part in parts)))
    if word.paper:
        ways.append(_any(column.ilike(f"%{'_'.join(word.paper)}%") for column in columns))
    if word.number:
        ways.append(_any(DigitsOfColumn(column).contains(word.number) for column in columns))
    return or_(*ways)


def nearly_holds(column: SearchedColumn, word: TypedWord) -> ColumnElement[bool]:
    """The condition that the column holds what is one slip away from this word, in a word of the same first letter."""
    bare = squeezed(word.text)
    if not (bare.isalpha() and bare.isascii() and SHORTEST <= len(bare) <= LONGEST):
        return false()
    name = func.lower(column)
    begins = or_(*(name.like(f"{place}{letter}%") for place in ("", "% ") for letter in set(bare[:2])))
    return and_(begins, _any(SqueezedColumn(column).like(f"%{pattern}%") for pattern in patterns_near(bare)))


def _has(column: SearchedColumn, part: str) -> ColumnElement[bool]:
    return SqueezedColumn(column).contains(part, autoescape=True)


def _any(conditions: Iterable[ColumnElement[bool]]) -> ColumnElement[bool]:
    return or_(*conditions)
