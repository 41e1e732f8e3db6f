"""Imports the price catalogue from a table; a price of another day is a new row, and no RAB changes with it (N5)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from gateways.files.import_table import CellKind, TableRow, WantedColumn
from models.base.columns.json_value import Json
from models.base.db import db
from models.base.wording import on_date, rupiah, today
from models.installation.rab import SECTIONS, PriceItem
from models.organisation.staff import Staff
from procedures.base.table_import import ImportLine, RegisterImport
from procedures.organisation.register_words import flag_of, word_of, words_of

SECTION_WORDS = {"jasa": "work", "upah": "work", "tenaga": "work", "barang": "material", "bahan": "material"}
FAR_OFF = 10
"""A price so many times another is more likely a slip of the zeros."""


class PriceImport(RegisterImport):
    """A line is known by code and day; without a day it is a price from today on, if the one in force differs."""

    model = "PriceItem"
    columns = (
        WantedColumn("code", ("Kode", "Code", "Kode barang"), CellKind.CODE, longest=30, is_plain=True),
        WantedColumn("description", ("Uraian", "Description", "Uraian pekerjaan", "Nama barang", "Nama"), longest=200),
        WantedColumn("section", ("Bagian", "Section", "Jenis"), required=False, longest=40),
        WantedColumn("measure", ("Satuan", "Unit of measure", "Sat", "Unit"), longest=20),
        WantedColumn("price_rp", ("Harga satuan", "Unit price", "Harga", "Price", "Harga sat"), CellKind.MONEY),
        WantedColumn("valid_from", ("Berlaku sejak", "Valid from", "Sejak", "Tanggal"), CellKind.DATE, required=False),
        WantedColumn("is_active", ("Masih dipakai", "Still used", "Aktif"), required=False, longest=20),
    )
    labels = {
        "code": _l("Kode"),
        "description": _l("Uraian"),
        "section": _l("Bagian"),
        "measure": _l("Satuan"),
        "price_rp": _l("Harga satuan"),
        "valid_from": _l("Berlaku sejak"),
        "is_active": _l("Masih dipakai"),
    }
    hints = {
        "code": _l("wajib; kode dan tanggal yang sama diperbarui"),
        "description": _l("wajib"),
        "section": _l("bahan atau pekerjaan; bila kosong, bahan"),
        "measure": _l("wajib, misalnya meter, buah, atau titik"),
        "price_rp": _l("wajib; rupiah bulat, misalnya 150.000"),
        "valid_from": _l("misalnya 1/12/2026; bila kosong, hari ini"),
        "is_active": _l("ya atau tidak"),
    }
    example = ("KBL-01", "Kabel UTP Cat6", "bahan", "meter", "9.500", "1/12/2026", "ya")

    def open(self) -> None:
        self._known: dict[str, list[PriceItem]] = {}
        for item in db.session.scalars(select(PriceItem).order_by(PriceItem.valid_from)):
            self._known.setdefault(item.code.casefold(), []).append(item)
        self._sections = words_of(SECTIONS, SECTION_WORDS)

    def line(self, row: TableRow) -> ImportLine:
        prices = self._known.get(row.values["code"].casefold(), [])
        day = date.fromisoformat(row.values["valid_from"]) if row.values.get("valid_from") else None
        known = next((item for item in prices if item.valid_from == (day or today())), None)
        line = ImportLine(row, row.values["code"], known=known)
        in_force = next((item for item in reversed(prices) if item.valid_from <= (day or today())), None)
        section = word_of(row, "section", _("Bagian"), self._sections, SECTIONS)
        is_active = flag_of(row, "is_active", _("Masih dipakai"))
        line.facts = {name: row.values[name] for name in ("description", "measure")}
        if "price_rp" in row.numbers:
            line.facts["price_rp"] = int(row.numbers["price_rp"])
            self._warn(line, in_force)
        line.facts |= {"section": section} if section else {}
        line.facts |= {"is_active": is_active} if is_active is not None else {}
        if known is None and day is None and in_force is not None and self._is_same(line, in_force):
            line.known = in_force
        elif known is None:
            line.facts |= {"code": prices[0].code if prices else line.name, "valid_from": day or today()}
        return line

    def _is_same(self, line: ImportLine, item: PriceItem) -> bool:
        before = self.before(item)
        return all(before[name] == value for name, value in line.facts.items())

    @staticmethod
    def _warn(line: ImportLine, in_force: PriceItem | None) -> None:
        new = line.facts["price_rp"]
        if new == 0:
            line.warnings.append(_("Harganya nol."))
        now = in_force.price_rp if in_force is not None else 0
        if new and now and not now / FAR_OFF < new < now * FAR_OFF:
            said = _("Harga yang berlaku sekarang %(price)s. Periksa jumlah angka nolnya.", price=rupiah(now))
            line.warnings.append(said)

    def key(self, line: ImportLine) -> str:
        return f"{line.name.casefold()} {line.row.values.get('valid_from', '')}" if line.name else ""

    def before(self, known: PriceItem) -> dict[str, Json]:
        return {name: getattr(known, name) for name in self.labels}

    def words(self, name: str, value: Any) -> str:
        if name == "section":
            return str(SECTIONS.get(value, value))
        if name == "price_rp":
            return rupiah(value)
        if name == "valid_from":
            return on_date(value)
        if name == "is_active":
            return _("Ya") if value else _("Tidak")
        return str(value)

    def write(self, lines: Sequence[ImportLine], by: Staff | None) -> None:
        for line in lines:
            item = line.known or PriceItem(section="material", is_active=True)
            for name, value in line.facts.items():
                setattr(item, name, value)
            item.set_by_id = by.id if by else None  # who may not approve a RAB that uses it (duties)
            db.session.add(item)
