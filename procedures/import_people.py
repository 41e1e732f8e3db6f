"""The register of people from a CSV or XLSX file: new ones added, known ones updated, each refused line told.

An import may be repeated; `dry` shows what would change and writes nothing. Nobody is ever deleted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from email_validator import EmailNotValidError, validate_email
from flask_babel import gettext as _
from sqlalchemy import insert, select, update

from gateways.tables import Column, Kind, TableRow, read_table
from models.db import db, utcnow, write_transaction
from models.person import Person, name_key
from models.unit import Unit

BATCH = 1_000
SHOWN = 500
"""Refused lines that are kept to be shown; more are only counted."""

COLUMNS = [
    Column("number", ("Nomor", "NIM", "NPM", "NIP", "NIDN"), Kind.CODE, longest=30),
    Column("name", ("Nama", "Nama Lengkap"), longest=120),
    Column("kind", ("Jenis", "Golongan"), required=False, longest=30),
    Column("unit", ("Unit", "Kode Unit", "Fakultas"), required=False, longest=160),
    Column("status", ("Status",), required=False, longest=30),
    Column("email", ("Email", "Surel"), required=False, longest=254),
    Column("phone", ("Telepon", "No. HP", "HP"), Kind.PHONE, required=False, longest=30),
]
KINDS = {"": "student", "mahasiswa": "student", "student": "student", "dosen": "lecturer", "lecturer": "lecturer",
         "staf": "staff", "staff": "staff", "tenaga kependidikan": "staff", "pegawai": "staff"}  # fmt: skip
STATUSES = {"": "active", "aktif": "active", "active": "active", "cuti": "leave", "leave": "leave",
            "keluar": "left", "lulus": "left", "left": "left", "nonaktif": "left"}  # fmt: skip
FIELDS = ("name", "name_key", "kind", "unit_id", "status", "email", "phone")


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

    def refuse(self, line: int, sentence: str) -> None:
        self.refused += 1
        if len(self.refusals) < SHOWN:
            self.refusals.append((line, sentence))

    def warn(self, line: int, sentences: list[str]) -> None:
        self.warnings += [(line, sentence) for sentence in sentences][: max(0, SHOWN - len(self.warnings))]


def import_people(stream: BinaryIO, *, dry: bool = False, progress: Callable[[int], None] | None = None) -> Import:
    """Read a people file; each thousand lines are one transaction. TableRefused when the file is no table."""
    done, units = Import(), _units()
    batch: dict[str, dict[str, Any]] = {}
    for row in read_table(stream, COLUMNS, key="number").rows:
        done.read += 1
        done.warn(row.line, row.warnings)
        facts = _facts(row, units)
        if row.problems:
            done.refuse(row.line, " ".join(row.problems))
        else:
            batch[facts["number"]] = facts
        if len(batch) == BATCH:
            _write(batch, done, dry)
            batch = {}
        if progress and done.read % BATCH == 0:
            progress(done.read)
    _write(batch, done, dry)
    if progress:
        progress(done.read)
    return done


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
    if values["email"] and not _is_email(values["email"]):
        row.problems.append(_("Email “%(text)s” tidak lengkap.", text=values["email"]))
    return {
        "number": values["number"],
        "name": values["name"],
        "name_key": name_key(values["name"]),
        "kind": kind,
        "unit_id": unit_id,
        "status": status,
        "email": values["email"],
        "phone": values["phone"],
    }


def _is_email(text: str) -> bool:
    try:
        validate_email(text, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return False
    return True


def _write(batch: dict[str, dict[str, Any]], done: Import, dry: bool) -> None:
    if not batch:
        return
    if dry:
        _compare(batch, done)
        db.session.rollback()
        return
    with write_transaction():
        new, changed = _compare(batch, done)
        if new:
            db.session.execute(insert(Person), new)
        if changed:
            db.session.execute(update(Person), changed)
    db.session.expunge_all()


def _compare(batch: dict[str, dict[str, Any]], done: Import) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Which lines are new and which differ from the register."""
    columns = [getattr(Person, name) for name in FIELDS]
    query = select(Person.number, Person.id, *columns).where(Person.number.in_(batch))
    known = {row[0]: row for row in db.session.execute(query)}
    now, new, changed = utcnow(), [], []
    for number, facts in batch.items():
        row = known.get(number)
        if row is None:
            new.append({**facts, "updated_at": now})
        elif tuple(row[2:]) != tuple(facts[name] for name in FIELDS):
            changed.append({"id": row[1], **{name: facts[name] for name in FIELDS}, "updated_at": now})
        else:
            done.same += 1
    done.new, done.changed = done.new + len(new), done.changed + len(changed)
    return new, changed
