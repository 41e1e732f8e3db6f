"""Reads tables that people bring for an import: columns by their titles, faults told line by line.

It never writes anywhere and never decides what a line means for the register.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import Enum
from typing import BinaryIO

from flask_babel import gettext as _

from gateways.files.table_reader import Cell, Line, TableRefused, lines_of

__all__ = ["CellKind", "Table", "TableRefused", "TableRow", "WantedColumn", "read_table"]

MOST_LINES = 200_000
EXCEL_EPOCH = date(1899, 12, 30)
"""Day 0 of Excel's serial dates after its invented 29 February 1900."""

SERIAL_DAYS = range(10_000, 80_000)
"""Serial numbers taken for dates in a date column: 1927 to 2119."""

EXACT_DIGITS = 15
"""Spreadsheets keep this many digits of a number; later ones turn into zeros."""

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\ufeff]")
"""Characters that are not seen and never belong in a register."""


class CellKind(Enum):
    """How a column's cells are read."""

    TEXT = "text"
    CODE = "code"
    """A number that is a name (student number): leading zeros count."""
    PHONE = "phone"
    DATE = "date"
    """Comes out as ISO 8601 (2026-11-23)."""


@dataclass(frozen=True)
class WantedColumn:
    """One wanted column: its name in code and the titles it may bear, the first one being shown."""

    name: str
    titles: tuple[str, ...]
    kind: CellKind = CellKind.TEXT
    required: bool = True
    longest: int = 200
    width: int | None = None
    """Usual number of digits of a CODE; a shorter one is warned about."""


@dataclass
class TableRow:
    """One line: its number in the file, cleaned values by column name, why it is refused, what looks odd."""

    line: int
    values: dict[str, str]
    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


@dataclass
class Table:
    """An opened file: which titles were found and ignored, and its lines, read as they are asked for."""

    found: list[str]
    ignored: list[str]
    rows: Iterator[TableRow]
    columns: frozenset[str] = frozenset()
    """The wanted columns that it has, by name."""


def read_table(stream: BinaryIO, columns: Sequence[WantedColumn], *, key: str | None = None) -> Table:
    """Open a seekable CSV or XLSX file; TableRefused when it, or its columns, cannot be used.

    With `key`, a line whose key stood on an earlier line is refused. `rows` may raise TableRefused too.
    """
    lines = lines_of(stream)
    _number, head = next(lines, (0, []))
    titles = ["" if cell is None else str(cell).strip() for cell in head]
    places = _places(titles, columns)
    ignored = [title for number, title in enumerate(titles) if title and number not in places]
    names = frozenset(column.name for column in places.values())
    return Table([t for t in titles if t], ignored, _rows(lines, places, len(titles), key), names)


def _places(titles: list[str], columns: Sequence[WantedColumn]) -> dict[int, WantedColumn]:
    """Where each wanted column stands, by position."""
    wanted = {_plain(title): column for column in columns for title in (column.name, *column.titles)}
    places: dict[int, WantedColumn] = {}
    for number, title in enumerate(titles):
        column = wanted.get(_plain(title))
        if column and column in places.values():
            raise TableRefused(_("Kolom “%(title)s” ada dua kali. Hapus salah satunya.", title=title))
        if column:
            places[number] = column
    missing = [column.titles[0] for column in columns if column.required and column not in places.values()]
    if missing:
        raise TableRefused(
            _(
                "Kolom ini tidak ada: %(missing)s. Judul yang terbaca: %(found)s. "
                "Baris pertama harus berisi judul kolom.",
                missing=", ".join(missing),
                found=_shown(titles),
            )  # fmt: skip
        )
    return places


def _shown(titles: list[str]) -> str:
    shown = [title[:40] for title in titles if title][:12]
    return ", ".join(shown) or _("tidak ada")


def _plain(title: str) -> str:
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", title).casefold())


def _rows(lines: Iterator[Line], places: dict[int, WantedColumn], width: int, key: str | None) -> Iterator[TableRow]:
    seen: dict[str, int] = {}
    try:
        for count, (number, cells) in enumerate(lines, 1):
            if count > MOST_LINES:
                raise TableRefused(_("Berkas ini lebih dari %(most)d baris. Bagi menjadi beberapa.", most=MOST_LINES))
            yield _row(number, cells, places, width, key, seen)
    except UnicodeError:
        raise TableRefused(_("Huruf dalam berkas ini tidak dapat dibaca. Simpan ulang sebagai “CSV UTF-8”.")) from None


