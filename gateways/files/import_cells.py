"""Reads the cells of an import by what their column holds: text, code, telephone, mail, day, volume, money, count.

What a cell cannot be is told with its column; what a spreadsheet has visibly been at is told as well. Nothing is
guessed: a number of a spreadsheet is taken as the number it is, a text by the readers that the forms use too.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum

from flask_babel import gettext as _

from gateways.files.table_cells import Cell, CellNumber
from models.base.mail_address import BadMail, read_mail
from models.base.phone import BadPhone, read_phone
from models.base.typed_date import BadDate, read_day
from models.base.typed_number import BadAmount, Written, read_count, read_rupiah, read_volume, volume_text
from models.base.written import clean_line

EXCEL_EPOCH = date(1899, 12, 30)
"""Day 0 of Excel's serial dates after its invented 29 February 1900."""

SERIAL_DAYS = range(10_000, 80_000)
"""Serial numbers taken for dates in a date column: 1927 to 2119."""

EXACT_DIGITS = 15
"""Spreadsheets keep this many digits of a number; later ones turn into zeros."""

MOST_COUNTED = 1_000_000_000
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\ufeff]")
"""Characters that are not seen and never belong in a register."""

EXCEL_FAULTS = frozenset({"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"})
NOTHING = frozenset({"", "-", "--", "n/a", "null", "tidak ada"})
"""What people write where there is nothing, in columns that hold no free text."""


class CellKind(Enum):
    """How a column's cells are read."""

    TEXT = "text"
    CODE = "code"
    """A number that is a name (student number): leading zeros count."""
    PHONE = "phone"
    MAIL = "mail"
    DATE = "date"
    """Comes out as ISO 8601 (2026-11-23)."""
    VOLUME = "volume"
    MONEY = "money"
    COUNT = "count"


@dataclass(frozen=True)
class WantedColumn:
    """One wanted column: its name in code and the titles it may bear, the first one being shown."""

    name: str
    titles: tuple[str, ...]
    kind: CellKind = CellKind.TEXT
    required: bool = True
    longest: int = 200
    is_plain: bool = False
    """Does a CODE hold letters, digits, dots and dashes alone?"""
    width: int | None = None
    """Usual number of digits of a CODE; a shorter one is warned about."""
    several: bool = False
    """May several columns of the file mean this one? The first title that is filled in counts."""
    is_asked: bool = False
    """Is a number that cannot be taken asked of the person who imports, rather than the line refused?"""
    is_lenient: bool = False
    """Is what cannot be read told and left out, rather than the line refused?"""
    label: str = ""
    """What it is called in sentences, where that is not the first title."""

    @property
    def shown(self) -> str:
        return self.label or self.titles[0]


@dataclass
class TableRow:
    """One line: its number in the file, cleaned values by column name, why it is refused, what looks odd."""

    line: int
    values: dict[str, str] = field(default_factory=dict)
    numbers: dict[str, Decimal] = field(default_factory=dict)
    """The values of number columns, exact."""
    stood: dict[str, str] = field(default_factory=dict)
    """What stood in the file, by column name."""
    filled: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    """Of a column that may be several: the titles that are filled in and their values, the first one counting."""
    asked: dict[str, str] = field(default_factory=dict)
    """The question about a number, by column name."""
    left_out: set[str] = field(default_factory=set)
    """Columns whose cell could not be read and was left out."""
    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def value_of(cell: Cell, column: WantedColumn, row: TableRow, is_comma_sure: bool = True) -> str:
    """One cleaned cell; what is wrong with it goes to the row."""
    row.stood[column.name] = as_written(cell)
    if column.kind in READERS:
        text = _quantity(cell, column, row, is_comma_sure)
    elif column.kind is CellKind.DATE:
        text = _date(cell, column, row)
    elif isinstance(cell, date | time | timedelta):
        row.problems.append(_says_date(column.shown))
        return ""
    elif isinstance(cell, CellNumber):
        text = _number(cell, column, row)
    else:
        text = _text(as_written(cell), column, row)
    if column.required and not text and column.name not in row.asked and _is_nothing(cell, column):
        row.problems.append(_("%(title)s harus diisi.", title=column.shown))
    return text


