"""The pages of accounts: the unit's form, the link that shows a password once, the operator's desk."""

from __future__ import annotations

import io
import re

import pytest
from sqlalchemy import select

from models.accounts.account import Account
from models.accounts.identity_check import IdentityCheck
from models.accounts.one_time_link import OneTimeLink
from models.base.db import db, write_transaction
from models.tickets.ticket import Ticket
from tests.accounts.stories import TYPED, account, email_at, email_fields, person, unit_id
from tests.browse import Person
from tests.databases import both, once
from tests.walk import take

pytestmark = once

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
FORM = "/permohonan/email-unit"
PASSWORD = re.compile(r'class="pk-password">([^<]+)<')


def test_dewi_sends_the_letter_and_gets_a_number(app):
    dewi = Person(app)
    dewi.get(FORM)
    sent = {**email_fields(), "attachments": (io.BytesIO(PDF), "surat.pdf")}
    answer = dewi.post(FORM, sent, token=dewi.token(FORM), content_type="multipart/form-data")
    ticket = db.session.scalars(select(Ticket)).unique().one()
    assert (answer.status_code, answer.location) == (303, f"/tiket/{ticket.number}/bukti")
    assert [file.name for file in ticket.files] == ["surat.pdf"]


def test_letter_without_its_scan_is_refused_and_keeps_the_words(app):
    dewi = Person(app)
    answer = dewi.post(FORM, email_fields(), token=dewi.token(FORM))
    assert answer.status_code == 422
    assert "Lampirkan pindaian surat" in answer.text
    assert 'value="prodi.akuntansi' in answer.text


@pytest.mark.parametrize(("wish", "says"), [("postmaster", "dicadangkan"), ("prodi.kimia", "masih bebas")])
def test_address_is_checked_before_sending(app, wish, says):
    dewi = Person(app)
    answer = dewi.post(FORM, email_fields(address=wish, check="1"), token=dewi.token(FORM))
    assert says in answer.text
    assert db.session.query(Ticket).count() == 0


def test_unit_accepts_the_adjustment_on_its_ticket_page(app):
    from models.tickets.ticket_keys import link_of

    ticket = email_at("unit_answer")
    unit = Person(app)
    link, number = link_of(ticket).removeprefix("http://localhost"), ticket.number
    unit.client.get(link)
    page = unit.get(f"/tiket/{number}").text
    assert "Setujui penyesuaian" in page
    unit.post(f"/tiket/{number}/langkah/accept_adjustment", {"name": "Pak Dekan"}, token=unit.token(f"/tiket/{number}"))
    db.session.expire_all()
    assert db.session.scalars(select(Ticket)).unique().one().state == "creation"


@pytest.fixture
def link(app):
    row = account(None, "feb@bunghatta.ac.id", kind="unit_email", unit_id=unit_id())
    with write_transaction():
        address = OneTimeLink.make(row, "Kmpt-7xrq-h4ns-w9de", ticket=None, by=None, sent_to="de•••")
    return address.removeprefix("http://localhost")


def test_opening_the_link_shows_a_button_and_only_the_button_shows_the_password_once(app, link):
    reader = Person(app)
    assert "Kmpt" not in reader.get(link).text
    assert "Kmpt" not in reader.get(link).text
    shown = reader.post(link, token=reader.token(link))
    assert (PASSWORD.findall(shown.text), shown.headers["Cache-Control"]) == (["Kmpt-7xrq-h4ns-w9de"], "no-store")
    again = reader.client.get(link)
    assert (again.status_code, "sudah pernah dibuka" in again.text) == (404, True)
    assert db.session.scalars(select(OneTimeLink)).one().sealed == b""


def test_used_link_answers_a_second_post_with_its_reason(app, link):
    reader = Person(app)
    token = reader.token(link)
    reader.post(link, token=token)
    answer = reader.post(link, token=token)
    assert (answer.status_code, "sudah pernah dibuka" in answer.text, "Kmpt" in answer.text) == (410, True, False)


def test_expired_link_says_so(app, link, monkeypatch):
    from datetime import UTC, datetime, timedelta

    monkeypatch.setattr("models.base.db.clock", lambda: datetime.now(UTC) + timedelta(days=8))
    answer = Person(app).client.get(link)
    assert (answer.status_code, "sudah lewat waktu" in answer.text) == (404, True)


def test_new_link_voids_the_old(app, link):
    with write_transaction():
        OneTimeLink.make(db.session.scalars(select(Account)).one(), "x", ticket=None, by=None, sent_to="")
    assert "sudah diganti dengan yang lebih baru" in Person(app).client.get(link).text


def test_unknown_link_shows_nothing(app):
    answer = Person(app).client.get("/password/tidak-ada")
    assert (answer.status_code, "tidak dikenal" in answer.text) == (404, True)


CHECKED = {
    "proof_kind": "student_card",
    "proof_number": "0023",
    "is_present": "y",
    "name_same": "y",
    "unit_same": "y",
    "account_same": "y",
    "result": "match",
}


