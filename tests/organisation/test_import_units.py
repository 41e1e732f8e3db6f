"""Units from a file: each line taken or refused with its reason, parents anywhere in it, nothing twice."""

from __future__ import annotations

import io

import pytest
from openpyxl import Workbook

from models.base.db import db
from models.organisation.unit import Unit
from procedures.organisation.import_units import UnitImport
from tests.databases import both, once
from tests.imports import agrees, load, outcomes, plan, refusals

pytestmark = once


def unit(code):
    return db.session.query(Unit).filter_by(code=code).one_or_none()


@both
def test_units_as_a_staff_office_exports_them_are_read(app):
    done = load(
        UnitImport,
        "UNIVERSITAS BUNG HATTA;;;;\nDaftar unit kerja 2026;;;;\n\nKode unit;Nama unit;Jenis unit;Induk;Kampus\n"
        '="0110";"Prodi \'Gizi\'";Program Studi;FIK;Kampus I\nFIK;Fakultas Ilmu Kesehatan;Fakultas;;Kampus I\n',
    )
    assert (outcomes(done), done.tally.heading, done.tally.blank) == ([(5, "new", "0110"), (6, "new", "FIK")], 3, 1)
    assert (unit("0110").name, unit("0110").kind, unit("0110").parent.code) == ("Prodi 'Gizi'", "department", "FIK")


@both
def test_every_line_is_taken_or_refused_with_its_own_number_and_the_sum_agrees(app):
    found = plan(
        UnitImport,
        "code,name,kind,parent_code,building\nAA,Unit A,bureau,,\n,Tanpa kode,bureau,,\n\nBB,\"Stray,bureau,,\n"
        "CC,Unit C,istana,,\nDD,Unit D,bureau,ZZ,\nEE,Unit E,bureau,CC,\nAA,Unit A lagi,bureau,,\nA B,Unit,bureau,,\n",
    )  # fmt: skip
    assert refusals(found) == [
        (3, "Kode harus diisi."),
        (5, "Tanda kutip di baris ini tidak ditutup. Hapus, atau tutup di baris yang sama."),
        (6, "Jenis “istana” tidak dikenal. Tulis salah satu: fakultas, program studi, biro atau bagian, "
            "lembaga atau upt, organisasi."),
        (7, "Unit “ZZ” tidak ada di daftar unit."),
        (8, "Unit induk CC ditolak di baris 6."),
        (9, "“AA” sudah ada di baris 2."),
        (10, "Kode “A B” hanya boleh berisi huruf, angka, titik, dan garis."),
    ]  # fmt: skip
    assert (found.taken, found.tally.blank, agrees(found)) == (1, 1, True)
    assert unit("AA") is None


def test_nobody_becomes_their_own_parent_and_the_others_go_in(app):
    done = load(
        UnitImport,
        "code,name,parent_code\nAA,A,BB\nBB,B,AA\nCC,C,CC\nFEB,Fakultas Ekonomi dan Bisnis,MN-FEB\nDD,D,FEB\n",
    )
    assert [number for number, _why in refusals(done)] == [2, 3, 4, 5]
    assert all("menjadi induknya sendiri" in why for _number, why in refusals(done))
    assert (unit("AA"), unit("FEB").parent, unit("DD").parent.code) == (None, None, "FEB")


def test_what_a_file_has_no_column_for_stays_and_a_second_time_changes_nothing(app):
    text = "code,name\nMN-FEB,Program Studi Manajemen Bisnis\n"
    first, second = load(UnitImport, text), load(UnitImport, text)
    assert first.lines[0].changes == {"name": ("Program Studi Manajemen", "Program Studi Manajemen Bisnis")}
    assert (first.counts["changed"], second.counts["same"], second.to_write) == (1, 1, 0)
    kept = unit("MN-FEB")
    assert (kept.kind, kept.parent.code, kept.building) == ("department", "FEB", "Kampus II Aia Pacah")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_file_of_any_program_gives_the_same_units(app, encoding):
    load(UnitImport, "code,name\nCAF,Café – Kantin\n".encode(encoding))
    assert unit("CAF").name == "Café – Kantin"


def test_one_latin_byte_costs_its_own_line_alone(app):
    done = load(UnitImport, "code,name\nAA,Café\nBB,Lantai É\n".encode() + b"CC,Caf\xe9\n")
    assert ([line.name for line in done.lines if line.is_written], [n for n, _why in refusals(done)]) == (
        ["AA", "BB"],
        [4],
    )


def test_workbook_of_units_keeps_the_zeros_of_its_codes(app):
    book, out = Workbook(), io.BytesIO()
    for line in (["Kode", "Nama", "Masih ada"], ["0077", "Unit tujuh", True], [77, "Unit lain", "tidak"]):
        book.active.append(line)
    book.save(out)
    assert load(UnitImport, out.getvalue()).counts["new"] == 2
    assert (unit("0077").is_active, unit("77").is_active) == (True, False)


def test_name_that_two_units_bear_is_asked_for_its_code(app):
    load(UnitImport, "code,name\nX1,Tata Usaha\nX2,Tata Usaha\n")
    assert refusals(plan(UnitImport, "code,name,parent\nX3,Arsip,Tata Usaha\n")) == [
        (2, "Lebih dari satu unit bernama “Tata Usaha”. Tulis kodenya.")
    ]