def _row(
    number: int,
    cells: list[Cell],
    places: dict[int, WantedColumn],
    width: int,
    key: str | None,
    seen: dict[str, int],
) -> TableRow:
    row = TableRow(number, {})
    if any(cell not in (None, "") for cell in cells[width:]):
        row.problems.append(_("Baris ini punya lebih banyak kolom daripada judulnya. Periksa pemisah dan tanda kutip."))
    for place, column in places.items():
        row.values[column.name] = _value(cells[place] if place < len(cells) else None, column, row)
    if key and (value := row.values.get(key)):
        earlier = seen.setdefault(value.casefold(), number)
        if earlier != number:
            row.problems.append(_("“%(value)s” sudah ada di baris %(line)d.", value=value, line=earlier))
    return row


def _value(cell: Cell, column: WantedColumn, row: TableRow) -> str:
    """One cleaned cell; what is wrong with it goes to the row."""
    title = column.titles[0]
    if column.kind is CellKind.DATE:
        text = _date(cell, title, row)
    elif isinstance(cell, date | datetime | time):
        row.problems.append(
            _(
                "%(title)s: Excel mengubah isinya menjadi tanggal. Jadikan kolom ini Teks, lalu isi ulang.",
                title=title,
            )
        )
        return ""
    elif isinstance(cell, int | float) and not isinstance(cell, bool):
        text = _number(cell, column, row)
    else:
        text = _text(cell, column, row)
    if column.required and not text and not str("" if cell is None else cell).strip():
        row.problems.append(_("%(title)s harus diisi.", title=title))
    return text


def _text(cell: Cell, column: WantedColumn, row: TableRow) -> str:
    text = unicodedata.normalize("NFC", "" if cell is None else str(cell))
    text = " ".join(text.split())  # line breaks, tabs and no-break spaces come along with copied cells
    title = column.titles[0]
    if len(text) > column.longest:
        row.problems.append(_("%(title)s lebih dari %(most)d karakter.", title=title, most=column.longest))
        return text[: column.longest]
    if CONTROL.search(text):
        row.problems.append(_("%(title)s berisi karakter yang tidak dapat dipakai. Ketik ulang.", title=title))
        return ""
    if column.kind in (CellKind.CODE, CellKind.PHONE):
        return _coded(text.removeprefix("'"), column, row)
    return text


def _number(cell: int | float, column: WantedColumn, row: TableRow) -> str:
    """A cell that the spreadsheet holds as a number: whole, exact, and perhaps without its zeros."""
    if isinstance(cell, float) and not cell.is_integer():
        return str(cell)
    text = str(int(cell))
    if len(text.lstrip("-")) > EXACT_DIGITS:
        row.problems.append(_lost_digits(column.titles[0]))
        return text
    return _coded(text, column, row) if column.kind in (CellKind.CODE, CellKind.PHONE) else text


def _coded(text: str, column: WantedColumn, row: TableRow) -> str:
    """A code or telephone number; told when a spreadsheet has visibly been at it."""
    title = column.titles[0]
    if re.fullmatch(r"\d+([.,]\d+)?[eE]\+?\d+", text):
        row.problems.append(_lost_digits(title))
    elif column.kind is CellKind.PHONE and re.fullmatch(r"8\d{7,11}", text):
        row.warnings.append(_("%(title)s %(text)s tampak kehilangan nol di depan.", title=title, text=text))
    elif column.kind is CellKind.CODE and column.width and text.isdecimal() and len(text) < column.width:
        row.warnings.append(
            _(
                "%(title)s %(text)s hanya %(digits)d digit, biasanya %(width)d: nol di depan mungkin hilang.",
                title=title,
                text=text,
                digits=len(text),
                width=column.width,
            )  # fmt: skip
        )
    return text


def _lost_digits(title: str) -> str:
    return _("%(title)s kehilangan digit karena disimpan sebagai angka. Jadikan kolom Teks, lalu isi ulang.",
             title=title)  # fmt: skip


def _date(cell: Cell, title: str, row: TableRow) -> str:
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    text = "" if cell is None else str(cell).strip().removesuffix(".0")
    if not text:
        return ""
    if text.isdecimal() and int(text) in SERIAL_DAYS:
        return (EXCEL_EPOCH + timedelta(days=int(text))).isoformat()
    for pattern in ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y-%m-%d %H:%M:%S"):
        try:
            return datetime.strptime(text, pattern).date().isoformat()  # noqa: DTZ007 - a day has no time zone
        except ValueError:
            continue
    row.problems.append(_("%(title)s “%(text)s” bukan tanggal. Tulis seperti 31/12/2026.", title=title, text=text[:40]))
    return ""
