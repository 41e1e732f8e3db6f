"""The first run: the command, the page and the front page lead from an empty database to one that takes a complaint."""

from __future__ import annotations

import re
import subprocess
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import text

from jobs.operation.doctor import examine
from models.accounts.person import Person
from models.base import setting
from models.base.calendar import Holiday
from models.base.db import db, write_transaction
from models.base.setting import SPECS
from models.base.wording import today
from models.organisation.setup_point import SetupPoint
from models.organisation.staff import Group, Staff
from models.tickets.category import Category
from procedures.organisation.first_administrator import add_first_administrator
from procedures.organisation.holiday_proposals import holiday_proposals
from procedures.tickets.readiness import forget_readiness, missing_acts, points
from tests import browse
from tests.conftest import PASSWORD
from tests.imports import confirm, upload
from tests.mail_server import Controller, Postbox, free_port
from tests.operations.test_upgrade import empty as empty
from tests.organisation.test_holiday_file import ics
from tests.public.visitor import complain

UNITS = Path(__file__).resolve().parents[2] / "data" / "units.csv"
STAFF = (
    "rudi:Rudi:rudi@kampus.example:administrator",
    "budi:Pak Budi:budi@kampus.example:head_of_centre",
    "sari:Sari:sari@kampus.example:operator",
    "tono:Tono:tono@kampus.example:staff_networking",
    "lina:Lina:lina@kampus.example:staff_systems",
)
REAL = {"centre_phone": "0751-7051678", "centre_email": "bantuan@kampus.example"}


def run(app: Flask, *words: str, answers: list[str] | None = None) -> str:
    done = app.test_cli_runner().invoke(args=["setup", *words], input="\n".join(answers) if answers else None)
    assert done.exit_code == 0, done.output
    return done.output


def staffed(app: Flask) -> str:
    """An installation whose first staff were given by options, with passwords; what the command said."""
    said = run(app, "--yes", *(part for person in STAFF for part in ("--staff", person)))
    with write_transaction():
        for person in db.session.query(Staff):
            person.set_password(PASSWORD)
    forget_readiness()
    return said


def test_the_command_asks_its_way_from_an_empty_database_to_a_service_that_takes_complaints(
    empty, monkeypatch, tmp_path
):
    year = today().year + 1
    calendar, people = tmp_path / "libur.ics", tmp_path / "orang.csv"
    calendar.write_bytes(ics(f"DTSTART;VALUE=DATE:{year}0702\r\nSUMMARY:Dies Natalis"))
    people.write_text("Nomor;Nama;Jenis;Unit;Status\n2010011110023;Andi Saputra;mahasiswa;;aktif\n;Tanpa Nomor;;;\n")
    answers = [
        *("RUDI!", "Rudi", "rudi@kampus.example"),  # refused and asked again
        *("rudi", "", "Rudi", "", "rudi@kampus.example"),  # nothing for what must be given: said, and asked again
        *("sari", "Sari", "", "operator"),
        *("tono", "Tono", "", "staff_network"),  # no such role: asked again
        *("tono", "Tono", "", "staff_networking"),
        *("hadi", "Pak Hadi", "", "head_systems,staff_systems"),
        "",
        *("0", "48"),  # with one administrator: how long to wait before going on alone; at least an hour
        *("mungkin", "ya", "", "", "", ""),
        *("", "0751-000000", "0751-7051678"),  # nothing and a sample: each asked again at once
        *("bantuan", "", "bantuan@kampus.example"),  # no address, then nothing, which is not that again
        *("y", "0, 1, 2, 3, 4", "17:00", "16:30", ""),  # closes before it opens: asked again
        *("", "07:30", "", "Senin–Jumat, 07.30–16.30 WIB", "y"),
        *("/no/such.ics", str(UNITS), str(calendar), "y"),  # none, and one that is no calendar: asked again
        *("/no/such/file", str(UNITS)),
        *("/no/such/file", str(people), "y"),
    ]
    said = run(empty, answers=answers)
    assert "Kelompok dan jenis masalah bawaan ditambahkan: Meja Layanan, Jaringan, Sistem Informasi." in said
    for asked, times in (("Nama", 1), ("Email", 1), ("Telepon meja layanan", 1), (SPECS["centre_email"].label, 1)):
        assert said.count(f"{asked}: Bagian ini wajib diisi.") == times, asked
    assert said.count("Telepon meja layanan: Ini hanya contoh.") == 1
    assert said.count("Jawab y untuk ya atau t untuk tidak.") == 1
    assert said.count("/admin/invite/") == 4 and "Tono ditambahkan dan menjadi anggota Jaringan" in said
    assert "Belum dapat: Menerima pengaduan" not in said
    assert "Belum dapat: Catatan operator dan keputusan Kepala Pustikom (menunggu langkah 7)" in said
    assert (setting.stored()["opens_at"], setting.stored()["centre_phone"]) == ("07:30", "0751-7051678")
    assert setting.stored()["second_person_wait_hours"] == 48
    assert db.session.query(Category).count() == 5 and db.session.query(Holiday).count() >= 17
    assert db.session.query(Holiday).filter_by(day=date(year, 7, 2)).one().name == "Dies Natalis"
    assert "Ini bukan berkas iCalendar" in said and "1 orang masuk register." in said
    assert [(one.number, one.name) for one in db.session.query(Person)] == [("2010011110023", "Andi Saputra")]
    forget_readiness()
    assert complain(empty.test_client(), monkeypatch).status_code == 303
    again = run(empty, answers=["", "", ""])  # nothing is asked or added twice
    assert "ditambahkan" not in again and db.session.query(Group).count() == 3


