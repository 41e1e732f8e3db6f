"""What a cell of a table holds, as it left the spreadsheet: text, number, day; and a line of such cells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Protocol

from flask_babel import gettext as _


@dataclass(frozen=True)
class CellNumber:
    """A number of a spreadsheet: its value, the text that its format shows, and whether both are one number."""

    value: Decimal
    shown: str
    is_as_shown: bool = True

    def __str__(self) -> str:
        return self.shown


Cell = str | CellNumber | bool | date | datetime | time | timedelta | None


@dataclass
class TableLine:
    """A line of a file with its number (from 1): its cells, none where it is blank, or why it cannot be read."""

    number: int
    cells: Sequence[Cell] = ()
    problem: str = ""
    is_title: bool = False
    """Does it speak of the file rather than of its contents, as Excel's own `sep=;` does?"""
    is_cut: bool = False
    """Does the file end in the middle of it?"""
    lasts: int = 1
    """How many lines of the file it takes: more than one with line breaks in a cell, or for blank lines in a row."""

    @property
    def is_blank(self) -> bool:
        return not self.problem and all(cell is None or not str(cell).strip() for cell in self.cells)


class TableRefused(Exception):
    """The file as a whole cannot be read; the sentence says what to do about it."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class TableLines(Protocol):
    """All lines of a file in their order, blank ones too."""

    notices: list[str]
    is_comma_sure: bool
    separators: tuple[str, ...]
    """The signs at which the cells may be parted, the likeliest first; none where that is beyond question."""

    def part_at(self, separator: str) -> None:
        """Part the cells at another sign, before they are read."""
        ...

    def __iter__(self) -> Iterator[TableLine]: ...

    def sent(self) -> int:
        """How many lines the file has, counted apart from the reading; asked after it."""
        ...


@dataclass
class LineTally:
    """Every line of a file, counted once; `sent` is counted apart, so that a line that was lost is noticed."""

    sent: int = 0
    heading: int = 0
    """The heading, where it is repeated, and the title lines above it."""
    blank: int = 0
    continued: int = 0
    """Further lines of cells with line breaks in them."""
    read: int = 0
    """Lines of data: taken or refused."""
    notices: list[str] = field(default_factory=list)

    @property
    def accounted(self) -> int:
        return self.heading + self.blank + self.continued + self.read

    @property
    def agrees(self) -> bool:
        return self.sent == self.accounted

    def in_words(self, taken: int, refused: int) -> str:
        """The sum as one line, for commands."""
        return _(
            "%(sent)d baris di berkas: %(taken)d diambil, %(refused)d ditolak, %(blank)d kosong, %(heading)d judul, "
            "%(continued)d sambungan sel.",
            sent=self.sent, taken=taken, refused=refused, blank=self.blank, heading=self.heading,
            continued=self.continued,
        )  # fmt: skip
