"""Imports units from a CSV (code, name, kind, parent_code, building), all of them or none."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import select

from models.base.db import db, write_transaction
from models.organisation.unit import UNIT_KINDS, Unit

COLUMNS = ("code", "name", "kind", "parent_code", "building")
MOST_LINES = 20_000


class ImportRefused(ValueError):
    """Nothing was imported; `sentences` says which lines to mend and how."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__(sentences[0])
        self.sentences = sentences


@dataclass(frozen=True)
class Imported:
    new: int
    changed: int


def import_units(data: bytes) -> Imported:
    """Add units and update those whose code is known. Raises ImportRefused."""
    rows = _rows(data)
    with write_transaction():
        known = {unit.code: unit for unit in db.session.scalars(select(Unit))}
        faults = list(_faults(rows, set(known)))
        if faults:
            raise ImportRefused(faults)
        new = changed = 0
        for row in rows.values():
            unit = known.get(row["code"])
            if unit is None:
                unit = known[row["code"]] = Unit(code=row["code"])
                db.session.add(unit)
                new += 1
            else:
                changed += 1
            unit.name, unit.kind, unit.building = row["name"], row["kind"], row["building"]
        for row in rows.values():
            known[row["code"]].parent = known.get(row["parent_code"])
    return Imported(new, changed)


def _rows(data: bytes) -> dict[int, dict[str, str]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    separator = ";" if text[:500].count(";") > text[:500].count(",") else ","
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=separator)
    missing = [c for c in COLUMNS[:2] if c not in (reader.fieldnames or [])]
    if missing:
        raise ImportRefused(
            [
                _(
                    "Kolom %(names)s tidak ada. Baris pertama harus berisi code, name, kind, parent_code, building.",
                    names=", ".join(missing),
                )
            ]
        )
    rows = {}
    for line, row in enumerate(reader, 2):
        if line > MOST_LINES:
            raise ImportRefused([_("Lebih dari %(n)s baris. Bagi berkasnya.", n=MOST_LINES)])
        rows[line] = {c: (row.get(c) or "").strip() for c in COLUMNS}
        rows[line]["kind"] = rows[line]["kind"] or "bureau"
    if not rows:
        raise ImportRefused([_("Berkas itu tidak berisi satu unit pun.")])
    return rows


def _faults(rows: dict[int, dict[str, str]], known: set[str]) -> list[str]:
    faults, seen = [], dict[str, int]()
    codes = known | {row["code"] for row in rows.values()}
    for line, row in rows.items():
        code = row["code"]
        if not code or not row["name"] or len(code) > 20 or len(row["name"]) > 160:
            faults.append(
                _("Baris %(line)s: kode (paling panjang 20) dan nama (paling panjang 160) wajib diisi.", line=line)
            )
        elif code in seen:
            faults.append(
                _("Baris %(line)s: kode %(code)s sudah ada di baris %(first)s.", line=line, code=code, first=seen[code])
            )
        if row["kind"] not in UNIT_KINDS:
            faults.append(
                _(
                    "Baris %(line)s: jenis “%(kind)s” tidak dikenal; pakai %(kinds)s.",
                    line=line,
                    kind=row["kind"],
                    kinds=", ".join(UNIT_KINDS),
                )
            )
        if row["parent_code"] and row["parent_code"] not in codes:
            faults.append(_("Baris %(line)s: unit induk %(code)s tidak ada.", line=line, code=row["parent_code"]))
        seen.setdefault(code, line)
    return faults or _cycles(rows)


def _cycles(rows: dict[int, dict[str, str]]) -> list[str]:
    parents = {unit.code: unit.parent.code if unit.parent else "" for unit in db.session.scalars(select(Unit))}
    parents |= {row["code"]: row["parent_code"] for row in rows.values()}
    faults = []
    for line, row in rows.items():
        code, steps = row["parent_code"], 0
        while code and code != row["code"] and steps <= len(parents):
            code, steps = parents.get(code, ""), steps + 1
        if code == row["code"]:
            faults.append(_("Baris %(line)s: unit %(code)s menjadi induknya sendiri.", line=line, code=code))
    return faults
