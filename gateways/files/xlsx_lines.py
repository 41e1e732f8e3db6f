"""Reads XLSX workbooks as lines of cells: the first visible sheet, numbers beside what their format shows of them.

The workbook is opened by a process of its own with limits (xlsx_child.py), which hands line after line over; what a
hostile file unpacks to stays there. What is left out is said: other sheets, formulas whose results were never stored.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import weakref
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from io import UnsupportedOperation
from pathlib import Path
from typing import IO, Any

from flask_babel import gettext as _

from gateways.files.number_format import shown_number
from gateways.files.table_cells import Cell, TableLine, TableRefused

HOUSE = Path(__file__).resolve().parents[2]
LONGEST_LINE = 8 * 1024 * 1024  # bytes that one row may take on the way over


class XlsxLines:
    """The lines of a seekable XLSX file; TableRefused where it is none or damaged. May be iterated once."""

    is_comma_sure = True
    separators: tuple[str, ...] = ()

    def __init__(self, stream: IO[bytes]) -> None:
        self._last = 0
        self._child = _child_of(stream)
        self._ended = weakref.finalize(self, _end, self._child)  # also when nobody reads on
        found = self._next()
        if not isinstance(found, dict) or "read" not in found:
            raise TableRefused(_unreadable())
        self.notices = (
            [_("Yang dibaca hanya lembar “%(read)s”; lembar lain tidak: %(others)s.", read=found["read"],
               others=", ".join(found["others"]))]
            if found["others"] else []
        )  # fmt: skip

    def part_at(self, separator: str) -> None:
        """A workbook has its cells."""

    def sent(self) -> int:
        """The number of the last row that holds something."""
        return self._last

    def __iter__(self) -> Iterator[TableLine]:
        while (line := self._next()) is not None:
            number, cells = line
            if isinstance(cells, int):
                yield TableLine(number, lasts=cells)
            else:
                self._last = number
                yield TableLine(number, [_cell(cell) for cell in cells])

    def _next(self) -> Any:
        """What the child says next, None at the end; TableRefused with its reason where it ended early."""
        assert self._child.stdout is not None
        text = self._child.stdout.readline(LONGEST_LINE)
        if len(text) == LONGEST_LINE:
            self._ended()
            raise TableRefused(_too_large())
        said = json.loads(text) if text.endswith(b"\n") else {"end": "limit"}  # killed: by its limits, or from outside
        if not isinstance(said, dict) or "end" not in said:
            return said
        self._ended()
        if said["end"]:
            raise TableRefused(_sentence(said["end"]))
        return None


def _child_of(stream: IO[bytes]) -> subprocess.Popen[bytes]:
    """The process that reads this file, with an empty environment: no key and no password reaches it."""
    with _on_disk(stream) as file:
        return subprocess.Popen(
            [sys.executable, "-m", "gateways.files.xlsx_child"],
            stdin=file.fileno(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=HOUSE,
            env={"PATH": os.defpath},
        )  # fmt: skip


def _on_disk(stream: IO[bytes]) -> IO[bytes]:
    """The file with a number of its own that the other process can read; what lies in memory is written down."""
    stream.seek(0)
    try:
        stream.flush()
        return os.fdopen(os.dup(stream.fileno()), "rb")
    except UnsupportedOperation:
        copy = tempfile.TemporaryFile()  # noqa: SIM115  # the caller closes it
        shutil.copyfileobj(stream, copy)
        copy.flush()
        return copy


def _end(child: subprocess.Popen[bytes]) -> None:
    child.kill()
    if child.stdout is not None:
        child.stdout.close()
    child.wait()


def _cell(value: Any) -> Cell:
    if not isinstance(value, list):
        return value  # str, bool or None
    kind, said = value[0], value[1]
    if kind == "number":
        return shown_number(said, value[2])
    if kind == "span":
        return timedelta(seconds=said)
    kinds: dict[str, Any] = {"moment": datetime, "day": date, "time": time}
    made: Cell = kinds[kind].fromisoformat(said)
    return made


def _sentence(word: str) -> str:
    if word == "formulas":
        return _("Lembar ini berisi rumus yang hasilnya belum dihitung. Buka di Excel, simpan, lalu kirim lagi.")
    if word == "other":
        return _("Berkas ini bukan lembar kerja Excel. Pilih berkas CSV atau .xlsx.")
    return _too_large() if word in ("large", "limit") else _unreadable()


def _too_large() -> str:
    return _("Berkas Excel ini terlalu besar. Bagi menjadi beberapa berkas atau simpan sebagai CSV.")


def _unreadable() -> str:
    return _("Berkas Excel ini rusak atau bukan .xlsx. Buka di Excel, simpan ulang, lalu coba lagi.")
