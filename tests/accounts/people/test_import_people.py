"""The register of people from a file: preview, repeatable update, every refused line told."""

from __future__ import annotations

import io
import re

from models.accounts.person import Person, find_people
from models.base.db import db
from models.organisation.audit import AuditEntry
from procedures.accounts.import_people import import_people

HEAD = "NIM;Nama;Jenis;Kode Unit;Status;Email;Telepon\n"
ANDI = "2010011110023;Andi Saputra;mahasiswa;FEB;aktif;andi@surat.example;081211112222\n"


def load(text, **options):
    return import_people(io.BytesIO((HEAD + text).encode()), **options)


def counts(done):
    return (done.read, done.new, done.changed, done.same, done.refused)


def test_preview_says_what_would_change_and_writes_nothing(app):
    assert counts(load(ANDI, dry=True)) == (1, 1, 0, 0, 0)
    assert db.session.query(Person).count() == 0


def test_import_can_be_repeated_and_updates_by_number(app):
    assert counts(load(ANDI)) == (1, 1, 0, 0, 0)
    assert counts(load(ANDI)) == (1, 0, 0, 1, 0)
    assert counts(load(ANDI.replace("aktif", "lulus"))) == (1, 0, 1, 0, 0)
    row = db.session.query(Person).one()
    assert (row.number, row.name, row.unit.code, row.status, row.has_left) == (
        "2010011110023", "Andi Saputra", "FEB", "left", True,
    )  # fmt: skip


def test_every_refused_line_is_told_and_the_others_go_in(app):
    lines = ANDI + "7;Sari;pesulap;FEB;aktif;;\n8;Tono;staf;XXX;aktif;;\n2010011110023;Kembar;;;;;\n9;;;;;;\n"
    done = load(lines + "10;Lina;dosen;FTI;aktif;lina@;\n11;Wati;staf;;cuti;;\n")
    assert [p.name for p in db.session.query(Person).order_by(Person.name)] == ["Andi Saputra", "Wati"]
    assert done.refusals == [
        (3, "Jenis “pesulap” tidak dikenal: tulis mahasiswa, dosen, atau staf."),
        (4, "Unit “XXX” tidak ada di daftar unit."),
        (5, "“2010011110023” sudah ada di baris 2."),
        (6, "Nama harus diisi."),
        (7, "Email “lina@”: Tulis alamat lengkap dengan tanda @ dan nama domain, misalnya andi@contoh.ac.id"),
    ]


def test_command_imports_and_leaves_a_trace(app, tmp_path):
    file = tmp_path / "people.csv"
    file.write_text(HEAD + ANDI, encoding="utf-16")
    result = app.test_cli_runner().invoke(args=["import-people", str(file)])
    assert (
        "2 baris di berkas: 1 diambil, 0 ditolak, 0 kosong, 1 judul, 0 sambungan sel.\n1 baru, 0 berubah, 0 sama, 0 ditolak."
        in result.output
    )
    assert db.session.query(AuditEntry).filter_by(act="import", object_kind="Person").count() == 1


def test_command_refuses_wrong_columns_with_a_sentence(app, tmp_path):
    file = tmp_path / "people.csv"
    file.write_text("Alamat;Kota\nx;y\n")
    result = app.test_cli_runner().invoke(args=["import-people", str(file)])
    assert (result.exit_code, "Kolom ini tidak ada: Nomor, Nama." in result.output) == (1, True)


def test_progress_is_told_after_each_thousand_lines(app):
    steps = []
    done = load("".join(f"{n};Mahasiswa {n};;;;;\n" for n in range(2_500)), progress=steps.append)
    assert (counts(done), steps) == ((2_500, 2_500, 0, 0, 0), [1_000, 2_000, 2_500])


def test_people_are_found_by_number_and_by_parts_of_the_name(app):
    load(ANDI + "77;Andi Saputra;staf;;;;\n78;Sari;staf;;;;\n")
    assert [p.number for p in find_people("2010011110")] == ["2010011110023"]
    assert [p.number for p in find_people("saputra AND")] == ["2010011110023", "77"]
    assert find_people("a") == find_people("%%") == []
    assert not re.search("None", str(find_people("sari")[0]))
