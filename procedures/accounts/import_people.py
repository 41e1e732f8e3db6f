"""Reads people from a CSV or XLSX file into the register: new, changed, and each refused line.

An import may be repeated; `dry` shows what would change and writes nothing. Nobody is ever deleted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, BinaryIO

from flask_babel import gettext as _
from sqlalchemy import insert, select, update

from gateways.files.import_table import LineTally, read_table
from models.accounts.person import Person
from models.base.db import db, utcnow, write_transaction
from models.organisation.contact_change import Holder
from procedures.accounts.people_columns import COLUMNS, PeopleReader, PersonLine
from procedures.organisation.contact_changes import note_changes

BATCH = 1_000
SHOWN = 500
"""Refused lines that are kept to be shown; more are only counted."""

FIELDS = ("name", "name_key", "kind", "unit_id", "status", "email", "phone")
SOURCE = {"name_key": "name", "unit_id": "unit"}
"""The file's column behind a column of the register, where they are not of one name."""


@dataclass
class Import:
    """What came of a file, or would come of it."""

    read: int = 0
    new: int = 0
    changed: int = 0
    same: int = 0
    refused: int = 0
    refusals: list[tuple[int, str]] = field(default_factory=list)
    warnings: list[tuple[int, str]] = field(default_factory=list)
    tally: LineTally = field(default_factory=LineTally)
    ignored: list[str] = field(default_factory=list)

    @property
    def in_words(self) -> str:
        """The outcome as one line, for commands."""
        return _(
            "%(new)s baru, %(changed)s berubah, %(same)s sama, %(refused)s ditolak.",
            new=self.new,
            changed=self.changed,
            same=self.same,
            refused=self.refused,
        )

    def add(self, batch: Batch, difference: RegisterDifference) -> None:
        self.read, self.refused = self.read + batch.read, self.refused + len(batch.refused)
        self.new, self.changed = self.new + len(difference.new), self.changed + len(difference.changed)
        self.same += difference.same
        self.refusals += [(line, text) for line, _number, text in batch.refused][: SHOWN - len(self.refusals)]
        self.warnings += [(line, text) for line, _number, text in batch.warned][: SHOWN - len(self.warnings)]


@dataclass
class Batch:
    """Lines of a file, BATCH of them but for the last: the people in them, and (line, number, sentence) of the rest.

    `fields` are the register's columns that the file has; what it does not have is left alone for known people.
    """

    fields: tuple[str, ...]
    read: int = 0
    people: dict[str, PersonLine] = field(default_factory=dict)
    refused: list[tuple[int, str, str]] = field(default_factory=list)
    warned: list[tuple[int, str, str]] = field(default_factory=list)


@dataclass
class RegisterDifference:
    """What the register lacks of a batch: rows to add, rows to change, and `before` of each changed one by id."""

    new: list[dict[str, Any]] = field(default_factory=list)
    changed: list[dict[str, Any]] = field(default_factory=list)
    before: dict[int, dict[str, Any]] = field(default_factory=dict)
    same: int = 0


class PeopleFile:
    """An opened people file; TableRefused where it is none. `tally` is whole once its batches have ended."""

    def __init__(self, stream: BinaryIO) -> None:
        self._table = read_table(stream, COLUMNS, key="number")
        self.tally, self.ignored = self._table.tally, self._table.ignored
        self.fields = tuple(name for name in FIELDS if SOURCE.get(name, name) in self._table.columns)

    def batches(self, skip: int = 0) -> Iterator[Batch]:
        """Its lines, batch by batch; the first `skip` are read for their numbers alone. May raise TableRefused.

        Each line that cannot be taken in says why; a number that stood on an earlier line is refused.
        """
        reader, batch = PeopleReader(), Batch(self.fields)
        for row in islice(self._table.rows, skip, None):
            batch.read += 1
            number = row.values.get("number", "")[:30]
            person = None if row.problems and not row.values else reader.person(row)
            if row.problems or person is None:
                batch.refused.append((row.line, number, " ".join(row.problems)))
            else:
                batch.people[number] = person
                batch.warned += [(row.line, number, sentence) for sentence in row.warnings]
            if batch.read == BATCH:
                yield _without_lost_zeros(batch)
                batch = Batch(self.fields)
        yield _without_lost_zeros(batch)


def import_people(stream: BinaryIO, *, dry: bool = False, progress: Callable[[int], None] | None = None) -> Import:
    """Read a people file; each thousand lines are one transaction. TableRefused when the file is no table."""
    file = PeopleFile(stream)
    done = Import(tally=file.tally, ignored=file.ignored)
    for batch in file.batches():
        if dry:
            done.add(batch, compare(batch))
            db.session.rollback()
        else:
            with write_transaction():
                done.add(batch, write(batch, (None, None), "import-people"))
            db.session.expunge_all()
        if progress:
            progress(done.read)
    return done


def _without_lost_zeros(batch: Batch) -> Batch:
    """A new number is refused where the register knows it with zeros before it: a spreadsheet has eaten them."""
    longer = {zeros + number: number for number in batch.people if number.isdecimal() for zeros in ("0", "00")}
    known = set(db.session.scalars(select(Person.number).where(Person.number.in_([*batch.people, *longer]))))
    for whole, number in longer.items():
        if whole in known and number not in known and number in batch.people:
            said = _(
                "Nomor %(number)s belum ada, tetapi %(whole)s ada: nol di depan mungkin hilang di berkas ini.",
                number=number,
                whole=whole,
            )
            batch.refused.append((batch.people.pop(number).line, number, said))
    batch.refused.sort()
    return batch


def write(batch: Batch, by_ids: tuple[int | None, int | None], by_name: str) -> RegisterDifference:
    """Add and update the batch's people, inside the caller's transaction; whose contact changed is told (I6)."""
    found = compare(batch)
    if found.new:
        db.session.execute(insert(Person), found.new)
    if found.changed:
        db.session.execute(update(Person), found.changed)
        changes = [(row["id"], found.before[row["id"]], _contact_of(row)) for row in found.changed]
        note_changes(Holder.PERSON, changes, by_ids, by_name)
    return found


def _contact_of(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in ("name", "email", "phone") if name in row}


def compare(batch: Batch) -> RegisterDifference:
    """Which of the batch's people are new and which differ from the register; nobody is counted twice."""
    columns = [getattr(Person, name) for name in batch.fields]
    query = select(Person.number, Person.id, *columns).where(Person.number.in_(batch.people))
    known = {row[0]: row for row in db.session.execute(query)}
    now, found = utcnow(), RegisterDifference()
    for number, person in batch.people.items():
        row = known.get(number)
        if row is None:
            found.new.append({**person.facts, "updated_at": now})
            continue
        before = dict(zip(batch.fields, row[2:], strict=True))
        after = {name: before[name] if name in person.unsaid else person.facts[name] for name in batch.fields}
        if before == after:
            found.same += 1
        else:
            found.changed.append({"id": row[1], **after, "updated_at": now})
            found.before[row[1]] = {"number": number, **before}
    return found
