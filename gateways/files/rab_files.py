"""Reads the lines of a RAB from CSV and XLSX files, and writes them."""

from __future__ import annotations

from typing import BinaryIO

from flask_babel import lazy_gettext as _l

from gateways.files.import_table import WantedColumn, read_table

COLUMNS = (
    WantedColumn("section", ("Bagian", "Section"), required=False),
    WantedColumn("code", ("Kode", "Code"), required=False, longest=30),
    WantedColumn("description", ("Uraian", "Description")),
    WantedColumn("volume", ("Volume",)),
    WantedColumn("measure", ("Satuan", "Unit"), longest=20),
    WantedColumn("price", ("Harga satuan", "Harga", "Price")),
)
SECTION_WORDS = {"pekerjaan": "work", "work": "work", "jasa": "work"}
TOO_MANY = _l("Berkas ini lebih dari 1.000 baris.")
MOST = 1_000


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
