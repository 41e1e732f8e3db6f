"""Which lists can be had as a file, and how one is read in batches for the worker or a page.

The panel puts its lists in here when the application starts; page and worker read them by the same function. The
filter is asked once, for the ids alone. Each batch of them is one short transaction that asks the person's right and
row rule anew, so that a right that was revoked after the press, or in the middle of a long file, holds at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import IO, Protocol

from gateways.files.table_writer import Line
from models.base.db import db
from models.organisation.staff import Staff
from procedures.base.replica import read_apart

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
    def export_ids(self, staff: Staff, args: Args, most: int) -> Sequence[int]:
        """The ids of at most `most` rows in the order of the file; whatever the filter costs, it costs it once."""
        ...

    def export_lines(self, staff: Staff, ids: Sequence[int]) -> list[Line]:
        """The lines of these rows in the same order, without those that the person may not see now."""
        ...


class ReportToExport(Protocol):
    """A page of the panel whose file is counted as a whole: `progress` gets how far it is, between transactions."""

    def may_export(self, staff: Staff) -> bool: ...
    def export_heads(self) -> list[str]: ...
    def export_whole(
        self, ask: Callable[[], Staff], args: Args, progress: Callable[[int], None]
    ) -> Iterator[list[Line]]: ...
    def write_bundle(
        self, out: IO[bytes], ask: Callable[[], Staff], args: Args, progress: Callable[[int], None]
    ) -> int: ...


LISTS: dict[str, ListToExport] = {}
REPORTS: dict[str, ReportToExport] = {}


class ExportRefused(Exception):
    """Whoever asked may not export this list, or no longer."""


def register(key: str, listed: ListToExport) -> None:
    LISTS[key] = listed


def register_report(key: str, report: ReportToExport) -> None:
    REPORTS[key] = report


def named(key: str) -> ListToExport | ReportToExport | None:
    """The list or the report of this name."""
    return LISTS.get(key) or REPORTS.get(key)


def batches(key: str, staff_id: int, args: Args, progress: Callable[[int], None]) -> Iterator[list[Line]]:
    """The list's lines in batches, up to what one file may hold; `progress` gets the count so far after each.

    ExportRefused where the person may not, or not any more. Between batches no transaction is open.
    """
    staff = asking(key, staff_id)
    if key in REPORTS:
        yield from REPORTS[key].export_whole(lambda: asking(key, staff_id), args, progress)
        return
    listed = LISTS[key]
    ids, count = read_apart(lambda: listed.export_ids(staff, args, listed.most_exported)), 0
    db.session.rollback()
    for at in range(0, len(ids), BATCH):
        staff, some = asking(key, staff_id), ids[at : at + BATCH]
        lines = read_apart(partial(listed.export_lines, staff, some))
        db.session.rollback()
        yield lines
        count += len(lines)
        progress(count)


def bundle(out: IO[bytes], key: str, staff_id: int, args: Args, progress: Callable[[int], None]) -> int:
    """Write a report's bundle; says of how many rows it tells. ExportRefused as above."""
    asking(key, staff_id)
    if key not in REPORTS:
        raise ExportRefused
    return REPORTS[key].write_bundle(out, lambda: asking(key, staff_id), args, progress)


def asking(key: str, staff_id: int) -> Staff:
    """The person as they are now, with the right to export this list; ExportRefused otherwise."""
    staff = db.session.get(Staff, staff_id, populate_existing=True)
    listed = named(key)
    if staff is None or listed is None or not listed.may_export(staff):
        raise ExportRefused
    return staff
