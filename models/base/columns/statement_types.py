"""The types of what a statement asks for and of what it brings, where its columns are put together as it goes."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from sqlalchemy import Row, Select
    from sqlalchemy.sql.elements import SQLColumnExpression

    from models.base.columns.json_value import Held

Asked: TypeAlias = "SQLColumnExpression[Held]"
"""A column, or what is reckoned of columns."""

Query: TypeAlias = "Select[*tuple[Held, ...]]"
"""A statement that asks for several columns."""

Found: TypeAlias = "Row[*tuple[Held, ...]]"
"""A row that such a statement brought; its values stand under the names of its columns."""
