"""The frame of every import of a register from a table: what each line would do, then the saving of what was shown.

How it goes: 1. the file is read, each of its lines accounted for; 2. the register says of each line whether it is new,
changes a row, changes nothing, or is refused and why; 3. somebody looks at that; 4. it is planned once more, inside
the transaction that saves it, and saved only if it is what was looked at. Refused lines stay out, the others go in; an
import may be repeated, nobody is ever deleted, and what a file has no column for is left alone.
"""

from __future__ import annotations

import hashlib
import json
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, BinaryIO, ClassVar

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import IntegrityError

from gateways.files.import_table import LineTally, TableRefused, TableRow, WantedColumn, read_table
from models.base.columns.json_value import Json
from models.base.db import db, write_transaction
from models.base.wording import Words
from models.organisation import audit
from models.organisation.staff import Staff

MOST_LINES = 20_000


class LineOutcome(StrEnum):
    """What a line of the file would do."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    REFUSED = "refused"

    @property
    def label(self) -> Words:
        return OUTCOMES[self]


OUTCOMES: dict[LineOutcome, Words] = {
    LineOutcome.NEW: _l("baru"),
    LineOutcome.CHANGED: _l("berubah"),
    LineOutcome.SAME: _l("sama"),
    LineOutcome.REFUSED: _l("ditolak"),
}


@dataclass
class ImportLine:
    """A line of data: what it is called, what it says by field, the row that it is about, and what it would do.

    `facts` holds only what the line says; a field without a column in the file, or without a word, is left out.
    """

    row: TableRow
    name: str
    facts: dict[str, Any] = field(default_factory=dict)
    known: Any = None
    changes: dict[str, tuple[str, str]] = field(default_factory=dict)
    """By field, before and after in words."""

    @property
    def number(self) -> int:
        return self.row.line

    @property
    def problems(self) -> list[str]:
        return self.row.problems

    @property
    def warnings(self) -> list[str]:
        return self.row.warnings

    @property
    def outcome(self) -> LineOutcome:
        if self.problems:
            return LineOutcome.REFUSED
        if self.known is None:
            return LineOutcome.NEW
        return LineOutcome.CHANGED if self.changes else LineOutcome.SAME

    @property
    def is_written(self) -> bool:
        return self.outcome in (LineOutcome.NEW, LineOutcome.CHANGED)


@dataclass
class ImportPlan:
    """What a file would do to a register: every line of it, counted."""

    tally: LineTally
    ignored: list[str]
    lines: list[ImportLine]

    def count(self, outcome: str) -> int:
        return sum(line.outcome == outcome for line in self.lines)

    @property
    def refused(self) -> int:
        return self.count(LineOutcome.REFUSED)

    @property
    def taken(self) -> int:
        return len(self.lines) - self.refused

    @property
    def to_write(self) -> int:
        return sum(line.is_written for line in self.lines)

    @property
    def counts(self) -> dict[str, int]:
        return {outcome.value: self.count(outcome) for outcome in LineOutcome}

    @property
    def seal(self) -> str:
        """Equal for two plans that do the same: what was looked at is what is saved."""
        told = [(line.number, line.outcome.value, line.name, line.changes) for line in self.lines]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()

    @property
    def in_words(self) -> str:
        """The outcome as one line, for commands and after saving."""
        return _("%(new)s baru, %(changed)s berubah, %(same)s sama, %(refused)s ditolak.", **self.counts)


class PlanChanged(Exception):
    """The register is no longer as it was when the plan was looked at; nothing was saved. `plan` is the one of now."""

    def __init__(self, plan: ImportPlan) -> None:
        super().__init__("plan changed")
        self.plan = plan


class RegisterImport(ABC):
    """How one register reads its lines. An object serves one plan: `open` reads the register for it."""

    model: ClassVar[str]
    """The register's name in the audit."""
    columns: ClassVar[Sequence[WantedColumn]]
    """Named after the fields of the register."""
    labels: ClassVar[Mapping[str, Words]]
    """What a person calls each field, in the order in which a preview shows them."""
    hints: ClassVar[Mapping[str, Words]] = {}
    """What to write into a column, by its name."""
    example: ClassVar[tuple[str, ...]]
    """A line of the sample file, by the columns."""
    has: Collection[str] = ()
    """The wanted columns that the file has."""

    def look_outside(self, rows: Sequence[TableRow]) -> None:  # noqa: B027  # most registers ask nobody else
        """Ask what must be asked outside the house; no transaction is open."""

    @abstractmethod
    def open(self) -> None:
        """Read from the register what the lines are compared with."""

    @abstractmethod
    def line(self, row: TableRow) -> ImportLine:
        """What the line says, and the row that it is about; what is wrong with it goes to `row.problems`."""

    @abstractmethod
    def before(self, known: Any) -> dict[str, Any]:
        """The fields of a row of the register."""

    @abstractmethod
    def write(self, lines: Sequence[ImportLine], by: Staff | None) -> None:
        """Add and change rows by lines that are all to be written; inside the caller's transaction."""

    def key(self, line: ImportLine) -> str:
        """Two lines of one key are one too many; "" where a line has none."""
        return line.name.casefold()

    def together(self, lines: Sequence[ImportLine]) -> None:  # noqa: B027  # most registers have no such rule
        """Refuse lines for what they say only together, such as two that are each other's parent."""

    def words(self, name: str, value: Json) -> str:
        """A field's value as people say it."""
        return "" if value is None else str(value)

    def says(self, row: TableRow, name: str) -> bool:
        """Does the line speak of this field?"""
        return name in self.has and name not in row.left_out


