"""Which lists can be had as a file, and how one is read in key order; it draws no page and writes no file.

The panel puts its lists in here when the application starts; page and worker read them by the same function. Each
batch is one short transaction that asks the person's right and row rule anew, so that a right that was revoked
after the press, or in the middle of a long file, holds at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Protocol

from gateways.spreadsheets import Line
from models.db import db
from models.staff import Staff

BATCH = 1_000
AT_ONCE = 5_000  # rows that the page writes itself; more is the worker's
SHEET_HOLDS = 1_048_575  # lines under the heads of one XLSX sheet

Args = Mapping[str, str]


class ListToExport(Protocol):
    """A list of the panel. `args` are the filters of its address; BadRequest for one that cannot be."""

    most_exported: int

    def may_export(self, staff: Staff) -> bool: ...
    def export_heads(self) -> list[str]: ...
    def export_words(self, args: Args) -> str: ...
    def export_count(self, staff: Staff, args: Args, most: int) -> int: ...
    def export_lines(self, staff: Staff, args: Args, edge: int | None, limit: int) -> list[tuple[int, Line]]:
        """At most `limit` lines beyond the row of id `edge` in key order, each with its row's id."""
        ...


LISTS: dict[str, ListToExport] = {}


class ExportRefused(Exception):
    """Whoever asked may not export this list, or no longer."""


def register(key: str, listed: ListToExport) -> None:
    LISTS[key] = listed


def batches(key: str, staff_id: int, args: Args, progress: Callable[[int], None]) -> Iterator[list[Line]]:
    """The list's lines in batches, up to what one file may hold; `progress` gets the count so far after each.

    ExportRefused where the person may not, or not any more. Between batches no transaction is open.
    """
    edge, count = None, 0
    while count < LISTS[key].most_exported:
        limit = min(BATCH, LISTS[key].most_exported - count)
        found = LISTS[key].export_lines(asking(key, staff_id), args, edge, limit)
        db.session.rollback()
        if found:
            yield [line for _id, line in found]
            edge, count = found[-1][0], count + len(found)
            progress(count)
        if len(found) < limit:
            return


def asking(key: str, staff_id: int) -> Staff:
    """The person as they are now, with the right to export this list; ExportRefused otherwise."""
    staff = db.session.get(Staff, staff_id, populate_existing=True)
    if staff is None or key not in LISTS or not LISTS[key].may_export(staff):
        raise ExportRefused
    return staff