def test_sari_serves_the_queue_from_search_to_told(app):
    owner = person()
    row = account(owner)
    sari = Person(app, "sari")
    assert "andi@bunghatta.ac.id" in sari.get("/admin/password/?search=20100111").text
    fields = {**CHECKED, "account": row.id, "person": owner.id, "search": "andi"}
    where = sari.post("/admin/password/check", fields).location
    assert "Ganti password sekarang" in sari.get(where).text
    pk = where.rsplit("/", 1)[1]
    shown = sari.post(f"/admin/password/change/{pk}", {"told_by": "spot"})
    assert len(PASSWORD.findall(shown.text)[0]) == 19
    assert shown.headers["Cache-Control"] == "no-store"
    assert PASSWORD.findall(sari.get(where).text) == []
    sari.post(f"/admin/password/told/{pk}", {"told_by": "spot", "is_set": "y"})
    db.session.expire_all()
    assert db.session.get(Ticket, int(pk)).state == "done"


@both
def test_forgotten_tick_keeps_the_words_and_opens_no_ticket(app):
    owner = person()
    row = account(owner)
    sari = Person(app, "sari")
    fields = {**CHECKED, "account": row.id, "person": owner.id, "search": "andi", "unit_same": ""}
    answer = sari.post("/admin/password/check", {k: v for k, v in fields.items() if v})
    assert (answer.status_code, "Centang setiap data" in answer.text) == (422, True)
    assert 'value="0023"' in answer.text
    assert db.session.query(IdentityCheck).count() == 0


def test_two_people_of_one_name_are_told_apart_by_number(app):
    person()
    person("2010011110099", "Andi Saputra", email="lain@surat.example")
    page = Person(app, "sari").get("/admin/password/?search=andi+saputra").text
    assert "2010011110023" in page and "2010011110099" in page


@pytest.mark.parametrize(
    ("who", "status"), [("sari", 200), ("wati", 403), ("budi", 403), ("rudi", 403), ("ketua", 403)]
)
def test_password_desk_is_the_operators_alone(app, who, status):
    assert Person(app, who).client.get("/admin/password/").status_code == status


def test_officers_workbench_shows_the_creation_step(app):
    ticket = email_at("creation")
    page = Person(app, "wati").get(f"/admin/ticket/details/?id={ticket.id}").text
    assert "Buat dan aktifkan akun" in page
    take(ticket, "create_account", "wati", told_by="phone", is_done_by_hand="y", **TYPED)
    assert "Catat telepon ke kontak teknis" in Person(app, "wati").get(f"/admin/ticket/details/?id={ticket.id}").text


LISTS = ["person", "account", "identity_check", "one_time_link", "directory_change", "directory_difference"]


@pytest.mark.parametrize("view", LISTS)
def test_head_of_the_centre_reads_every_register(app, view, link):
    from tests.accounts.stories import change_at

    change_at("telling")
    budi = Person(app, "budi")
    page = budi.get(f"/admin/{view}/")
    assert page.status_code == 200
    found = re.search(
        r"/admin/profile/\?id=p\d+" if view == "person" else rf"/admin/{view}/details/\?id=\d+", page.text
    )
    assert (found is None) == (view == "directory_difference")
    if found:
        details = budi.get(found[0].replace("&amp;", "&"))
        assert (details.status_code, "Kmpt" in details.text) == (200, False)


def test_i3_another_operator_does_not_open_the_evidence(app):
    from tests.accounts.stories import change_at

    ticket = change_at("telling")
    check = db.session.scalars(select(IdentityCheck)).one()
    statuses = [Person(app, who).client.get(f"/admin/identity_check/details/?id={check.id}").status_code
                for who in ("sari", "nita", "rudi")]  # fmt: skip
    assert (ticket.state, statuses) == ("telling", [200, 404, 403])


@both
def test_daily_comparison_lists_differences_until_they_are_gone(app, slapd):
    from models.accounts.directory_change import DirectoryDifference
    from procedures.accounts.compare_directory import compare_with_register
    from tests.accounts.test_unit_email import use

    slapd.forget_people()
    use(app, slapd)
    account(None, "hilang@bunghatta.ac.id", kind="unit_email", unit_id=unit_id())
    slapd.directory().create("asing", "Asing", "asing@x.test")
    assert compare_with_register() == 2
    assert compare_with_register() == 2
    slapd.directory().create("hilang", "Unit", "hilang@bunghatta.ac.id")
    slapd.directory().activate("hilang")
    assert compare_with_register() == 1
    rows = db.session.scalars(select(DirectoryDifference).order_by(DirectoryDifference.login)).all()
    assert [(r.login, r.kind, r.gone_at is None) for r in rows] == [
        ("asing", "not_in_register", True),
        ("hilang", "not_in_directory", False),
    ]
    app.config["DIRECTORY_URL"] = ""
