"""Reads tables that people bring for an import: the heading under its title lines, every line accounted for.

It never writes anywhere and never decides what a line means for the register.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import IO

from flask_babel import gettext as _

from gateways.files.csv_lines import unreadable_letters
from gateways.files.import_cells import CellKind, TableRow, WantedColumn, as_written, value_of
from gateways.files.table_reader import Cell, LineTally, TableLine, TableLines, TableRefused, lines_of

__all__ = ["WantedColumn", "CellKind", "Table", "TableRefused", "TableRow", "LineTally", "read_table"]

MOST_LINES = 200_000
MOST_TITLE_LINES = 40
"""So many lines may stand above the heading."""

Key = str | Callable[[TableRow], str]


@dataclass
class Table:
    """An opened file: which titles were found and ignored, and its lines, read as they are asked for."""

    found: list[str]
    ignored: list[str]
    rows: Iterator[TableRow]
    tally: LineTally
    """Whole once `rows` has ended."""
    columns: dict[str, list[str]] = field(default_factory=dict)
    """The wanted columns that it has, by name, with the titles under which they stand."""


@dataclass
class _Heading:
    """Where each wanted column stands: its position, the rank of its title among the column's, the title."""

    titles: list[str]
    places: list[tuple[int, WantedColumn, int]]

    def missing(self, columns: Sequence[WantedColumn]) -> list[str]:
        there = {column.name for _place, column, _rank in self.places}
        return [column.shown for column in columns if column.required and column.name not in there]


def read_table(stream: IO[bytes], columns: Sequence[WantedColumn], *, key: Key | None = None) -> Table:
    """Open a seekable CSV or XLSX file; TableRefused when it, or its columns, cannot be used.

    With `key`, a line whose key stood on an earlier line is refused. `rows` may raise TableRefused too.
    """
    lines = lines_of(stream)
    numbered, heading, tally = _opened(lines, columns)
    used = {place for place, _column, _rank in heading.places}
    ignored = [title for number, title in enumerate(heading.titles) if title and number not in used]
    found = {
        column.name: [heading.titles[place] for place, other, _rank in heading.places if other is column]
        for _place, column, _rank in heading.places
    }
    rows = _rows(numbered, lines, heading, key, tally)
    return Table([title for title in heading.titles if title], ignored, rows, tally, found)


def _opened(lines: TableLines, columns: Sequence[WantedColumn]) -> tuple[Iterator[TableLine], _Heading, LineTally]:
    """The lines below the heading; where the likeliest separator shows no heading, another one may."""
    first: TableRefused | None = None
    for separator in lines.separators or ("",):
        lines.part_at(separator)
        tally, numbered = LineTally(notices=lines.notices), iter(lines)
        try:
            return numbered, _find_heading(numbered, columns, tally), tally
        except UnicodeError:
            raise TableRefused(unreadable_letters()) from None
        except TableRefused as refused:
            first = first or refused
    raise first or TableRefused("")


# --- the heading


def _find_heading(lines: Iterator[TableLine], columns: Sequence[WantedColumn], tally: LineTally) -> _Heading:
    """The first line that holds all required titles; what stands above it is counted as title lines."""
    wanted = {_plain(title): (column, rank) for column in columns for rank, title in enumerate(_titles(column))}
    closest: _Heading | None = None
    above = 0
    for line in lines:
        if line.is_blank and not line.is_title:
            tally.blank += line.lasts
            continue
        tally.heading += line.lasts
        heading = _heading(line.cells, wanted)
        if not heading.missing(columns):
            _refuse_twins(heading)
            return heading
        if closest is None or len(heading.places) > len(closest.places):
            closest = heading
        above += 1
        if above == MOST_TITLE_LINES:
            break
    closest = closest or _Heading([], [])
    raise TableRefused(
        _(
            "Kolom ini tidak ada: %(missing)s. Judul yang terbaca: %(found)s. "
            "Tulis semua judul kolom dalam satu baris.",
            missing=", ".join(closest.missing(columns)),
            found=_shown(closest.titles),
        )
    )


def _titles(column: WantedColumn) -> tuple[str, ...]:
    return (*column.titles, column.name)


def _heading(cells: Sequence[Cell], wanted: dict[str, tuple[WantedColumn, int]]) -> _Heading:
    titles = [" ".join(as_written(cell).split()) for cell in cells]
    places = []
    for place, title in enumerate(titles):
        found = wanted.get(_plain(title)) or wanted.get(_plain(re.sub(r"\([^()]*\)\s*$", "", title)))
        if found and _plain(title):
            places.append((place, *found))
    return _Heading(titles, places)


