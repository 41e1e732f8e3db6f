"""Imports units from a table: new ones, and what changed of those whose code is known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from gateways.files.import_table import CellKind, TableRow, WantedColumn
from models.base.columns.json_value import Json
from models.base.db import db
from models.organisation.staff import Staff
from models.organisation.unit import UNIT_KINDS, Unit
from procedures.base.table_import import ImportLine, LineOutcome, RegisterImport
from procedures.organisation.register_words import UnitNames, flag_of, meant_by, word_of, words_of

KIND_WORDS = meant_by(
    {
        "department": "prodi, program studi, jurusan, departemen",
        "bureau": "biro, bagian",
        "institute": "lembaga, upt",
        "organisation": "ukm, ormawa, organisasi mahasiswa",
    }
)


class UnitImport(RegisterImport):
    """A line is known by its code; the parent is a unit of the register or of the file."""

    model = "Unit"
    columns = (
        WantedColumn("code", ("Kode", "Code", "Kode unit", "Unit code"), CellKind.CODE, longest=20, is_plain=True),
        WantedColumn("name", ("Nama", "Name", "Nama unit", "Unit kerja"), longest=160),
        WantedColumn("kind", ("Jenis", "Kind", "Jenis unit"), required=False, longest=40),
        WantedColumn(
            "parent",
            ("Kode induk", "Parent code", "parent_code", "Induk", "Parent", "Unit induk"),
            required=False,
            longest=160,
            several=True,
        ),
        WantedColumn(
            "building", ("Gedung atau kampus", "Building or campus", "Gedung", "Kampus"), required=False, longest=160
        ),
        WantedColumn(
            "email", ("Email unit", "Unit e-mail", "Email", "Surel"), CellKind.MAIL, required=False, longest=254
        ),
        WantedColumn("is_active", ("Masih ada", "Still exists", "Aktif"), required=False, longest=20),
    )
    labels = {
        "code": _l("Kode"),
        "name": _l("Nama"),
        "kind": _l("Jenis"),
        "parent": _l("Induk"),
        "building": _l("Gedung atau kampus"),
        "email": _l("Email unit"),
        "is_active": _l("Masih ada"),
    }
    hints = {
        "code": _l("wajib; unit dengan kode yang sama diperbarui"),
        "name": _l("wajib"),
        "kind": _l("fakultas, program studi, biro, lembaga, atau organisasi"),
        "parent": _l("kode atau nama unit di atasnya, boleh dari berkas yang sama"),
        "is_active": _l("ya atau tidak"),
    }
    example = ("FEB", "Fakultas Ekonomi dan Bisnis", "fakultas", "", "Kampus II", "feb@kampus.example", "ya")

    def open(self) -> None:
        self._known = {unit.code.casefold(): unit for unit in db.session.scalars(select(Unit))}
        self._kinds = words_of(UNIT_KINDS, KIND_WORDS)

    def line(self, row: TableRow) -> ImportLine:
        code = row.values["code"]
        line = ImportLine(row, code, known=self._known.get(code.casefold()))
        said = {name: row.values.get(name, "") for name in ("name", "building", "email") if self.says(row, name)}
        kind = word_of(row, "kind", _("Jenis"), self._kinds, UNIT_KINDS)
        is_active = flag_of(row, "is_active", _("Masih ada"))
        line.facts = {**({"code": code} if line.known is None else {}), **said}
        line.facts |= {"kind": kind} if kind else {"kind": "bureau"} if line.known is None else {}
        line.facts |= {"is_active": is_active} if is_active is not None else {}
        return line

    def together(self, lines: Sequence[ImportLine]) -> None:
        """Parents may stand anywhere in the file; a line whose parent is refused or would be its own is refused."""
        self._find_parents(lines)
        while refused := [*self._orphans(lines), *self._in_circles(lines)]:
            for line, sentence in refused:
                line.problems.append(sentence)

    def _find_parents(self, lines: Sequence[ImportLine]) -> None:
        if "parent" not in self.has:
            return
        units = {unit.code: unit.name for unit in self._known.values()}
        units |= {self._code(line): line.facts.get("name", "") for line in lines if line.name}
        names = UnitNames([(code, code, name) for code, name in units.items()])
        for line in lines:
            text = line.row.values.get("parent", "")
            line.facts["parent"] = (names.find(text) or "") if text else ""
            if text and not line.facts["parent"]:
                line.problems.append(names.why_not(text))

    def _code(self, line: ImportLine) -> str:
        return str(line.known.code if line.known is not None else line.name)

    def _orphans(self, lines: Sequence[ImportLine]) -> Iterator[tuple[ImportLine, str]]:
        refused = {self._code(line): line.number for line in lines if line.outcome is LineOutcome.REFUSED}
        for line in lines:
            parent = line.facts.get("parent", "")
            if parent and not line.problems and parent in refused and parent.casefold() not in self._known:
                yield line, _("Unit induk %(code)s ditolak di baris %(line)d.", code=parent, line=refused[parent])

    def _in_circles(self, lines: Sequence[ImportLine]) -> Iterator[tuple[ImportLine, str]]:
        parents = {unit.code: unit.parent.code if unit.parent else "" for unit in self._known.values()}
        taken = [line for line in lines if not line.problems and "parent" in line.facts]
        parents |= {self._code(line): line.facts["parent"] for line in taken}
        for line in taken:
            code, at, steps = self._code(line), line.facts["parent"], 0
            while at and at != code and steps <= len(parents):
                at, steps = parents.get(at, ""), steps + 1
            if at == code:
                yield line, _("Unit %(code)s menjadi induknya sendiri.", code=code)

    def before(self, known: Unit) -> dict[str, Json]:
        return {
            "code": known.code,
            "name": known.name,
            "kind": known.kind,
            "parent": known.parent.code if known.parent else "",
            "building": known.building,
            "email": known.email,
            "is_active": known.is_active,
        }

    def words(self, name: str, value: Any) -> str:
        if name == "kind":
            return str(UNIT_KINDS.get(value, value))
        if name == "is_active":
            return _("Ya") if value else _("Tidak")
        return str(value)

    def write(self, lines: Sequence[ImportLine], by: Staff | None) -> None:
        units = {unit.code: unit for unit in self._known.values()}
        for line in lines:
            unit = line.known or Unit(code=line.name)
            units[unit.code] = unit
            for name in ("name", "kind", "building", "email", "is_active"):
                if name in line.facts:
                    setattr(unit, name, line.facts[name])
            db.session.add(unit)
        db.session.flush()
        for line in lines:
            if "parent" in line.facts:
                units[self._code(line)].parent = units.get(line.facts["parent"])