@pytest.mark.slow
def test_until_it_is_complete_the_public_reads_what_is_missing_and_no_form_leads_nowhere(empty, monkeypatch):
    said = staffed(empty)
    assert "Belum dapat: Menerima pengaduan (menunggu langkah 1)" in said
    client = empty.test_client()
    front = client.get("/").text
    assert "belum menerima pengaduan. Untuk saat ini datanglah langsung ke meja layanan." in front
    assert "Buat pengaduan" not in front
    for path in ("/pengaduan", "/permohonan/pemasangan-jaringan", "/permohonan/email-unit"):
        for answer in (client.get(path), client.post(path, data={})):
            assert answer.status_code in ((503, 400) if answer.request.method == "POST" else (503,)), path
    rudi = browse.Person(empty, "rudi")
    assert "Buka penyiapan" in rudi.get("/admin/").text
    refused = rudi.post(
        "/admin/setup/institution", {"centre_phone": "0751-000000", "centre_email": "bantuan@kampus.example"}
    )
    assert (refused.status_code, "Ini hanya contoh" in refused.text) == (422, True)
    assert rudi.post("/admin/setup/institution", REAL).status_code == 303
    front = client.get("/").text
    assert "Permohonan dari unit belum dapat dikirim" in front and "hubungi meja layanan, 0751-7051678." in front
    assert client.get("/permohonan/email-unit").status_code == 503
    assert complain(client, monkeypatch).status_code == 303
    assert confirm(rudi, "unit", upload(rudi, "unit", UNITS.read_bytes())).status_code == 303
    forget_readiness()
    assert "disiapkan" not in client.get("/").text and client.get("/permohonan/email-unit").status_code == 200
    assert points()["units"].is_done and "Buka penyiapan" not in rudi.get("/admin/").text
    assert [f.sentence for f in examine() if "et-up" in f.sentence] == ["The set-up is complete."]


def test_the_doctor_names_the_same_points_as_the_page(empty):
    upgrade()
    found = [f.sentence for f in examine() if "Set-up" in f.sentence]
    assert [re.match(r"Set-up, step (\d), ([^:]+):", sentence).groups() for sentence in found] == [
        ("1", "Institution"),
        ("2", "Divisions and groups"),
        ("3", "Kind of problem"),
        ("4", "Working hours and holidays"),
        ("6", "Units and people from files"),
        ("7", "Staff"),
    ]


def test_a_house_at_work_takes_complaints_though_a_group_is_empty(app, monkeypatch):
    client = app.test_client()
    assert complain(client, monkeypatch).status_code == 303
    with write_transaction():
        for group in db.session.query(Group):
            group.members = []
    forget_readiness()
    assert missing_acts() == frozenset()
    assert not points()["groups"].is_done
    assert complain(client, monkeypatch, subject="Sesudah kelompoknya kosong").status_code == 303
    forget_readiness()


