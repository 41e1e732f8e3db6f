"""The type of what a page is given to show, by the names that its template reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import timedelta
from typing import TYPE_CHECKING, TypeAlias

from models.base.columns.json_value import Held
from models.base.db import Base
from models.base.wording import Words

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Shown: TypeAlias = (
    "Held | Words | timedelta | Base | DataclassInstance | Callable[..., Shown]"
    " | Sequence[Shown] | AbstractSet[Shown] | Mapping[str, Shown] | Mapping[int, Shown]"
)
"""A value, a text, a row, a record, or several of them; a function is asked by the template with what it shows."""
