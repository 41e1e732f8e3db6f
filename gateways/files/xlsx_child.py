"""The guarded process that opens a workbook: it reads the first visible sheet and prints its lines, one JSON each.

Standard input is the file. The first line says what was found or why nothing is read (a word of xlsx_lines.py); then
each line of the sheet follows: its number and its cells, or how many blank lines stand there. It holds no key, opens
no other file, and ends at its limits of memory and time, whatever the workbook unpacks to (security.md U4, U9).
"""

from __future__ import annotations

import json
import re
import resource
import sys
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, BinaryIO

from models.base.columns.json_value import Json

if TYPE_CHECKING:
    from openpyxl.cell.read_only import ReadOnlyCell
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet

MEMORY_BYTES = 512 * 1024 * 1024
PROCESSOR_SECONDS = 120
MOST_COLUMNS = 120
UNPACKED_BYTES, UNPACKED_MEMBERS = 100 * 1024 * 1024, 1_000
LOOKED_INTO = 30
"""So many rows of a sheet that is not read are looked at, to tell whether it holds anything."""

_NEVER_COMPUTED = re.compile(
    rb'<(?:\w+:)?c(?![^>]* t="str")[^>]*>\s*<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)\s*'
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)


class NotRead(Exception):
    """One of the words that xlsx_lines.py turns into a sentence."""


def main() -> None:
    """Print the sheet; the last line is `{"end": word}`, empty where the sheet was read whole."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_SECONDS, PROCESSOR_SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    stream = open(0, "rb")  # noqa: SIM115  # it ends with this process
    try:
        stream.seek(0)
        sheet, found = _opened(stream)
        _say(found)
        for line in _lines(sheet):
            _say(line)
        _say({"end": ""})
    except NotRead as why:
        _say({"end": str(why)})
    except MemoryError:
        _say({"end": "large"})
    except BrokenPipeError:
        return  # nobody reads on
    except Exception:
        # openpyxl raises KeyError, ValueError, BadZipFile, XML errors and more for a damaged file
        _say({"end": "damaged"})
    sys.stdout.flush()


def _say(value: Json) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=True) + "\n")


def _opened(stream: BinaryIO) -> tuple[ReadOnlyWorksheet, dict[str, Json]]:
    """The first visible sheet, and what is said of the workbook: its title and the sheets that are not read."""
    _refuse_bomb(stream)
    from openpyxl import load_workbook  # noqa: PLC0415  # after the limits are set and the file has been weighed

    book = load_workbook(stream, read_only=True, data_only=True, keep_links=False)
    visible = [page for page in book.worksheets if page.sheet_state == "visible"]
    sheet = visible[0]
    others = [page.title for page in visible[1:] if _holds_something(page)]
    if not _is_computed(stream, str(sheet._worksheet_path)):
        raise NotRead("formulas")
    return sheet, {"read": sheet.title[:40], "others": [title[:40] for title in others[:10]]}


def _lines(sheet: ReadOnlyWorksheet) -> Iterator[list[Json]]:
    """[number, cells] of each row that holds something, [number, count] of the blank ones before it."""
    sheet.reset_dimensions()  # written by the maker of the file, and often wrong
    blank = 0
    for number, cells in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS), 1):
        width = next((at for at in range(len(cells), 0, -1) if cells[at - 1].value is not None), 0)
        if not width:
            blank += 1
            continue
        if blank:
            yield [number - blank, blank]
        blank = 0
        yield [number, [_cell(cell) for cell in cells[:width]]]


def _cell(cell: ReadOnlyCell) -> Json:
    """Text, truth and nothing as they are; a number with its format, a day or a time with its kind."""
    value: Json = cell.value
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, int | float):
        return ["number", value, cell.number_format or "General"]
    for kind, name in ((datetime, "moment"), (date, "day"), (time, "time")):
        if isinstance(value, kind):
            return [name, value.isoformat()]
    if isinstance(value, timedelta):
        return ["span", value.total_seconds()]
    return str(value)


def _holds_something(sheet: ReadOnlyWorksheet) -> bool:
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


def _refuse_bomb(stream: BinaryIO) -> None:
    """A small zip may unpack to gigabytes (U4): its own table of contents is checked first.

    What it says of a member is a limit too: the reader takes no byte above it.
    """
    with zipfile.ZipFile(stream) as archive:
        members = archive.infolist()
    if len(members) > UNPACKED_MEMBERS or sum(member.file_size for member in members) > UNPACKED_BYTES:
        raise NotRead("large")
    if "[Content_Types].xml" not in {member.filename for member in members}:
        raise NotRead("other")
    stream.seek(0)


if __name__ == "__main__":
    main()