def as_written(cell: Cell) -> str:
    """What stood in the file, as its reader saw it."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, datetime):
        return f"{cell:%d/%m/%Y}" if cell.time() == time() else f"{cell:%d/%m/%Y %H.%M}"
    return f"{cell:%d/%m/%Y}" if isinstance(cell, date) else str(cell)


def _is_nothing(cell: Cell, column: WantedColumn) -> bool:
    written = clean_line(as_written(cell))
    return not written if column.kind is CellKind.TEXT else written.casefold() in NOTHING


# --- texts and codes


def _text(written: str, column: WantedColumn, row: TableRow) -> str:
    text = unicodedata.normalize("NFC", written)
    text = " ".join(text.split())  # line breaks, tabs and no-break spaces come along with copied cells
    title = column.shown
    if text.upper() in EXCEL_FAULTS:
        row.problems.append(_("%(title)s berisi galat rumus Excel (%(text)s). Isi nilainya.", title=title, text=text))
        return ""
    if column.kind in LINE_READERS:
        return _by_reader(text, column, row)
    if len(text) > column.longest:
        row.problems.append(_("%(title)s lebih dari %(most)d karakter.", title=title, most=column.longest))
        return text[: column.longest]
    if CONTROL.search(text):
        row.problems.append(_("%(title)s berisi karakter yang tidak dapat dipakai. Ketik ulang.", title=title))
        return ""
    return _coded(text.removeprefix("'"), column, row) if column.kind is CellKind.CODE else text


def _by_reader(text: str, column: WantedColumn, row: TableRow) -> str:
    """A telephone number or mail address as the forms read it."""
    if clean_line(text).casefold() in NOTHING or (column.kind is CellKind.PHONE and text == "0"):
        return ""
    if column.kind is CellKind.PHONE and re.fullmatch(r"\d+([.,]\d+)?[eE]\+?\d+", text):
        row.problems.append(_lost_digits(column.shown))
        return ""
    try:
        found = LINE_READERS[column.kind](text.removeprefix("'"))
    except (BadPhone, BadMail) as bad:
        said = f"{column.shown}: {bad}" if column.kind is CellKind.PHONE else f"{column.shown} “{text[:60]}”: {bad}"
        if column.is_lenient:
            row.left_out.add(column.name)
        (row.warnings if column.is_lenient else row.problems).append(said)
        return ""
    if column.kind is CellKind.PHONE and re.fullmatch(r"8\d{7,11}", text):
        row.warnings.append(
            _("%(title)s %(text)s tampak kehilangan nol di depan; dibaca %(found)s.",
              title=column.shown, text=text, found=found)
        )  # fmt: skip
    return found


def _number(cell: CellNumber, column: WantedColumn, row: TableRow) -> str:
    """A number that is a name or a text: whole, exact, with the zeros that its format shows."""
    if column.kind is CellKind.TEXT or cell.value != cell.value.to_integral_value():
        return _text(cell.shown, column, row)
    if len(str(abs(int(cell.value)))) > EXACT_DIGITS:
        row.problems.append(_lost_digits(column.shown))
        return cell.shown
    return _text(cell.shown, column, row)


def _coded(text: str, column: WantedColumn, row: TableRow) -> str:
    """A code; told when a spreadsheet has visibly been at it."""
    title = column.shown
    if text.casefold() in NOTHING:
        return ""
    if re.fullmatch(r"\d+([.,]\d+)?[eE]\+?\d+", text):
        row.problems.append(_lost_digits(title))
    elif column.is_plain and text and not re.fullmatch(r"[A-Za-z0-9._-]+", text):
        row.problems.append(
            _("%(title)s “%(text)s” hanya boleh berisi huruf, angka, titik, dan garis.", title=title, text=text[:40])
        )
    elif column.width and text.isdecimal() and len(text) < column.width:
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


def _says_date(title: str) -> str:
    return _("%(title)s: Excel mengubah isinya menjadi tanggal. Jadikan kolom ini Teks, lalu isi ulang.", title=title)


# --- days and quantities


def _date(cell: Cell, column: WantedColumn, row: TableRow) -> str:
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    text = clean_line(as_written(cell))
    if text.casefold() in NOTHING:
        return ""
    if text.isdecimal() and int(text) in SERIAL_DAYS:
        return (EXCEL_EPOCH + timedelta(days=int(text))).isoformat()
    text = re.sub(r"[ T]0{1,2}[:.]00(?:[:.]00)?$", "", text)  # a day that a program wrote with its midnight
    try:
        return read_day(text).isoformat()
    except BadDate as bad:
        row.problems.append(f"{column.shown}: {bad}")
        return ""


def _quantity(cell: Cell, column: WantedColumn, row: TableRow, is_comma_sure: bool) -> str:
    """A volume, price or count; its exact number goes to the row beside its text."""
    try:
        if isinstance(cell, date | time | timedelta):
            raise BadAmount(_says_date(column.shown))
        if isinstance(cell, CellNumber) and not cell.is_as_shown:
            raise BadAmount(
                _("Selnya menampilkan %(shown)s, tetapi isinya %(value)s. Tulis yang dimaksud.",
                  shown=cell.shown, value=volume_text(cell.value))
            )  # fmt: skip
        written = cell.value if isinstance(cell, CellNumber) else clean_line(as_written(cell))
        if not isinstance(written, Decimal) and written.casefold() in NOTHING:
            if column.is_asked:
                row.asked[column.name] = _("%(title)s harus diisi.", title=column.shown)
            return ""
        number = READERS[column.kind](written, is_comma_sure)
    except BadAmount as bad:
        if column.is_asked:
            row.asked[column.name] = str(bad)
        else:
            row.problems.append(f"{column.shown}: {bad}")
        return ""
    row.numbers[column.name] = number
    return volume_text(number)


READERS: dict[CellKind, Callable[[Written, bool], Decimal]] = {
    CellKind.VOLUME: lambda written, is_comma_sure: read_volume(written, is_comma_sure=is_comma_sure),
    CellKind.MONEY: lambda written, _sure: Decimal(read_rupiah(written)),
    CellKind.COUNT: lambda written, _sure: Decimal(read_count(written, 0, MOST_COUNTED)),
}
LINE_READERS: dict[CellKind, Callable[[str], str]] = {
    CellKind.PHONE: lambda text: str(read_phone(text)),
    CellKind.MAIL: read_mail,
}
