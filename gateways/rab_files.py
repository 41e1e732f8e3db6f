"""Lines of a RAB from and to files: CSV and XLSX; it saves nothing and runs no formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import BinaryIO

from flask_babel import lazy_gettext as _l

from gateways.tables import Column, read_table

COLUMNS = (
    Column("section", ("Bagian", "Section"), required=False),
    Column("code", ("Kode", "Code"), required=False, longest=30),
    Column("description", ("Uraian", "Description")),
    Column("volume", ("Volume",)),
    Column("measure", ("Satuan", "Unit"), longest=20),
    Column("price", ("Harga satuan", "Harga", "Price")),
)
TITLES = ("Bagian", "Kode", "Uraian", "Volume", "Satuan", "Harga satuan", "Jumlah")
SECTION_WORDS = {"pekerjaan": "work", "work": "work", "jasa": "work"}
TOO_MANY = _l("Berkas ini lebih dari 1.000 baris.")
MOST = 1_000
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def read_lines(stream: BinaryIO) -> list[dict[str, str]]:
    """The lines of a CSV or XLSX file as typed rows, for review before saving. Raises TableRefused."""
    rows = []
    for row in read_table(stream, COLUMNS).rows:
        values = {column.name: row.values.get(column.name, "") for column in COLUMNS}
        values["section"] = SECTION_WORDS.get(values["section"].strip().lower(), "material")
        rows.append(values)
        if len(rows) > MOST:
            break
    return rows


def as_csv(rows: Iterable[tuple[str | int, ...]]) -> bytes:
    """CSV with a byte order mark; a cell that a spreadsheet would run is quoted (security.md U7)."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(TITLES)
    writer.writerows([_plain(cell) for cell in row] for row in rows)
    return ("\ufeff" + buffer.getvalue()).encode()


def as_xlsx(rows: Iterable[tuple[str | int, ...]]) -> bytes:
    """XLSX whose texts are texts, never formulas."""
    from openpyxl import Workbook  # noqa: PLC0415  # 10 MB that few workers ever need

    book = Workbook()
    sheet = book.active
    sheet.append(list(TITLES))
    for number, row in enumerate(rows, 2):
        for place, value in enumerate(row, 1):
            cell = sheet.cell(number, place, value)
            if isinstance(value, str):
                cell.data_type = "s"
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _plain(cell: str | int) -> str | int:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_STARTS) else cell
