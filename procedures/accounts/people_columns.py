"""Understands lines of a people file, under the headings of SIAKAD, of staff offices and of the panel's own lists."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from gateways.files.import_table import CellKind, TableRow, WantedColumn
from models.accounts.person import PERSON_KINDS, PERSON_STATUSES, name_key
from procedures.organisation.register_words import UnitNames, listed, meant_by, word_key, words_of

STUDENT = listed(
    "NIM, NPM, No. BP, Nomor BP, Nomor Induk Mahasiswa, No. Induk Mahasiswa, Nomor Pokok Mahasiswa, Nomor Mahasiswa, "
    "NIM/NPM"
)
STAFF = ("NIP", "NIPY", "NIK Pegawai", "Nomor Induk Pegawai", "Nomor Pegawai", "NIP/NIPY", "NIP/NIK", "NPP")
LECTURER = ("NIDN", "NIDK", "NUPTK", "NIDN/NIDK", "Nomor Induk Dosen Nasional", "NIP/NIDN")
OTHER = ("Nomor", "Number", "Nomor Induk", "No. Induk", "Nomor identitas")
COLUMNS = [
    WantedColumn(
        "number", (*STUDENT, *STAFF, *LECTURER, *OTHER), CellKind.CODE, longest=30, several=True, label="Nomor"
    ),
    WantedColumn(
        "name",
        listed(
            "Nama, Nama Lengkap, Nama Mahasiswa, Nama Mhs, Nama Dosen, Nama Pegawai, Nama Karyawan, Nama Staf, "
            "Nama Tenaga Kependidikan, Nama Lengkap Mahasiswa, Nama Orang, Full name"
        ),
        longest=120,
    ),
    WantedColumn("kind", ("Jenis", "Kind", "Jenis Orang", "Kelompok"), required=False, longest=30),
    WantedColumn(
        "unit",
        listed(
            "Unit, Kode Unit, Unit Kerja, Satuan Kerja, Kode Prodi, Program Studi, Prodi, Nama Prodi, "
            "Nama Program Studi, Jurusan, Departemen, Homebase, Kode Fakultas, Fakultas, Nama Fakultas"
        ),
        required=False,
        longest=160,
        several=True,
    ),
    WantedColumn(
        "status",
        ("Status", "Status Mahasiswa", "Status Aktif", "Status Keaktifan", "Status Akademik", "Keaktifan"),
        required=False,
        longest=30,
    ),
    WantedColumn(
        "email",
        listed("Email, Surel, E-mail, Alamat Email, Alamat Surel, Email Pribadi, Email terdaftar, Registered e-mail"),
        CellKind.MAIL,
        required=False,
        longest=254,
    ),
    WantedColumn(
        "phone",
        listed(
            "Telepon, No. HP, HP, Nomor HP, No. Telepon, Nomor Telepon, No. Telp, Telp, Handphone, No. Handphone, "
            "Nomor Handphone, WhatsApp, No. WA, Nomor WA, Telephone"
        ),
        CellKind.PHONE,
        required=False,
        longest=30,
        is_lenient=True,
    ),
]
KIND_WORDS = meant_by(
    {
        "student": "mahasiswa, mhs, siswa",
        "lecturer": "dosen, dosen tetap, dosen tidak tetap, dosen luar biasa",
        "staff": "staf, staff, tendik, tenaga kependidikan, pegawai, karyawan",
    }
)
STATUS_WORDS = meant_by(
    {
        "active": "aktif, a, tugas belajar",
        "leave": "cuti, c, cuti kuliah, cuti akademik",
        "left": (
            "keluar, k, lulus, l, nonaktif, non aktif, n, tidak aktif, do, d, drop out, putus studi, pensiun, "
            "mengundurkan diri, mengundurkan diri resmi, pindah, mutasi, meninggal dunia, meninggal, wafat, alumni, "
            "dikeluarkan"
        ),
    }
)
KINDS_BY_TITLE = {
    word_key(title): kind
    for titles, kind in ((STUDENT, "student"), (STAFF, "staff"), (LECTURER, "lecturer"))
    for title in titles
}


@dataclass(frozen=True)
class PersonLine:
    """A line as the register's columns; `unsaid` are those of which it says nothing, so that they stay as they are."""

    line: int
    facts: dict[str, Any]
    unsaid: frozenset[str]


class PeopleReader:
    """Understands line after line, by the units of the register."""

    def __init__(self) -> None:
        self._units = UnitNames()
        self._kinds, self._statuses = words_of(PERSON_KINDS, KIND_WORDS), words_of(PERSON_STATUSES, STATUS_WORDS)

    def person(self, row: TableRow) -> PersonLine:
        """What the line says; what cannot be understood is added to the row's problems."""
        values = {column.name: row.values.get(column.name, "") for column in COLUMNS}
        likely = self._likely_kind(row)
        kind = self._kinds.get(word_key(values["kind"])) if values["kind"] else ""
        status = self._statuses.get(word_key(values["status"])) if values["status"] else ""
        if kind is None:
            row.problems.append(
                _("Jenis “%(text)s” tidak dikenal: tulis mahasiswa, dosen, atau staf.", text=values["kind"])
            )
        if status is None:
            row.problems.append(
                _("Status “%(text)s” tidak dikenal: tulis aktif, cuti, atau keluar.", text=values["status"])
            )
        unsaid = {name for name, said in (("kind", kind), ("status", status)) if not said}
        unsaid |= row.left_out
        facts = {
            "number": values["number"],
            "name": values["name"],
            "name_key": name_key(values["name"]),
            "kind": kind or likely,
            "unit_id": self._unit(row),
            "status": status or "active",
            "email": values["email"],
            "phone": values["phone"],
        }
        return PersonLine(row.line, facts, frozenset(unsaid))

    @staticmethod
    def _likely_kind(row: TableRow) -> str:
        """Whose number it is says who it is, where nothing else does; two numbers of two kinds are asked about."""
        filled = [(KINDS_BY_TITLE.get(word_key(title), ""), title, value) for title, value in row.filled["number"]]
        kinds = [kind for kind, _title, _value in filled if kind]
        if "student" in kinds and len(set(kinds)) > 1:
            named = _(" dan ").join(f"{title} {value}" for kind, title, value in filled if kind)
            row.problems.append(
                _("Nomor mahasiswa dan pegawai sama-sama terisi: %(named)s. Kosongkan salah satunya.", named=named)
            )
        return "lecturer" if "lecturer" in kinds else kinds[0] if kinds else "student"

    def _unit(self, row: TableRow) -> int | None:
        """The finest unit of the line that the register knows."""
        named = [value for _title, value in row.filled.get("unit", ())]
        found = next((unit_id for value in named if (unit_id := self._units.find(value))), None)
        if named and found is None:
            row.problems.append(self._units.why_not(named[0]))
        return found
