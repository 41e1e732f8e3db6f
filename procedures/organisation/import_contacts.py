"""Imports the contacts of units from a table: heads, IT managers (who hear of outages), technical contacts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from gateways.files.import_table import CellKind, TableRow, WantedColumn
from models.base.columns.json_value import Json
from models.base.db import db
from models.organisation.contact_change import FIELD_WORDS, Holder
from models.organisation.staff import Staff
from models.organisation.unit import CONTACT_KINDS, Contact
from procedures.base.table_import import ImportLine, RegisterImport
from procedures.organisation.contact_changes import note_change, note_new
from procedures.organisation.register_words import UnitNames, flag_of, listed, meant_by, word_key, word_of, words_of

LANGUAGES = {"id": "Indonesia", "en": "English"}
LANGUAGE_WORDS = {"bahasa indonesia": "id", "indonesian": "id", "inggris": "en", "bahasa inggris": "en"}
KIND_WORDS = meant_by(
    {
        "head": "pimpinan, kepala, kepala unit, dekan, ketua, head",
        "it_manager": "pengelola it, admin it, it, it manager",
        "technical": "teknis",
        "other": "kontak, lain, lainnya",
    }
)


class ContactImport(RegisterImport):
    """A line is known by unit and name; a person with two roles in one unit stands on two lines."""

    model = "Contact"
    columns = (
        WantedColumn(
            "unit_id",
            ("Kode unit", "Unit code", "Unit", "Unit kerja", "Satuan kerja", "Fakultas"),
            longest=160,
            several=True,
        ),
        WantedColumn("name", ("Nama", "Name", "Nama lengkap", "Nama kontak"), longest=120),
        WantedColumn("position", ("Jabatan", "Position"), required=False, longest=120),
        WantedColumn("kind", ("Peran", "Role", "Jenis", "Jenis kontak", "Kind"), required=False, longest=40),
        WantedColumn("email", ("Email", "E-mail", "Surel", "Alamat email"), CellKind.MAIL, required=False, longest=254),
        WantedColumn(
            "phone",
            listed(
                "Telepon, Telephone, Telepon atau WhatsApp, No. HP, HP, WhatsApp, No. WA, Nomor telepon, No. Telepon"
            ),
            CellKind.PHONE,
            required=False,
            longest=30,
        ),
        WantedColumn("language", ("Bahasa", "Language"), required=False, longest=20),
        WantedColumn(
            "is_active", ("Masih dapat dihubungi", "Can still be reached", "Aktif"), required=False, longest=20
        ),
    )
    labels = {
        "unit_id": _l("Unit"),
        "name": _l("Nama"),
        "position": _l("Jabatan"),
        "kind": _l("Peran"),
        "email": _l("Email"),
        "phone": _l("Telepon"),
        "language": _l("Bahasa"),
        "is_active": _l("Masih dapat dihubungi"),
    }
    hints = {
        "unit_id": _l("wajib; kode atau nama unit"),
        "name": _l("wajib; orang yang sama di unit yang sama diperbarui"),
        "kind": _l("pimpinan unit, pengelola IT, kontak teknis, atau kontak lain"),
        "email": _l("pengelola IT dikabari tentang gangguan lewat alamat ini"),
        "phone": _l("dengan nol di depan"),
        "language": _l("Indonesia atau English"),
        "is_active": _l("ya atau tidak"),
    }
    example = listed("FEB, Dewi Anggraini, Staf IT, pengelola IT, dewi@kampus.example, 0812-1111-2222, Indonesia, ya")

    def open(self) -> None:
        self._units = UnitNames()
        self._kinds = words_of(CONTACT_KINDS, KIND_WORDS)
        self._languages = words_of(LANGUAGES, LANGUAGE_WORDS)
        self._known: dict[tuple[int | None, str], list[Contact]] = {}
        for contact in db.session.scalars(select(Contact).options(joinedload(Contact.unit)).order_by(Contact.id)):
            self._known.setdefault((contact.unit_id, word_key(contact.name)), []).append(contact)

    def line(self, row: TableRow) -> ImportLine:
        text, name = row.values["unit_id"], row.values["name"]
        unit_id = next((found for _title, value in row.filled["unit_id"] if (found := self._units.find(value))), None)
        if text and unit_id is None:
            row.problems.append(self._units.why_not(text))
        kind = word_of(row, "kind", _("Peran"), self._kinds, CONTACT_KINDS)
        line = ImportLine(row, name, known=self._meant(row, unit_id, name, kind))
        self._fill(line, unit_id, kind)
        if line.facts.get("kind", line.known.kind if line.known else "") == "it_manager" and not self._mail(line):
            row.warnings.append(_("Tanpa email, pengelola IT ini tidak dikabari tentang gangguan."))
        return line

    def _fill(self, line: ImportLine, unit_id: int | None, kind: str) -> None:
        row = line.row
        for name in ("position", "email", "phone"):
            if self.says(row, name):
                line.facts[name] = row.values.get(name, "")
        language = word_of(row, "language", _("Bahasa"), self._languages, LANGUAGES)
        is_active = flag_of(row, "is_active", _("Masih dapat dihubungi"))
        line.facts |= {"language": language} if language else {}
        line.facts |= {"is_active": is_active} if is_active is not None else {}
        line.facts |= {"kind": kind} if kind else {"kind": "other"} if line.known is None else {}
        line.facts |= {"unit_id": unit_id, "name": line.name} if line.known is None else {}

    def _meant(self, row: TableRow, unit_id: int | None, name: str, kind: str) -> Contact | None:
        """The one of that role, or the only one of that name; several are asked about."""
        named = self._known.get((unit_id, word_key(name)), [])
        same = [contact for contact in named if contact.kind == kind]
        if len(same) == 1 or (len(named) == 1 and not kind):
            return (same or named)[0]
        if len(same) > 1 or (named and not kind):
            row.problems.append(
                _(
                    "Kontak “%(name)s” ada lebih dari satu di unit ini. Isi perannya, atau ubah di halamannya.",
                    name=name,
                )
            )
        return None

    @staticmethod
    def _mail(line: ImportLine) -> str:
        return str(line.facts.get("email", line.known.email if line.known else ""))

    def key(self, line: ImportLine) -> str:
        """A role that is said tells two lines of one person apart."""
        unit_id = line.known.unit_id if line.known else line.facts.get("unit_id")
        kind = line.facts.get("kind") or (line.known.kind if line.known else "")
        return f"{unit_id} {word_key(line.name)} {kind}" if line.name and unit_id else ""

    def together(self, lines: Sequence[ImportLine]) -> None:
        """A new role of a known person changes their only row, unless another line is about that row."""
        taken = {line.known.id for line in lines if line.known is not None and not line.problems}
        for line in lines:
            if line.known is not None or line.problems:
                continue
            named = self._known.get((line.facts["unit_id"], word_key(line.name)), [])
            if len(named) == 1 and named[0].id not in taken:
                line.known = named[0]
                line.warnings.append(_("Perannya diganti. Bila peran kedua, tulis kedua barisnya di berkas ini."))
                taken.add(named[0].id)

    def before(self, known: Contact) -> dict[str, Json]:
        return {name: getattr(known, name) for name in self.labels}

    def words(self, name: str, value: Any) -> str:
        if name == "unit_id":
            return self._units.name_of(value)
        if name == "kind":
            return str(CONTACT_KINDS.get(value, value))
        if name == "language":
            return LANGUAGES.get(value, value)
        if name == "is_active":
            return _("Ya") if value else _("Tidak")
        return str(value)

    def write(self, lines: Sequence[ImportLine], by: Staff | None) -> None:
        """As the form does: a changed address is told to the old one, and links to a new one wait (security.md I6)."""
        by_id, by_name = (by.id, by.name) if by else (None, "Pustikom")
        added = []
        for line in lines:
            contact = line.known or Contact()
            before = _reach(contact)
            for name, value in line.facts.items():
                setattr(contact, name, value)
            db.session.add(contact)
            if line.known is None:
                added.append(contact)
            else:
                note_change(Holder.CONTACT, contact.id, before, _reach(contact), by_id, by_name, contact.language)
        db.session.flush()
        for contact in added:
            note_new(Holder.CONTACT, contact.id, by_id)


def _reach(contact: Contact) -> dict[str, str]:
    return {name: getattr(contact, name) or "" for name in FIELD_WORDS if hasattr(contact, name)}