def test_holidays_are_proposed_to_the_end_of_next_year_and_never_taken_silently(app, cast):
    rudi = browse.Person(app, "rudi")
    assert db.session.query(Holiday).count() == 0
    proposals = {p.day: p for p in holiday_proposals(date(2026, 12, 1))}
    assert not proposals[date(2026, 12, 24)].is_national and proposals[date(2026, 12, 25)].is_national
    assert proposals[date(2027, 3, 10)].is_estimated and max(proposals) <= date(2027, 12, 31)
    days = [str(p.day) for p in holiday_proposals(today())][:2]
    hours = {"working_days": ["0", "1", "2", "3"], "opens_at": "08:00", "closes_at": "15:00"}
    assert rudi.post("/admin/setup/hours", {**hours, "holiday": [*days, "2001-01-01", "besok"]}).status_code == 303
    assert sorted(str(h.day) for h in db.session.query(Holiday)) == days
    assert setting.stored()["working_days"] == [0, 1, 2, 3]
    page = rudi.get("/admin/setup/").text
    assert f'value="{days[0]}"' not in page
    for wrong in ({**hours, "closes_at": "07:00"}, {**hours, "working_days": []}, {**hours, "opens_at": "pagi"}):
        assert rudi.post("/admin/setup/hours", wrong).status_code == 422
    assert setting.stored()["closes_at"] == "15:00"


def no_calendar(*_asked: object) -> None:
    raise subprocess.CalledProcessError(1, "python")


def test_a_calendar_that_cannot_be_read_stops_no_setting_up_and_is_told(empty, monkeypatch):
    monkeypatch.setattr("procedures.organisation.holiday_proposals.national_calendar", no_calendar)
    said = run(empty, "--yes", "--staff", "rudi:Rudi:rudi@bunghatta.ac.id:administrator")
    assert "Hari libur nasional tidak dapat diusulkan di sini" in said
    assert setting.stored()["opens_at"] and db.session.query(Holiday).count() == 0


def test_the_page_of_setting_up_says_that_nothing_can_be_proposed_and_takes_the_hours(app, cast, monkeypatch):
    monkeypatch.setattr("procedures.organisation.holiday_proposals.national_calendar", no_calendar)
    rudi = browse.Person(app, "rudi")
    page = rudi.get("/admin/setup/").text
    assert "Hari libur nasional tidak dapat diusulkan di sini" in page and "Semua usul sampai" not in page
    hours = {"working_days": ["0", "1"], "opens_at": "08:00", "closes_at": "15:00"}
    assert rudi.post("/admin/setup/hours", hours).status_code == 303
    assert setting.stored()["working_days"] == [0, 1]


@pytest.fixture
def server(app: Flask):
    box = Postbox()
    controller = Controller(box, hostname="127.0.0.1", port=free_port())
    controller.start()
    before = {
        key: app.config[key]
        for key in (
            "MAIL_AS_FILES",
            "MAIL_SERVER",
            "MAIL_PORT",
            "MAIL_TIMEOUT",
            "MAIL_USERNAME",
            "MAIL_PASSWORD",
            "MAIL_USE_TLS",
        )
    }
    app.config.update(MAIL_AS_FILES="", MAIL_SERVER="127.0.0.1", MAIL_PORT=controller.port, MAIL_TIMEOUT=5)
    yield box
    controller.stop()
    app.config.update(before)


def trial(rudi: browse.Person) -> str:
    assert rudi.post("/admin/setup/mail", {"to": "rudi@kampus.example"}).status_code == 303
    return rudi.get("/admin/setup/").text


def test_the_trial_mail_arrives_and_the_talk_with_the_server_is_shown(app, cast, server):
    with write_transaction():
        db.session.query(SetupPoint).filter_by(key="mail").delete()
    rudi = browse.Person(app, "rudi")
    assert "Belum diuji" in rudi.get("/admin/setup/").text
    page = trial(rudi)
    assert [mail["Subject"] for _to, mail in server.mails] == ["Email uji dari Pustikom"]
    assert "RCPT TO:&lt;rudi@kampus.example&gt;" in page and "250 accepted" in page and points()["mail"].is_done
    assert rudi.post("/admin/setup/mail", {"to": "rudi\r\nBcc: x@y.example"}).status_code == 422
    assert len(server.mails) == 1