def _refuse_twins(heading: _Heading) -> None:
    """One column of the register from two of the file is refused, unless it may be several."""
    seen: set[tuple[str, int]] = set()
    for place, column, rank in heading.places:
        spot = (column.name, rank if column.several else 0)
        if spot in seen:
            raise TableRefused(
                _("Kolom “%(title)s” ada dua kali. Hapus salah satunya.", title=heading.titles[place][:40])
            )
        seen.add(spot)


def _shown(titles: list[str]) -> str:
    shown = [title[:40] for title in titles if title][:12]
    return ", ".join(shown) or _("tidak ada")


def _plain(title: str) -> str:
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", title).casefold())


# --- the lines


def _rows(
    numbered: Iterator[TableLine], lines: TableLines, heading: _Heading, key: Key | None, tally: LineTally
) -> Iterator[TableRow]:
    seen: dict[str, int] = {}
    is_first = True
    try:
        for line in numbered:
            if line.is_title or _repeats(line, heading) or (is_first and _counts_columns(line)):
                tally.heading += line.lasts
                continue
            if line.is_blank:
                tally.blank += line.lasts
                continue
            is_first = False
            tally.read, tally.continued = tally.read + 1, tally.continued + line.lasts - 1
            if tally.read > MOST_LINES:
                raise TableRefused(_("Berkas ini lebih dari %(most)d baris. Bagi menjadi beberapa.", most=MOST_LINES))
            yield _row(line, heading, lines.is_comma_sure, key, seen)
    except UnicodeError:
        raise TableRefused(unreadable_letters()) from None
    tally.sent = lines.sent()
    if not tally.agrees:
        raise TableRefused(
            _(
                "Jumlah baris tidak cocok: %(sent)d di berkas, %(read)d yang terbaca. Jangan impor berkas ini; "
                "kirim ke administrator.",
                sent=tally.sent,
                read=tally.accounted,
            )
        )


def _repeats(line: TableLine, heading: _Heading) -> bool:
    """Is it the heading again, as at the top of each printed page?"""
    cells = line.cells
    return bool(cells) and all(
        place < len(cells) and " ".join(as_written(cells[place]).split()) == heading.titles[place]
        for place, _column, _rank in heading.places
    )


def _counts_columns(line: TableLine) -> bool:
    """Is it the line of column numbers that official tables carry under their heading: 1, 2, 3 or (1), (2), (3)?"""
    written = [text for cell in line.cells if (text := as_written(cell).strip(" ()"))]
    return len(written) > 1 and written == [str(number) for number in range(1, len(written) + 1)]


def _row(line: TableLine, heading: _Heading, is_comma_sure: bool, key: Key | None, seen: dict[str, int]) -> TableRow:
    row, cells = TableRow(line.number), line.cells
    if line.problem:
        row.problems.append(line.problem)
        return row
    if any(as_written(cell).strip() for cell in cells[len(heading.titles) :]):
        row.problems.append(_("Baris ini punya lebih banyak kolom daripada judulnya. Periksa pemisah dan tanda kutip."))
    if line.is_cut and len(cells) < len(heading.titles):
        row.problems.append(
            _("Baris terakhir ini terpotong: %(n)d dari %(all)d kolom. Periksa apakah berkasnya utuh.",
              n=len(cells), all=len(heading.titles))
        )  # fmt: skip
    for column in {column.name: column for _place, column, _rank in heading.places}.values():
        cell = _chosen(column, heading, cells, row) if column.several else _at(cells, heading, column)
        row.values[column.name] = value_of(cell, column, row, is_comma_sure)
    if key and (value := key(row) if callable(key) else row.values.get(key, "")):
        earlier = seen.setdefault(value.casefold(), row.line)
        if earlier != row.line:
            row.problems.append(_("“%(value)s” sudah ada di baris %(line)d.", value=value, line=earlier))
    return row


def _at(cells: Sequence[Cell], heading: _Heading, column: WantedColumn) -> Cell:
    place = next(place for place, other, _rank in heading.places if other is column)
    return cells[place] if place < len(cells) else None


def _chosen(column: WantedColumn, heading: _Heading, cells: Sequence[Cell], row: TableRow) -> Cell:
    """Of several columns the first in the order of the titles that is filled in; all of them are kept beside it."""
    ranked = sorted((rank, place) for place, other, rank in heading.places if other is column)
    filled = [
        (place, cells[place]) for _rank, place in ranked if place < len(cells) and as_written(cells[place]).strip()
    ]
    row.filled[column.name] = [(heading.titles[place], as_written(cell).strip()) for place, cell in filled]
    return filled[0][1] if filled else None