@dataclass
class _Read:
    rows: list[TableRow]
    tally: LineTally
    ignored: list[str]


def planned(register: RegisterImport, stream: BinaryIO) -> ImportPlan:
    """What the file would do; nothing is saved. Raises TableRefused."""
    read = _read(register, stream)
    try:
        return _plan(register, read)
    finally:
        db.session.rollback()


def take_in(
    register: RegisterImport,
    stream: BinaryIO,
    *,
    seal: str | None = None,
    by: Staff | None = None,
    by_name: str = "",
    ip: str = "",
    file: str = "",
) -> ImportPlan:
    """Save what the file says, all its good lines in one transaction; with `seal` only if it is the plan of that seal.

    Raises TableRefused, and PlanChanged with the plan of now.
    """
    read = _read(register, stream)
    try:
        with write_transaction():
            plan = _plan(register, read)
            if seal is not None and plan.seal != seal:
                raise PlanChanged(plan)
            if written := [line for line in plan.lines if line.is_written]:
                register.write(written, by)
                audit.record(
                    "import",
                    register.model,
                    "",
                    staff=by,
                    actor_name=by_name,
                    ip=ip,
                    diff={"file": file, **plan.counts},
                )
    except IntegrityError:
        raise TableRefused(
            _("Orang lain mengubah daftar ini pada saat yang sama, jadi tidak ada yang disimpan. Periksa sekali lagi.")
        ) from None
    return plan


def _read(register: RegisterImport, stream: BinaryIO) -> _Read:
    """All lines of the file; whatever must be asked outside is asked here, with no transaction open."""
    columns = [replace(column, label=str(register.labels[column.name])) for column in register.columns]
    table = read_table(stream, columns)
    register.has = frozenset(table.columns)
    rows: list[TableRow] = []
    for row in table.rows:
        rows.append(row)
        if len(rows) > MOST_LINES:
            raise TableRefused(_("Berkas ini lebih dari %(most)d baris. Bagi menjadi beberapa.", most=MOST_LINES))
    if not rows:
        raise TableRefused(_("Berkas ini tidak berisi satu baris data pun di bawah judul kolomnya."))
    db.session.rollback()
    register.look_outside(rows)
    return _Read(rows, table.tally, table.ignored)


def _plan(register: RegisterImport, read: _Read) -> ImportPlan:
    register.open()
    lines = [_line(register, row) for row in _fresh(read.rows)]
    _refuse_twins(register, lines)
    register.together(lines)
    for line in lines:
        line.changes = {} if line.problems else _changes(register, line)
    return ImportPlan(read.tally, read.ignored, lines)


def _changes(register: RegisterImport, line: ImportLine) -> dict[str, tuple[str, str]]:
    """What the line would change, in words; of a new row all that stands in it."""
    before = {} if line.known is None else register.before(line.known)
    shown = {name: line.facts[name] for name in register.labels if name in line.facts}
    if line.known is None:
        return {name: ("", words) for name, value in shown.items() if (words := register.words(name, value))}
    return {
        name: (register.words(name, before[name]), register.words(name, value))
        for name, value in shown.items()
        if before[name] != value
    }


def _fresh(rows: Sequence[TableRow]) -> Iterator[TableRow]:
    """The rows as they were read: a plan adds sentences to its own copies alone."""
    for row in rows:
        yield TableRow(
            row.line,
            row.values,
            row.numbers,
            row.stood,
            row.filled,
            row.asked,
            row.left_out,
            list(row.problems),
            list(row.warnings),
        )


def _line(register: RegisterImport, row: TableRow) -> ImportLine:
    """A line of which nothing could be read keeps its reason, and is called by nothing."""
    if row.problems and not row.values:
        return ImportLine(row, "")
    return register.line(row)


def _refuse_twins(register: RegisterImport, lines: Sequence[ImportLine]) -> None:
    seen: dict[str, int] = {}
    for line in lines:
        if (key := register.key(line)) and (first := seen.setdefault(key, line.number)) != line.number:
            line.problems.append(_("“%(value)s” sudah ada di baris %(line)d.", value=line.name, line=first))
