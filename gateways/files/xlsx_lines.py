"""Reads XLSX workbooks as lines of cells: the first visible sheet, numbers beside what their format shows of them.

What it leaves out it says: other sheets, and formulas whose results were never stored.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from typing import Any, BinaryIO, cast

from flask_babel import gettext as _

from gateways.files.number_format import shown_number
from gateways.files.table_cells import Cell, TableLine, TableRefused

MOST_COLUMNS = 120
UNPACKED_BYTES, UNPACKED_MEMBERS = 200 * 1024 * 1024, 1_000
LOOKED_INTO = 30
"""So many rows of a sheet that is not read are looked at, to tell whether it holds anything."""

_NEVER_COMPUTED = re.compile(
    rb'<(?:\w+:)?c(?![^>]* t="str")[^>]*>\s*<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)\s*'
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)


class XlsxLines:
    """The lines of a seekable XLSX file; TableRefused where it is none or damaged."""

    is_comma_sure = True
    separators: tuple[str, ...] = ()

    def __init__(self, stream: BinaryIO) -> None:
        from openpyxl import load_workbook  # noqa: PLC0415  # 10 MB that a worker without imports never needs

        _refuse_bomb(stream)
        self._last = 0
        try:
            self._book = load_workbook(stream, read_only=True, data_only=True, keep_links=False)
            visible = [page for page in self._book.worksheets if page.sheet_state == "visible"]
            self._sheet = visible[0]
            others = [page.title for page in visible[1:] if _holds_something(page)]
            computed = _is_computed(stream, str(self._sheet._worksheet_path))
        except Exception:
            # openpyxl raises KeyError, ValueError, BadZipFile, XML errors and more for a damaged file
            raise TableRefused(_unreadable()) from None
        if not computed:
            raise TableRefused(
                _("Lembar ini berisi rumus yang hasilnya belum dihitung. Buka di Excel, simpan, lalu kirim lagi.")
            )
        self.notices = (
            [_("Yang dibaca hanya lembar “%(read)s”; lembar lain tidak: %(others)s.", read=self._sheet.title[:40],
               others=", ".join(title[:40] for title in others[:10]))]
            if others else []
        )  # fmt: skip

    def part_at(self, separator: str) -> None:
        """A workbook has its cells."""

    def sent(self) -> int:
        """The number of the last row that holds something."""
        return self._last

    def __iter__(self) -> Iterator[TableLine]:
        try:
            self._sheet.reset_dimensions()  # written by the maker of the file, and often wrong
            yield from self._lines()
        except TableRefused:
            raise
        except Exception:  # damage further down the sheet
            raise TableRefused(_unreadable()) from None

    def _lines(self) -> Iterator[TableLine]:
        blank = 0
        for number, cells in enumerate(self._sheet.iter_rows(max_col=MOST_COLUMNS), 1):
            width = next((at for at in range(len(cells), 0, -1) if cells[at - 1].value is not None), 0)
            if not width:
                blank += 1
                continue
            if blank:
                yield TableLine(number - blank, lasts=blank)
            blank, self._last = 0, number
            yield TableLine(number, [_cell(cell) for cell in cells[:width]])


def _cell(cell: Any) -> Cell:
    value: Any = cell.value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return shown_number(value, cell.number_format or "General")
    return cast(Cell, value)  # what openpyxl reads: str, bool, date, datetime, time, timedelta, None


def _holds_something(sheet: Any) -> bool:
    sheet.reset_dimensions()
    rows = sheet.iter_rows(max_row=LOOKED_INTO, max_col=MOST_COLUMNS, values_only=True)
    return any(value is not None and str(value).strip() for row in rows for value in row)


def _is_computed(stream: BinaryIO, path: str) -> bool:
    """Does every formula of the sheet bring its result? Programs that write workbooks often leave it to Excel."""
    tail = b""
    with zipfile.ZipFile(stream) as archive, archive.open(path.lstrip("/")) as sheet:
        while block := sheet.read(1 << 18):
            text = tail + block
            if _NEVER_COMPUTED.search(text):
                return False
            tail = text[-4096:]
    return True


def _unreadable() -> str:
    return _("Berkas Excel ini rusak atau bukan .xlsx. Buka di Excel, simpan ulang, lalu coba lagi.")


def _refuse_bomb(stream: BinaryIO) -> None:
    """A small zip may unpack to gigabytes (U4): its own table of contents is checked first."""
    try:
        with zipfile.ZipFile(stream) as archive:
            members = archive.infolist()
    except zipfile.BadZipFile:
        raise TableRefused(_unreadable()) from None
    if len(members) > UNPACKED_MEMBERS or sum(member.file_size for member in members) > UNPACKED_BYTES:
        raise TableRefused(_("Berkas Excel ini terlalu besar. Bagi menjadi beberapa berkas atau simpan sebagai CSV."))
    if "[Content_Types].xml" not in {member.filename for member in members}:
        raise TableRefused(_("Berkas ini bukan lembar kerja Excel. Pilih berkas CSV atau .xlsx."))
    stream.seek(0)
