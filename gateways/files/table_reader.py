"""Reads CSV and XLSX files as numbered lines of cells."""

from __future__ import annotations

from typing import IO

from flask_babel import gettext as _

from gateways.files.csv_lines import CsvLines
from gateways.files.table_cells import Cell, CellNumber, LineTally, TableLine, TableLines, TableRefused
from gateways.files.xlsx_lines import XlsxLines

__all__ = ["Cell", "TableLine", "CellNumber", "TableLines", "TableRefused", "LineTally", "lines_of"]


def lines_of(stream: IO[bytes]) -> TableLines:
    """The lines of a seekable file, told by its first bytes. Raises TableRefused, while it is read too."""
    start = stream.read(8)
    stream.seek(0)
    if start.startswith(b"PK\x03\x04"):
        return XlsxLines(stream)
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise TableRefused(_("Berkas .xls lama atau bersandi tidak dapat dibaca. Simpan sebagai .xlsx atau CSV."))
    if not start.strip():
        raise TableRefused(_("Berkas ini kosong. Pilih berkas yang berisi baris judul dan data."))
    return CsvLines(stream)