def test_a_trial_that_fails_says_cause_and_cure_and_shows_no_password(app, cast, server):
    rudi = browse.Person(app, "rudi")
    faults = []
    server.refuse_sender = "554 5.7.1 alamat pengirim bukan milik akun ini"
    faults.append((trial(rudi), "Server menolak alamat pengirim"))
    server.refuse_sender = ""
    server.refuse["rudi@kampus.example"] = "550 tidak dikenal"
    faults.append((trial(rudi), "Server menolak alamat penerima (550 tidak dikenal)"))
    app.config.update(MAIL_USERNAME="helpdesk", MAIL_PASSWORD="rahasia-sekali")
    faults.append((trial(rudi), "tidak ada password yang dikirim"))
    app.config.update(MAIL_USE_TLS=True)
    faults.append((trial(rudi), "tidak menawarkan sambungan aman"))
    app.config.update(MAIL_USE_TLS=False, MAIL_USERNAME=None, MAIL_PORT=free_port())
    faults.append((trial(rudi), "tidak menerima sambungan di port"))
    app.config.update(MAIL_SERVER="no-such-host.invalid")
    faults.append((trial(rudi), "tidak ditemukan. Periksa MAIL_SERVER"))
    for page, sentence in faults:
        assert sentence in page and "Uji gagal" in page, sentence
        assert "rahasia" not in page
    assert server.mails == []
    assert points()["mail"].is_done  # it went once: a later fault closes nothing


@pytest.mark.only("postgresql")
def test_the_command_says_what_a_wrong_option_is(empty):
    done = empty.test_cli_runner().invoke(args=["setup", "--yes", "--staff", "rudi"])
    assert (done.exit_code, "USERNAME:NAME:EMAIL:ROLE" in done.output) == (2, True)
    assert db.session.scalar(text("SELECT count(*) FROM staff")) == 0


def test_the_first_administrator_comes_in_by_the_link_that_only_the_server_tells_and_then_it_is_shut(empty, app):
    said = run(empty, "--yes")
    link = re.search(r"http\S+/admin/first/\S+", said)[0].removeprefix(empty.config["BASE_URL"])
    stranger = browse.Person(empty)
    assert "perintah itu mencetak tautan" in stranger.get("/admin/login").text
    assert stranger.get("/admin/first/" + "0" * 64).status_code == 404
    fields = {"username": "rudi", "name": "Rudi", "email": "rudi@kampus.example"}
    fields |= {"new_password": PASSWORD, "repeat": PASSWORD}
    for wrong in ({"username": "Pak RUDI!"}, {"email": "rudi"}, {"new_password": "pendek"}, {"repeat": "lain"}):
        answer = stranger.post(link, {**fields, **wrong})
        assert (answer.status_code, 'value="Rudi"' in answer.text, "pk-error" in answer.text) == (422, True, True), (
            wrong
        )
    assert db.session.query(Staff).count() == 0
    assert stranger.post(link, fields).location == "/admin/login?next=/admin/setup/"
    assert browse.Person(empty, "rudi").get("/admin/setup/").status_code == 200
    assert [stranger.get(link).status_code, stranger.post(link, {**fields, "username": "lain"}).status_code] == [
        404,
        404,
    ]
    assert "perintah itu" not in stranger.get("/admin/login").text and "/admin/first/" not in run(empty, "--yes")
    assert browse.Person(app).get(link).status_code == 404  # a house that has one


def test_of_two_first_administrators_one_is_the_first(empty):
    run(empty, "--yes")
    with write_transaction():
        assert add_first_administrator("rudi", "Rudi", "", PASSWORD)
    empty.extensions["has_administrator"] = False  # what another process remembers
    with write_transaction():
        assert not add_first_administrator("lain", "Lain", "", PASSWORD)
    assert [one.username for one in db.session.query(Staff)] == ["rudi"]
