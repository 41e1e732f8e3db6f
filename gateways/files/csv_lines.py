"""Reads CSV files as lines of cells, each line of the file accounted for: a stray quote costs its own line alone.

UTF-8, UTF-16 or an old code page; comma, semicolon, tab or bar. A cell spans lines only where that is beyond doubt.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import islice
from typing import IO

from flask_babel import gettext as _

from gateways.files.table_cells import Cell, TableLine, TableRefused
from gateways.files.table_writer import unguarded
from models.base.text_encoding import NotText, encoding_of

SEPARATORS = ",;\t|"
SAMPLED = 60
MOST_SPANNED = 60
"""So many lines a cell may span at most."""
LONGEST_LINE = 100_000

_TEXT_FORMULA = re.compile(r'="((?:[^"]|"")*)"')
_ENDS = "\r\n"


class CsvLines:
    """The lines of a seekable CSV file."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.notices: list[str] = []
        try:
            self._encoding = encoding_of(stream).name
        except NotText:
            raise TableRefused(_("Berkas ini bukan tabel teks. Pilih berkas CSV atau .xlsx.")) from None
        self._is_utf8 = self._encoding.startswith("utf-8")
        self._learn()

    def sent(self) -> int:
        """Counted by the line ends alone."""
        with self._text(newline=None) as text:
            return sum(1 for _line in text)

    def __iter__(self) -> Iterator[TableLine]:
        with self._text(newline="") as text:
            waiting: deque[tuple[int, str]] = deque()
            source = enumerate(text, 1)
            closes: dict[int, int] = {}
            while True:
                number, written = waiting.popleft() if waiting else next(source, (0, ""))
                if not number:
                    return
                if number == 1 and self._announces(written):
                    yield TableLine(number, is_title=True)
                    continue
                yield self._line(number, written, waiting, source, closes)

    def _line(
        self,
        number: int,
        written: str,
        waiting: deque[tuple[int, str]],
        source: Iterator[tuple[int, str]],
        closes: dict[int, int],
    ) -> TableLine:
        text = written.rstrip(_ENDS)
        if len(text) > LONGEST_LINE:
            return TableLine(number, problem=_("Baris ini terlalu panjang untuk sebuah tabel. Periksa tanda kutipnya."))
        if self._is_doubtful(text):
            return TableLine(number, problem=_(
                "Huruf di baris ini tertulis lain daripada baris lainnya (“%(text)s”). Simpan ulang berkas sebagai "
                "“CSV UTF-8”.", text=self._readable(text)[:60]))  # fmt: skip
        if number in closes:
            return TableLine(number, problem=_(
                "Tanda kutip di baris ini menutup kutip yang terbuka di baris %(line)d. Hapus kutip yang tersesat.",
                line=closes[number]))  # fmt: skip
        if '"' not in text:
            return TableLine(number, self._cells(text.split(self.separator)), is_cut=not end_of(written))
        try:
            return TableLine(number, self._cells(self._parsed(text)), is_cut=not end_of(written))
        except _Unclosed:
            return self._spanning(number, written, waiting, source, closes)
        except csv.Error:
            return TableLine(
                number, problem=_("Tanda kutip di baris ini tidak berpasangan. Hapus, atau tulis dua kali.")
            )

    def _spanning(
        self,
        number: int,
        written: str,
        waiting: deque[tuple[int, str]],
        source: Iterator[tuple[int, str]],
        closes: dict[int, int],
    ) -> TableLine:
        """A cell with line breaks in it, where the file is consistent; else this line alone is refused.

        1. Lines are added until the quote is closed. 2. The record must then have as many cells as the others.
        3. None of the lines that it swallows may look like a record of its own, unless all of them are parted by
        another line end than the records are, as Excel writes them.
        """
        waiting.extend(islice(source, max(0, MOST_SPANNED - len(waiting))))
        joined, last = written, 0
        for ahead, (at, more) in enumerate(list(waiting), 1):
            joined += more
            if len(joined) > LONGEST_LINE:
                break
            if '"' not in more:
                continue
            try:
                cells = self._parsed(joined.rstrip(_ENDS))
            except _Unclosed:
                continue
            except csv.Error:
                break
            swallowed = [line for _number, line in list(waiting)[:ahead]]
            soft = all(end_of(line) not in ("", self._end) for line in (written, *swallowed[:-1]))
            if len(cells) == self.width and (soft or not any(self._is_record(line) for line in swallowed)):
                for _taken in range(ahead):
                    waiting.popleft()
                if self._is_doubtful(joined):
                    return TableLine(number, problem=_("Huruf di baris ini tidak terbaca pasti."), lasts=ahead + 1)
                return TableLine(number, self._cells(cells), lasts=ahead + 1)
            last = at
            break
        if last:
            closes[last] = number
        return TableLine(
            number, problem=_("Tanda kutip di baris ini tidak ditutup. Hapus, atau tutup di baris yang sama.")
        )

    def _parsed(self, text: str) -> list[str]:
        try:
            return next(csv.reader(io.StringIO(text, newline=""), delimiter=self.separator, strict=True), [])
        except csv.Error as error:
            if "end of data" in str(error):
                raise _Unclosed from None
            raise

    def _is_record(self, line: str) -> bool:
        text = line.rstrip(_ENDS)
        if self._is_all_quoted and not text.startswith('"'):
            return False
        return text.count(self.separator) + 1 == self.width

    def _cells(self, cells: list[str]) -> list[Cell]:
        return [_as_shown(cell) for cell in cells]

    # --- how the file is written

    def part_at(self, separator: str) -> None:
        """Part the cells at this one of `separators`, which begin with the likeliest."""
        self.separator, self.width = separator, self._widths[separator]
        self.is_comma_sure = separator != ","

    def _learn(self) -> None:
        """The separator, the usual number of cells, the line end and the manner of quoting, from the first lines."""
        try:
            with self._text(newline="") as text:
                first = [line for line in islice(text, SAMPLED * 2) if line.strip()][:SAMPLED]
        except UnicodeError:
            raise TableRefused(unreadable_letters()) from None
        announced = self._announced(first[0]) if first else ""
        sample = first[1:] if announced else first
        usual = {separator: _usual(sample, separator) for separator in announced or SEPARATORS}
        best = sorted(usual, key=lambda separator: usual[separator], reverse=True)
        self._widths = {separator: usual[separator][-1] for separator in best}
        self.separators = tuple(best)
        self.part_at(best[0])
        ends = Counter(end_of(line) for line in sample)
        self._end = "\r\n" if ends["\r\n"] else (ends.most_common(1) or [("\n", 1)])[0][0]
        whole = [line.rstrip(_ENDS) for line in sample if end_of(line) == self._end]
        self._is_all_quoted = bool(whole) and sum(line[:1] == '"' == line[-1:] for line in whole) > len(whole) / 2

    def _announces(self, line: str) -> bool:
        return bool(self._announced(line))

    @staticmethod
    def _announced(line: str) -> str:
        """The separator of Excel's own first line, `sep=;`, or nothing."""
        text = line.rstrip(_ENDS).removeprefix("\ufeff")
        return text[4] if len(text) == 5 and text[:4].lower() == "sep=" else ""

    def _is_doubtful(self, text: str) -> bool:
        """Is this line written in another encoding than the file?"""
        if text.isascii():
            return False
        if self._is_utf8:
            return any("\udc80" <= letter <= "\udcff" for letter in text)
        if self._encoding == "cp1252":
            try:
                text.encode("cp1252", "surrogateescape").decode("utf-8")
            except UnicodeError:
                return False
            return True
        return False

    def _readable(self, text: str) -> str:
        data = text.encode(self._encoding.removesuffix("-sig"), "surrogateescape")
        return data.decode("cp1252" if self._is_utf8 else "utf-8", "replace")

    @contextmanager
    def _text(self, newline: str | None) -> Iterator[io.TextIOWrapper]:
        self._stream.seek(0)
        errors = "surrogateescape" if self._is_utf8 or self._encoding == "cp1252" else "strict"
        text = io.TextIOWrapper(self._stream, encoding=self._encoding, errors=errors, newline=newline)
        try:
            yield text
        finally:
            with suppress(ValueError):  # closed before the last line was read
                text.detach()  # the caller opened the file and closes it


class _Unclosed(csv.Error):
    pass


def unreadable_letters() -> str:
    return _("Huruf dalam berkas ini tidak dapat dibaca. Simpan ulang sebagai “CSV UTF-8”.")


def end_of(line: str) -> str:
    return line[len(line.rstrip(_ENDS)) :]


def _usual(lines: list[str], separator: str) -> tuple[int, int, int]:
    """On how many lines the usual number of cells stands, how early (negative), and that number; (0, 0, 1) if never."""
    numbers = [len(next(csv.reader([line[:LONGEST_LINE]], delimiter=separator), [])) for line in lines]
    counts = Counter(number for number in numbers if number > 1)
    cells, times = max(counts.items(), key=lambda pair: (pair[1], pair[0]), default=(1, 0))
    return times, -numbers.index(cells) if times else 0, cells


def _as_shown(cell: str) -> str:
    """A cell as a spreadsheet shows it: `="0110"` is the text 0110; what guards an export is taken off again."""
    if cell.startswith('="') and (formula := _TEXT_FORMULA.fullmatch(cell.strip())):
        return formula[1].replace('""', '"')
    return unguarded(cell) if "'" in cell else cell
