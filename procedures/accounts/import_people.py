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

from gateways.files.import_table import CellKind, TableRow, WantedColumn, read_table
from models.accounts.person import Person, name_key
from models.base.db import db, utcnow, write_transaction
from models.base.mail_address import BadMail, read_mail
from models.base.phone import BadPhone, read_phone
from models.organisation.unit import Unit

BATCH = 1_000
SHOWN = 500
"""Refused lines that are kept to be shown; more are only counted."""

COLUMNS = [
    WantedColumn("number", ("Nomor", "NIM", "NPM", "NIP", "NIDN"), CellKind.CODE, longest=30),
    WantedColumn("name", ("Nama", "Nama Lengkap"), longest=120),
    WantedColumn("kind", ("Jenis", "Golongan"), required=False, longest=30),
    WantedColumn("unit", ("Unit", "Kode Unit", "Fakultas"), required=False, longest=160),
    WantedColumn("status", ("Status",), required=False, longest=30),
    WantedColumn("email", ("Email", "Surel"), required=False, longest=254),
    WantedColumn("phone", ("Telepon", "No. HP", "HP"), CellKind.PHONE, required=False, longest=30),
]
KINDS = {"": "student", "mahasiswa": "student", "student": "student", "dosen": "lecturer", "lecturer": "lecturer",
         "staf": "staff", "staff": "staff", "tenaga kependidikan": "staff", "pegawai": "staff"}  # fmt: skip
STATUSES = {"": "active", "aktif": "active", "active": "active", "cuti": "leave", "leave": "leave",
            "keluar": "left", "lulus": "left", "left": "left", "nonaktif": "left"}  # fmt: skip
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
    people: dict[str, dict[str, Any]] = field(default_factory=dict)
    refused: list[tuple[int, str, str]] = field(default_factory=list)
    warned: list[tuple[int, str, str]] = field(default_factory=list)


@dataclass
class RegisterDifference:
    """What the register lacks of a batch: rows to add, rows to change, and `before` of each changed one by id."""

    new: list[dict[str, Any]] = field(default_factory=list)
    changed: list[dict[str, Any]] = field(default_factory=list)
    before: dict[int, dict[str, Any]] = field(default_factory=dict)
    same: int = 0


def import_people(stream: BinaryIO, *, dry: bool = False, progress: Callable[[int], None] | None = None) -> Import:
    """Read a people file; each thousand lines are one transaction. TableRefused when the file is no table."""
    done = Import()
    for batch in batches_of(stream):
        if dry:
            done.add(batch, compare(batch))
            db.session.rollback()
        else:
            with write_transaction():
                done.add(batch, write(batch))
            db.session.expunge_all()
        if progress:
            progress(done.read)
    return done


def batches_of(stream: BinaryIO, skip: int = 0) -> Iterator[Batch]:
    """The file's lines, batch by batch; the first `skip` are read for their numbers alone. May raise TableRefused.

    Each line that cannot be taken in says why; a number that stood on an earlier line is refused.
    """
    table, units = read_table(stream, COLUMNS, key="number"), _units()
    fields = tuple(name for name in FIELDS if SOURCE.get(name, name) in table.columns)
    batch = Batch(fields)
    for row in islice(table.rows, skip, None):
        batch.read += 1
        number = row.values.get("number", "")[:30]
        batch.warned += [(row.line, number, sentence) for sentence in row.warnings]
        facts = _facts(row, units)
        if row.problems:
            batch.refused.append((row.line, number, " ".join(row.problems)))
        else:
            batch.people[facts["number"]] = facts
        if batch.read == BATCH:
            yield batch
            batch = Batch(fields)
    yield batch


def write(batch: Batch) -> RegisterDifference:
    """Add and update the batch's people, inside the caller's transaction."""
    found = compare(batch)
    if found.new:
        db.session.execute(insert(Person), found.new)
    if found.changed:
        db.session.execute(update(Person), found.changed)
    return found


def compare(batch: Batch) -> RegisterDifference:
    """Which of the batch's people are new and which differ from the register; nobody is counted twice."""
    columns = [getattr(Person, name) for name in batch.fields]
    query = select(Person.number, Person.id, *columns).where(Person.number.in_(batch.people))
    known = {row[0]: row for row in db.session.execute(query)}
    now, found = utcnow(), RegisterDifference()
    for number, facts in batch.people.items():
        row = known.get(number)
        if row is None:
            found.new.append({**facts, "updated_at": now})
        elif tuple(row[2:]) == tuple(facts[name] for name in batch.fields):
            found.same += 1
        else:
            found.changed.append({"id": row[1], **{name: facts[name] for name in batch.fields}, "updated_at": now})
            found.before[row[1]] = {"number": number, **dict(zip(batch.fields, row[2:], strict=True))}
    return found


def _units() -> dict[str, int]:
    rows = db.session.execute(select(Unit.id, Unit.code, Unit.name))
    return {word.casefold(): unit_id for unit_id, code, name in rows for word in (code, name)}


def _facts(row: TableRow, units: dict[str, int]) -> dict[str, Any]:
    """The line as the register's columns; what cannot be understood is added to the row's problems."""
    values = {column.name: row.values.get(column.name, "") for column in COLUMNS}
    kind, status = KINDS.get(values["kind"].casefold()), STATUSES.get(values["status"].casefold())
    unit_id = units.get(values["unit"].casefold())
    if kind is None:
        row.problems.append(
            _("Jenis “%(text)s” tidak dikenal: tulis mahasiswa, dosen, atau staf.", text=values["kind"])
        )
    if status is None:
        row.problems.append(
            _("Status “%(text)s” tidak dikenal: tulis aktif, cuti, atau keluar.", text=values["status"])
        )
    if values["unit"] and unit_id is None:
        row.problems.append(_("Unit “%(text)s” tidak ada di daftar unit.", text=values["unit"]))
    email, phone = _email(values["email"], row), _phone(values["phone"], row)
    return {
        "number": values["number"],
        "name": values["name"],
        "name_key": name_key(values["name"]),
        "kind": kind,
        "unit_id": unit_id,
        "status": status,
        "email": email,
        "phone": phone,
    }


def _email(text: str, row: TableRow) -> str:
    try:
        return read_mail(text) if text else ""
    except BadMail as bad:
        row.problems.append(_("Email “%(text)s”: %(why)s", text=text, why=bad))
        return ""


def _phone(text: str, row: TableRow) -> str:
    """A number that cannot be read is told and left out: it is no reason to miss the person."""
    try:
        return read_phone(text).text if text else ""
    except BadPhone as bad:
        row.warnings.append(str(bad))
        return ""
