"""Where a room adds its part to the page of a row that another room keeps: a unit's bills, a person's tickets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from models.base.columns.shown import Shown


class PartFacts(Protocol):
    """What a part shows of a row, by the names that its template reads; None where it is left out."""

    def __call__(self, row: Any, /) -> Mapping[str, Shown] | None: ...


# a view's key -> its parts in the order in which they stand: the template, and what it shows of a row for this reader
PARTS: dict[str, list[tuple[str, PartFacts]]] = {}


def add_part(view: str, template: str, facts: PartFacts) -> None:
    """Show the template on the pages of this view's rows; without facts (None) it is left out."""
    PARTS.setdefault(view, []).append((template, facts))


def page_parts_of(view: str, row: Any) -> list[tuple[str, Mapping[str, Shown]]]:
    """The templates to show below the row's own facts, each with what it shows."""
    found = [(template, facts(row)) for template, facts in PARTS.get(view, ())]
    return [(template, part) for template, part in found if part is not None]
