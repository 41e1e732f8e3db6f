"""A people file through the panel: preview, confirmation, progress, result; crashes, hostile files, who may."""

from __future__ import annotations

import io
import shutil
from datetime import UTC, datetime, timedelta

import openpyxl
import pytest
from sqlalchemy import select

from gateways.files.import_files import shelf
from jobs.accounts.import_people_files import take_in_people
from models.accounts.people_import import ImportState, PeopleImport, PeopleImportLine
from models.accounts.person import Person as Known
from models.base.db import db
from models.organisation.audit import AuditEntry
from procedures.accounts import people_intake
from tests.accounts.stories import person, staff
from tests.browse import Person

HEAD = "NIM;Nama;Jenis;Kode Unit;Status;Email;Telepon\n"
ANDI = "2010011110023;Andi Saputra;mahasiswa;FEB;aktif;andi@surat.example;081211112222\n"
RAHMI = "2010011310102;Rahmi Oktavia;mahasiswa;FEB;aktif;;81266600001\n"
PAGE = "/admin/people_import/"


def upload(sari, data, name="orang.csv"):
    data = data if isinstance(data, bytes) else data.encode()
    fields = {"file": (io.BytesIO(data), name)}
    return sari.post(f"{PAGE}upload", fields, token=sari.token(PAGE), content_type="multipart/form-data")


def row():
    db.session.expire_all()
    return db.session.scalars(select(PeopleImport).order_by(PeopleImport.id.desc())).first()


def counts(one):
    return (one.read, one.new, one.changed, one.same, one.refused, one.warned)


def test_sari_uploads_reads_the_preview_confirms_and_sees_the_result(app):
    person(email="lama@surat.example")
    sari = Person(app, "sari")
    where = upload(sari, HEAD + ANDI + RAHMI + "9;;;;;;\n").location
    assert "Berkas sedang diperiksa; register belum berubah." in sari.get(where).text
    assert take_in_people() == 1
    page = sari.get(where).text
    assert counts(row()) == (3, 1, 1, 0, 1, 1)
    assert "<del>lama@surat.example</del> → <ins>andi@surat.example</ins>" in page
    assert "Nama harus diisi." in page and "tampak kehilangan nol di depan" in page
    assert db.session.query(Known).count() == 1
    sari.post(where.replace("/job/", "/confirm/"))
    assert "Orang-orang sedang dimasukkan" in sari.get(where).text
    take_in_people()
    assert (row().import_state, counts(row())) == (ImportState.DONE, (3, 1, 1, 0, 1, 1))
    assert "Impor selesai" in sari.get(where).text
    assert {p.email for p in db.session.query(Known)} == {"andi@surat.example", ""}
    entry = db.session.query(AuditEntry).filter_by(act="import", object_kind="Person").one()
    assert (entry.staff_id, entry.diff) == (staff("sari").id, {"read": 3, "new": 1, "changed": 1, "refused": 1})


def test_same_file_again_changes_nothing(app):
    sari = Person(app, "sari")
    for _time in range(2):
        where = upload(sari, HEAD + ANDI).location
        take_in_people()
        sari.post(where.replace("/job/", "/confirm/"))
        take_in_people()
    assert (counts(row()), db.session.query(Known).count()) == ((1, 0, 0, 1, 0, 0), 1)


def test_columns_that_the_file_lacks_are_left_alone(app):
    person(email="andi@surat.example", phone="0812", kind="lecturer")
    where = upload(sari := Person(app, "sari"), "Nomor,Nama,Status\n2010011110023,Andi Saputra,keluar\n").location
    take_in_people()
    sari.post(where.replace("/job/", "/confirm/"))
    take_in_people()
    andi = db.session.scalars(select(Known)).one()
    assert (andi.status, andi.kind, andi.email, andi.phone) == ("left", "lecturer", "andi@surat.example", "0812")


def test_every_refused_line_is_in_the_csv_and_not_only_the_first(app):
    sari = Person(app, "sari")
    bad = "".join(f"={n};;;;;;\n" for n in range(1_500))
    where = upload(sari, HEAD + ANDI + bad).location
    take_in_people()
    answer = sari.get(where.replace("/job/", "/lines/") + ".csv")
    lines = answer.text.lstrip("\ufeff").splitlines()
    assert (answer.mimetype, len(lines), lines[1]) == ("text/csv", 1_501, '"3";"\'=0";"Ditolak";"Nama harus diisi."')
    assert "20 baris pertama; berkas CSV memuat semua 1.500." in sari.get(where).text


def test_z1_import_goes_on_after_a_crash_and_counts_nothing_twice(app, monkeypatch):
    sari = Person(app, "sari")
    where = upload(sari, HEAD + "".join(f"{n};Orang {n};staf;;;;\n" for n in range(2_500))).location
    take_in_people()
    sari.post(where.replace("/job/", "/confirm/"))
    _first, lease = people_intake.claim()
    people_intake.work_on(row().id, lease, lambda: True)  # one batch, then the turn is over
    assert (row().read, db.session.query(Known).count(), row().lease) == (1_000, 1_000, "")
    import_id, lease = people_intake.claim()
    assert people_intake.claim() is None, "leased to whoever crashes now"
    monkeypatch.setattr("models.base.db.clock", lambda: datetime.now(UTC) + people_intake.LEASE)
    second = people_intake.claim()
    with pytest.raises(people_intake.ImportLeaseLost):  # the first worker was only slow, and may not write any more
        people_intake.work_on(import_id, lease)
    assert (row().read, db.session.query(Known).count()) == (1_000, 1_000)
    people_intake.work_on(*second)
    assert (row().import_state, counts(row())) == (ImportState.DONE, (2_500, 2_500, 0, 0, 0, 0))


