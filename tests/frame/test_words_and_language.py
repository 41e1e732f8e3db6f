"""The panel speaks to each person in their language and calls mails and records by words, not by names of code."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from flask_babel import force_locale
from werkzeug.datastructures import MultiDict

from admin_views.organisation.audit_words import ACTS, act_name, kind_name, row_name
from mails.notice_names import NOTICE_NAMES
from models.base.calendar import Holiday
from models.base.db import db, write_transaction
from models.base.wording import decimal, file_size
from models.organisation import audit
from models.tickets.outbox import Mail
from procedures.tickets.forms import ComplaintForm
from tests.browse import Person
from tests.databases import both, once
from tests.walk import file_complaint

pytestmark = once

ROOT = Path(__file__).resolve().parent.parent.parent


def language_of(person: Person, path: str = "/admin/") -> str:
    return person.get(path).text.partition('<html lang="')[2][:2]


def test_sari_reads_english_on_every_device_once_she_switched_on_one(app):
    here, phone = Person(app, "sari"), Person(app, "sari")
    here.post("/admin/language", {"language": "en"})
    assert [language_of(person) for person in (here, phone, Person(app, "sari"), Person(app, "nita"))] == [
        "en",
        "en",
        "en",
        "id",
    ]
    phone.post("/admin/language", {"language": "id"})
    assert language_of(here) == "id"


def test_a_visitors_language_stays_with_the_device(app):
    """The public pages speak as switched there, the panel as the person wants it."""
    sari = Person(app, "sari")
    sari.client.get("/bahasa/en")
    assert (language_of(sari, "/"), language_of(sari)) == ("en", "id")


def test_every_notice_has_a_name():
    """A notice is a folder in one room of templates/mail/."""
    found = [path.name for path in (ROOT / "templates" / "mail").glob("*/*") if path.is_dir()]
    assert sorted(NOTICE_NAMES) == sorted(found)


@both
@pytest.mark.parametrize(("language", "words"), [("id", "Pengaduan diterima"), ("en", "Complaint received")])
def test_rudi_reads_mails_by_the_name_of_their_notice(app, language, words):
    file_complaint()
    rudi = Person(app, "rudi")
    rudi.post("/admin/language", {"language": language})
    page = rudi.get("/admin/outbox/?notice=complaint_received").text
    assert f">{words}</td>" in page and ">complaint_received<" not in page


@both
@pytest.mark.parametrize(
    ("language", "row"),
    [("id", ("Ditolak masuk", "Pengaturan", "Mengubah")), ("en", ("Refused at the door", "Settings", "Change"))],
)
def test_rudi_reads_the_audit_in_words(app, language, row):
    with write_transaction():
        audit.record("denied", "setting", "edit", actor_name="Tono")
    rudi = Person(app, "rudi")
    rudi.post("/admin/language", {"language": language})
    page = rudi.get("/admin/audit/?act=denied").text
    cells = [cell.partition("<")[0] for cell in page.partition("Tono")[2].split('">')[1:4]]
    assert tuple(cells) == row


def test_a_step_is_called_by_its_button_and_what_nobody_named_keeps_its_own_name(app):
    with app.test_request_context():
        found = (
            act_name("step:reply"),
            act_name("step:gone"),
            act_name("melted"),
            kind_name("Melted"),
            row_name("x", "7"),
        )
    assert found == ("Langkah: Balas", "Langkah: gone", "melted", "Melted", "7")


def test_rudi_narrows_the_audit_to_an_act_that_exists_only(app):
    rudi = Person(app, "rudi")
    statuses = [rudi.get(f"/admin/audit/?act={act}").status_code for act in (*ACTS, "nothing")]
    assert statuses == [200] * len(ACTS) + [400]


def test_a_mail_of_an_older_notice_is_still_listed(app):
    with write_transaction():
        db.session.add(Mail(message_id="<1@x>", notice="forgotten", recipient="a@b.example"))
    assert ">forgotten<" in Person(app, "rudi").get("/admin/outbox/").text


@pytest.mark.parametrize(("language", "day"), [("id", "25 Desember 2026"), ("en", "25 December 2026")])
def test_rudi_reads_days_in_his_language(app, language, day):
    with write_transaction():
        db.session.add(Holiday(day=date(2026, 12, 25), name="Hari Raya Natal"))
    rudi = Person(app, "rudi")
    rudi.post("/admin/language", {"language": language})
    assert f">{day}</a>" in rudi.get("/admin/holiday/").text


def test_figures_are_written_as_the_language_writes_them():
    written = [decimal(98.5, 2), decimal(98.5, 2, "en"), decimal(12345.6, 1), file_size(1_240_000, "en")]
    assert written == ["98,50", "98.50", "12.345,6", "1.2 MB"]
    assert [file_size(999_900_000), file_size(25_235_700_000)] == ["999,9 MB", "25,2 GB"]


def test_sidebar_opens_the_sections_of_every_day_and_the_one_of_the_page(app):
    parts = Person(app, "rudi").get("/admin/audit/").text.split('<details class="pk-side__part"')[1:]
    titles = {part.partition("<summary>")[2].partition("<")[0]: part.startswith(" open") for part in parts}
    closed = {"Data": False, "Organisasi": False, "Sistem": False}
    assert titles == {"Meja": True, "Jaringan": True, **closed, "Laporan": True}


def test_operator_is_asked_for_the_requesters_name_not_her_own(app):
    page = Person(app, "sari").get("/admin/installation/new/").text
    assert "Nama pemohon" in page and "Nama Anda" not in page


@pytest.mark.parametrize(
    ("language", "unit", "category"),
    [
        ("id", "Pilihan ini tidak tersedia.", "Pilihan ini tidak dapat dibaca."),
        ("en", "Not a valid choice.", "Invalid Choice: could not coerce."),
    ],
)
def test_what_a_form_library_says_is_said_in_the_readers_language(app, language, unit, category):
    with app.test_request_context("/pengaduan"), force_locale(language):
        form = ComplaintForm(MultiDict({"unit": "999999", "category": "abc"}))
        assert not form.validate()
        assert (form.unit.errors[0], form.category.errors[0]) == (unit, category)
