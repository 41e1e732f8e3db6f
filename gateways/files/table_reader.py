"""Reads CSV and XLSX files as streams of numbered lines of cells.

CSV: UTF-8, UTF-8 with a mark, UTF-16, Windows-1252; comma, semicolon, tab or bar. XLSX: first visible sheet.
"""

import codecs
import csv
import io
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime, time
from typing import BinaryIO

from flask_babel import gettext as _

Cell = str | int | float | bool | date | datetime | time | None
Line = tuple[int, list[Cell]]

SEPARATORS = ",;\t|"
MOST_COLUMNS = 60
BLANK_LINES_AT_END = 2_000
"""Spreadsheets carry up to a million empty formatted lines; so many in a row end the sheet."""

UNPACKED_BYTES, UNPACKED_MEMBERS = 200 * 1024 * 1024, 1_000


class TableRefused(Exception):
    """The file as a whole cannot be read; the sentence says what to do about it."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def lines_of(stream: BinaryIO) -> Iterator[Line]:
    """The lines of a seekable file with their numbers (from 1), blank ones left out."""
    start = stream.read(8)
    stream.seek(0)
    if start.startswith(b"PK\x03\x04"):
        return _xlsx_lines(stream)
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise TableRefused(_("Berkas .xls lama atau bersandi tidak dapat dibaca. Simpan sebagai .xlsx atau CSV."))
    if not start.strip():
        raise TableRefused(_("Berkas ini kosong. Pilih berkas yang berisi baris judul dan data."))
    return _csv_lines(stream)


# --- CSV


def _csv_lines(stream: BinaryIO) -> Iterator[Line]:
    text = io.TextIOWrapper(stream, encoding=encoding_of(stream), newline="")
    try:
        separator, skip = _separator(text)
        reader = csv.reader(text, delimiter=separator, strict=False)
        for cells in reader:
            if reader.line_num > skip and any(cell.strip() for cell in cells):
                yield reader.line_num, list(cells)
    except csv.Error:
        raise TableRefused(
            _(
                "Baris %(line)d tidak dapat dibaca sebagai CSV. Periksa tanda kutip yang tidak ditutup.",
                line=reader.line_num,
            )  # fmt: skip
        ) from None
    finally:
        with suppress(ValueError):  # closed before the last line was read
            text.detach()  # the caller opened the file and closes it


def encoding_of(stream: BinaryIO) -> str:
    """How the text is written, decided by its marks and by whether it is valid UTF-8 to the end."""
    head = stream.read(4096)
    stream.seek(0)
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if b"\0" in head:
        return _unmarked_utf16(head)
    return "utf-8" if _is_utf8(stream) else "cp1252"


def _unmarked_utf16(head: bytes) -> str:
    little, big = head[1::2].count(0), head[0::2].count(0)
    if max(little, big) < len(head) // 8:
        raise TableRefused(_("Berkas ini bukan tabel teks. Pilih berkas CSV atau .xlsx."))
    return "utf-16-le" if little > big else "utf-16-be"


def _is_utf8(stream: BinaryIO) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while block := stream.read(1 << 16):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    finally:
        stream.seek(0)
    return True


def _separator(text: io.TextIOWrapper) -> tuple[str, int]:
    """The separator, by Excel's own `sep=` line or by the first line; and how many lines that line takes."""
    try:
        first = text.readline(65_536)
        while first and not first.strip():
            first = text.readline(65_536)
    except UnicodeError:
        raise TableRefused(_("Huruf dalam berkas ini tidak dapat dibaca. Simpan ulang sebagai “CSV UTF-8”.")) from None
    text.seek(0)
    announced = first.strip().lower()
    if announced.startswith("sep=") and len(announced) == 5:
        return first.strip()[-1], 1
    if announced == "sep=":  # a tab, stripped above
        return "\t", 1
    counts = {separator: len(next(csv.reader([first], delimiter=separator), [])) for separator in SEPARATORS}
    return max(SEPARATORS, key=counts.__getitem__), 0


# --- XLSX


def _xlsx_lines(stream: BinaryIO) -> Iterator[Line]:
    from openpyxl import load_workbook  # noqa: PLC0415  # 10 MB that a worker without imports never needs

    _refuse_bomb(stream)
    try:
        book = load_workbook(stream, read_only=True, data_only=True, keep_links=False)
        sheet = next(page for page in book.worksheets if page.sheet_state == "visible")
        sheet.reset_dimensions()  # written by the maker of the file, and often wrong
    except Exception:
        # openpyxl raises KeyError, ValueError, BadZipFile, XML errors and more for a damaged file
        raise TableRefused(_unreadable()) from None
    try:
        yield from _sheet_lines(sheet)
    except TableRefused:
        raise
    except Exception:  # the same, for damage further down the sheet
        raise TableRefused(_unreadable()) from None
    finally:
        book.close()


def _sheet_lines(sheet: object) -> Iterator[Line]:
    blank = 0
    for number, cells in enumerate(sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS), 1):  # type: ignore[attr-defined]  # openpyxl has no types
        if any(cell is not None and str(cell).strip() for cell in cells):
            blank = 0
            yield number, list(cells)
            continue
        blank += 1
        if blank > BLANK_LINES_AT_END:
            return


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