def test_file_is_gone_when_the_import_is_done(app, monkeypatch):
    sari = Person(app, "sari")
    shutil.rmtree(shelf().root, ignore_errors=True)
    where = upload(sari, HEAD + ANDI).location
    take_in_people()
    assert len(list(shelf().root.glob("??/*"))) == 1
    sari.post(where.replace("/job/", "/cancel/"))
    monkeypatch.setattr("gateways.files.import_files.GRACE", timedelta(seconds=-1))
    take_in_people()
    assert (row().import_state, list(shelf().root.glob("??/*"))) == (ImportState.CANCELLED, [])


def test_preview_that_nobody_confirms_ends_after_a_day_and_all_is_forgotten_after_a_month(app, monkeypatch):
    upload(Person(app, "sari"), HEAD + "9;;;;;;\n")
    take_in_people()
    monkeypatch.setattr("models.base.db.clock", lambda: datetime.now(UTC) + timedelta(hours=25))
    people_intake.forget_old()
    assert row().import_state is ImportState.CANCELLED
    monkeypatch.setattr("models.base.db.clock", lambda: datetime.now(UTC) + timedelta(days=33))
    assert people_intake.forget_old() == 1
    assert db.session.query(PeopleImportLine).count() == 0


def test_cancelled_or_done_import_is_not_confirmed(app):
    sari = Person(app, "sari")
    where = upload(sari, HEAD + ANDI).location
    take_in_people()
    sari.post(where.replace("/job/", "/cancel/"))
    sari.post(where.replace("/job/", "/confirm/"))
    take_in_people()
    assert (row().import_state, db.session.query(Known).count()) == (ImportState.CANCELLED, 0)


def workbook(*lines):
    book = openpyxl.Workbook()
    for line in lines:
        book.active.append(line)
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_other_encodings_are_read(app, encoding):
    upload(Person(app, "sari"), (HEAD + "7;Renée;staf;;;;\n").encode(encoding))
    take_in_people()
    assert [one["name"] for one in row().samples["new"]] == ["Renée"]


def test_workbook_tells_of_dates_and_of_lost_digits(app):
    day = datetime(2026, 11, 23)  # noqa: DTZ001 - what Excel makes of a cell has no zone
    upload(
        Person(app, "sari"),
        workbook(
            ["NIM", "Nama", "HP"], [day, "Andi", ""], [2.01001111002312e17, "Rahmi", ""], ["10", "Tono", 81266600001]
        ),
        "orang.xlsx",
    )
    take_in_people()
    told = [(one.line, one.is_refused, one.sentence) for one in db.session.query(PeopleImportLine)]
    assert told == [
        (2, True, "Nomor: Excel mengubah isinya menjadi tanggal. Jadikan kolom ini Teks, lalu isi ulang."),
        (3, True, "Nomor kehilangan digit karena disimpan sebagai angka. Jadikan kolom Teks, lalu isi ulang."),
        (4, False, "Telepon 81266600001 tampak kehilangan nol di depan; dibaca 081266600001."),
    ]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"Alamat;Kota\nx;y\n", "Kolom ini tidak ada: Nomor, Nama."),
        (b"", "Berkas ini kosong."),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", "Simpan sebagai .xlsx atau CSV."),
        (b"PK\x03\x04 no workbook", "rusak"),
        (b"%PDF-1.4 \x00\x01\x02", "Kolom ini tidak ada"),
        (b"Nomor;Nama;Nomor\n1;x;2\n", "ada dua kali"),
        (HEAD.encode() + b"x" * (20 * 1024**2), "lebih dari 20 MB"),
    ],
)  # fmt: skip
def test_what_is_no_people_file_is_refused_at_once_with_what_to_do(app, data, says):
    answer = upload(Person(app, "sari"), data)
    assert (answer.status_code, says in answer.text, db.session.query(PeopleImport).count()) == (422, True, 0)


def test_line_that_is_no_line_is_named_and_costs_no_other(app):
    upload(sari := Person(app, "sari"), HEAD + ANDI + '8;"' + "x" * 200_000 + "\n9;Wati;staf;FEB;aktif;;\n")
    take_in_people()
    assert (row().import_state, row().new, row().refused) == (ImportState.CHECKED, 2, 1)
    page = sari.get(f"{PAGE}job/{row().id}").text
    assert "Baris ini terlalu panjang untuk sebuah tabel." in page


def test_upload_without_a_file_is_asked_again(app):
    sari = Person(app, "sari")
    answer = sari.post(f"{PAGE}upload", {}, token=sari.token(PAGE))
    assert (answer.status_code, "Pilih berkasnya dahulu." in answer.text) == (422, True)
