"""Writes a table as CSV or XLSX, a batch of lines at a time; no cell of it ever runs as a formula (security.md U7).

CSV: UTF-8 with a mark, every cell in quotes, times as 2026-11-22 14:30; cells are parted as the spreadsheet of the
reader's region parts them, and what one would run begins with ' even where it splits at another sign.
XLSX: every text is a cell of type string, days and times are real ones, money is a number; lines go to the disk as
they come, so that a large table needs no more memory than a small one.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any

from flask_babel import get_locale

from models.base.columns.json_value import Json

SEPARATORS = {"id": ";", "en": ","}  # Windows' list separator in the region of each language
RUNS = re.compile(r"""^(?=[\t\r\n\0])|(?:^|(?<=[,;|\t\r\n]))(?=["\s]*[=+\-@＝＋－＠])""")  # noqa: RUF001  # the wide forms run too
GUARDED = re.compile(r"""(?:^|(?<=[,;|\t\r\n]))'(?=[\t\r\n\0]|["\s]*[=+\-@＝＋－＠])""")  # noqa: RUF001  # the same
LONGEST_CELL = 32_000  # characters; Excel drops a cell of more than 32,767
FORMATS = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
NOT_IN_XML = re.compile("[\ud800-\udfff\ufffe\uffff]")


class Rupiah(int):
    """Whole rupiah: a number that XLSX writes as money."""


Cell = str | int | float | Decimal | date | datetime | None
Line = Sequence[Cell]


def write_table(
    kind: str,
    out: IO[bytes],
    name: str,
    heads: Sequence[str],
    batches: Iterable[Sequence[Line]],
    *,
    language: str = "",
    scratch: str | None = None,
) -> int:
    """Write the table to a binary file, `kind` being one of FORMATS; says how many lines it has under its heads.

    `language` is the reader's, `id` or `en`, by default the one in force; `scratch` a folder on disk for what XLSX
    sets aside until it is whole (some systems keep /tmp in memory).
    """
    if kind == "csv":
        return _write_csv(out, SEPARATORS.get(language or str(get_locale()), ","), heads, batches)
    return _write_xlsx(out, name, heads, batches, scratch)


def table_bytes(kind: str, name: str, heads: Sequence[str], lines: Sequence[Line], language: str = "") -> bytes:
    """A short table as the bytes of a file."""
    out = io.BytesIO()
    write_table(kind, out, name, heads, [lines], language=language)
    return out.getvalue()


def plain(value: Json) -> str:
    """A text for a CSV cell that never runs as a formula.

    Quotes keep a cell whole only where the file is split at its own separator. A spreadsheet of another region splits
    elsewhere, inside the text too (OWASP, CSV injection), so ' stands before whatever would then begin a cell.
    """
    return RUNS.sub("'", str(value))


def unguarded(text: str) -> str:
    """The text of a CSV cell without the ' that `plain` put into it."""
    return GUARDED.sub("", text)


def _write_csv(out: IO[bytes], separator: str, heads: Sequence[str], batches: Iterable[Sequence[Line]]) -> int:
    text = io.TextIOWrapper(out, encoding="utf-8-sig", errors="replace", newline="")
    writer = csv.writer(text, delimiter=separator, quoting=csv.QUOTE_ALL)
    writer.writerow([plain(head) for head in heads])
    count = 0
    for lines in batches:
        writer.writerows([_csv_cell(cell, separator) for cell in line] for line in lines)
        count += len(lines)
    text.flush()
    text.detach()  # the caller opened the file and closes it
    return count


def _csv_cell(cell: Cell, separator: str) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d %H:%M}"
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, Decimal):
        return _decimal(cell, separator)
    if isinstance(cell, float):
        return str(cell).replace(".", ",") if separator == ";" else str(cell)  # 1.5 would be the first of May
    return plain(cell) if isinstance(cell, str) else str(cell)


def _decimal(number: Decimal, separator: str) -> str:
    """As the spreadsheet of the region reads a decimal; 1.125 gets a fourth place, lest it be taken for thousands."""
    plain = f"{number.normalize():f}"
    if separator == ";":
        return plain.replace(".", ",")
    return f"{plain}0" if len(plain.partition(".")[2]) == 3 else plain


def _write_xlsx(
    out: IO[bytes], name: str, heads: Sequence[str], batches: Iterable[Sequence[Line]], scratch: str | None
) -> int:
    from xlsxwriter import Workbook  # noqa: PLC0415  # for an export as XLSX alone

    options = {"constant_memory": True, "tmpdir": scratch, "strings_to_formulas": False, "strings_to_urls": False}
    count = 0
    with Workbook(out, options) as book:
        sheet = book.add_worksheet(re.sub(r"[\[\]:*?/\\']", " ", name)[:31] or "1")
        looks = {
            "head": book.add_format({"bold": True, "bottom": 1}),
            "time": book.add_format({"num_format": "dd/mm/yyyy hh:mm"}),
            "day": book.add_format({"num_format": "dd/mm/yyyy"}),
            "money": book.add_format({"num_format": '"Rp"#,##0'}),
        }
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(heads) - 1, 20)
        for column, head in enumerate(heads):
            sheet.write_string(0, column, _xlsx_text(head), looks["head"])
        for lines in batches:
            for line in lines:
                count += 1
                for column, cell in enumerate(line):
                    _write_cell(sheet, count, column, cell, looks)
    return count


def _write_cell(sheet: Any, row: int, column: int, cell: Cell, looks: dict[str, Json]) -> None:
    if cell is None or cell == "":
        return
    if isinstance(cell, datetime):
        sheet.write_datetime(row, column, cell.replace(tzinfo=None), looks["time"])
    elif isinstance(cell, date):
        sheet.write_datetime(row, column, datetime(cell.year, cell.month, cell.day), looks["day"])  # noqa: DTZ001  # a day has no zone
    elif isinstance(cell, Rupiah):
        sheet.write_number(row, column, cell, looks["money"])
    elif isinstance(cell, str):
        sheet.write_string(row, column, _xlsx_text(cell))
    else:
        sheet.write_number(row, column, cell)


def _xlsx_text(text: str) -> str:
    text = NOT_IN_XML.sub("\ufffd", text)
    return text if len(text) <= LONGEST_CELL else f"{text[:LONGEST_CELL]}…"
