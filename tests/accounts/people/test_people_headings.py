"""People files as offices export them: SIAKAD, the staff office, Excel's habits, and the panel's own list."""

from __future__ import annotations

import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.accounts.person import PERSON_KINDS, PERSON_STATUSES, Person
from models.base.db import db
from procedures.accounts.import_people import import_people
from procedures.accounts.people_columns import PeopleReader
from tests.browse import Person as Visitor


def load(text, **options):
    return import_people(io.BytesIO(text.encode()), **options)


def people():
    rows = db.session.query(Person).order_by(Person.number)
    return [(p.number, p.name, p.kind, p.unit.code if p.unit else "", p.status, p.phone) for p in rows]


def test_sari_imports_what_siakad_exports(app):
    done = load(
        "UNIVERSITAS BUNG HATTA;;;;;;\nDaftar mahasiswa aktif 2026/2027;;;;;;\n\n"
        "No;NIM;Nama Mahasiswa;Program Studi;Fakultas;Status Mahasiswa;No. HP;Angkatan\n"
        '1;="0110023";Andi Saputra;Manajemen;Fakultas Ekonomi dan Bisnis;Aktif;="081211112222";2020\n'
        "2;0110024;Sari Dewi;;Ekonomi dan Bisnis;Non-Aktif;0812-3333-4444;2020\n"
        "3;0110025;Tono;;FEB;Lulus;;2019\n"
    )
    assert done.refusals == []
    assert people() == [
        ("0110023", "Andi Saputra", "student", "MN-FEB", "active", "081211112222"),
        ("0110024", "Sari Dewi", "student", "FEB", "left", "0812-3333-4444"),
        ("0110025", "Tono", "student", "FEB", "left", ""),
    ]
    assert (done.ignored, done.tally.heading, done.tally.blank, done.tally.sent) == (["No", "Angkatan"], 3, 1, 7)


def test_nim_and_nip_in_one_file_say_who_is_who(app):
    done = load(
        "Nomor,NIM,NIP,NIDN,Nama\n1,0110023,,,Andi\n2,,197805122005011001,,Budi\n3,,198001012006041002,1001018001,Rina\n"
        "4,,,1002027902,Hadi\n5,0110024,197805122005011009,,Siapa\n"
    )
    assert [row[:3] for row in people()] == [
        ("0110023", "Andi", "student"),
        ("1002027902", "Hadi", "lecturer"),
        ("197805122005011001", "Budi", "staff"),
        ("198001012006041002", "Rina", "lecturer"),
    ]
    assert done.refusals == [
        (6, "Nomor mahasiswa dan pegawai sama-sama terisi: NIM 0110024 dan NIP 197805122005011009. Kosongkan salah "
            "satunya."),
    ]  # fmt: skip


def test_number_that_lost_its_zero_is_no_new_person(app):
    load("NIM,Nama\n0110023,Andi\n0220023,Sari\n")
    done = load("NIM,Nama\n110023,Andi\n0220023,Sari\n77,Tono\n")
    assert (done.new, done.same, done.refusals) == (1, 1, [
        (2, "Nomor 110023 belum ada, tetapi 0110023 ada: nol di depan mungkin hilang di berkas ini."),
    ])  # fmt: skip


def test_what_a_file_does_not_say_stays_as_it_is(app):
    load("NIP,Nama,Jenis,Status,Telepon\n77,Rina,dosen,cuti,0812-1111-2222\n")
    done = load("NIP,Nama,Jenis,Status,Telepon\n77,Rina Wati,,,tidak jelas\n")
    assert people() == [("77", "Rina Wati", "lecturer", "", "leave", "0812-1111-2222")]
    assert [line for line, _sentence in done.warnings] == [2]


def test_rank_of_an_official_is_no_kind_of_person(app):
    load("NIP,Nama Pegawai,Golongan,Jenis Pegawai\n77,Rina,IV/b,PNS\n")
    assert people() == [("77", "Rina", "staff", "", "active", "")]


@pytest.mark.parametrize("language", ["id", "en"])
def test_list_downloaded_from_the_panel_is_read_back_and_changes_nobody(app, language):
    load(
        "NIM,Nama,Jenis,Unit,Status\n0011,-Andi; Saputra,mahasiswa,FEB,aktif\n77,Rina,dosen,FTI,cuti\n78,Wati,staf,,keluar\n"
    )
    sari = Visitor(app, "sari")
    if language == "en":
        sari.post("/admin/language", {"language": "en"})
    for kind in ("csv", "xlsx"):
        content = sari.client.get(f"/admin/person/export/?format={kind}").data
        assert kind == "xlsx" or ("Name" if language == "en" else "Nama").encode() in content
        done = import_people(io.BytesIO(content), dry=True)
        assert (done.read, done.same, done.refusals) == (3, 3, [])


@pytest.mark.parametrize("word", ["Mahasiswa", "MHS", "Dosen Tetap", "tendik", "Administrative staff", "Lecturer"])
def test_every_usual_word_for_a_kind_is_known(app, word):
    assert PeopleReader()._kinds[" ".join(word.lower().split())] in PERSON_KINDS
    assert set(PeopleReader()._statuses.values()) == set(PERSON_STATUSES)


lines = st.lists(
    st.one_of(
        st.tuples(st.just("good"), st.text(st.sampled_from("abcdeé '-"), min_size=1, max_size=8)),
        st.tuples(st.just("stray"), st.just('{n},"Sari,,')),
        st.tuples(st.just("bad"), st.sampled_from(["{n},,,", "{n},Sari,pesulap,", ",Sari,,", "11,Kembar,,"])),
        st.tuples(st.just("blank"), st.sampled_from(["", ",,,"])),
    ),
    max_size=20,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines)
def test_lines_of_any_people_file_are_taken_refused_or_blank(app, lines):
    written = ["NIM,Nama,Jenis,Status", "11,Andi,,"]
    for place, (kind, text) in enumerate(lines, 3):
        written.append(f"20{place:03},a{text},mhs," if kind == "good" else text.format(n=f"20{place:03}"))
    done = load("".join(f"{line}\n" for line in written), dry=True)
    blank = sum(kind == "blank" for kind, _text in lines)
    assert (done.new + done.changed + done.same, done.tally.blank) == (1 + sum(k == "good" for k, _t in lines), blank)
    assert done.new + done.changed + done.same + done.refused + blank + 1 == len(written) == done.tally.sent
