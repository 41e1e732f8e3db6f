"""D16: each form names the version of the privacy notice that it showed, and every version stays readable as it was."""

from __future__ import annotations

import lxml.html
import pytest

from jobs.operation.note_notice import note_notice
from models.base import retention
from models.base.db import db, write_transaction
from models.base.page import Page, shipped_page
from models.base.periods.privacy_notice import PrivacyNotice, is_notice_new, keep_notice, versions
from models.tickets.ticket import Ticket
from procedures.accounts.personal_copy import _notice_of
from procedures.organisation.setting_values import put_changed
from tests.browse import Person
from tests.pages import page
from tests.public.visitor import complain, hidden, later, number_in
from tests.walk import complaint_fields, file_complaint


@pytest.fixture
def first(app, cast):
    """The notice as shipped, kept as version 1."""
    with write_transaction():
        db.session.add(shipped_page("privasi"))
        keep_notice()


def say(words):
    """The administrator writes other words."""
    with write_transaction():
        db.session.query(Page).filter_by(slug="privasi").one().text = words
        keep_notice()


def test_d16_a_form_names_the_version_that_it_showed_not_the_one_of_when_it_was_sent(app, first, monkeypatch):
    later(monkeypatch, minutes=1)
    client = app.test_client()
    html = client.get("/pengaduan").text
    later(monkeypatch, minutes=5)
    say("Kata-kata yang lain.")
    later(monkeypatch, minutes=5)
    sent = client.post("/pengaduan", data={**hidden(html, "/pengaduan"), **complaint_fields()})
    number_in(complain(app.test_client(), monkeypatch, name="Mega", email="mega@mhs.example"))

    tickets = db.session.query(Ticket).order_by(Ticket.id).all()
    assert [ticket.notice_version for ticket in tickets] == [1, 2]
    assert "/privasi/versi/1" in page(client, f"/tiket/{number_in(sent)}")
    desk = Person(app, "tono")
    assert 'href="/privasi/versi/2">Versi 2' in desk.get(f"/admin/ticket/details/?id={tickets[1].id}").text


@pytest.mark.parametrize(
    ("channel", "reason"),
    [("phone", "Dicatat petugas"), ("email", "Masuk lewat email"), ("monitor", "Dibuat pemantau"), ("web", "sebelum")],
)
def test_d16_what_no_form_showed_has_no_version_and_says_why(app, first, cast, channel, reason):
    ticket = file_complaint()
    with write_transaction():
        ticket.channel, ticket.notice_version = channel, None
    assert reason in _notice_of(ticket)
    assert reason in Person(app, "tono").get(f"/admin/ticket/details/?id={ticket.id}").text


def test_d16_the_copy_of_a_person_says_the_version_and_where_it_stands(app, first):
    ticket = file_complaint()
    ticket.notice_version = 3
    assert _notice_of(ticket) == "Versi 3 (/privasi/versi/3)"
    db.session.rollback()


def test_d16_an_older_version_stays_readable_as_it_was_with_its_periods(app, first, cast, monkeypatch):
    later(monkeypatch, days=1)
    with write_transaction():
        put_changed({"identity_kept_days": 400}, {"identity_kept_days": 730}, staff=cast["rudi"])
    client = app.test_client()
    old, new = page(client, "/privasi/versi/1"), page(client, "/privasi/versi/2")
    assert "sejak tiketnya ditutup: 2 tahun" in old and "400 hari" not in old and "Baca yang berlaku sekarang" in old
    assert "sejak tiketnya ditutup: 400 hari" in new and "Baca yang berlaku sekarang" not in new
    assert "after its ticket" not in old
    now = page(client, "/privasi")
    assert now.count("/privasi/versi/") == 2
    assert client.get("/privasi/versi/3").status_code == client.get("/privasi/versi/0").status_code == 404


def test_d16_an_older_version_is_read_in_english_too(app, first):
    client = app.test_client()
    client.post("/bahasa", data={"language": "en", "next": "/privasi/versi/1"})
    with client.session_transaction() as session:
        session["language"] = "en"
    english = shipped_page("privasi").title_en
    assert f"{english}, version 1" in page(client, "/privasi/versi/1")


def seen_in(html):
    """The hidden fields of the form with the words: which row was seen."""
    hidden_ones = lxml.html.document_fromstring(html).xpath("//form[.//textarea[@name='text']]//input[@type='hidden']")
    return {each.get("name"): each.get("value") for each in hidden_ones if each.get("name") != "csrf_token"}


def test_d16_words_changed_in_the_panel_are_a_new_version_at_once_and_unchanged_ones_none(app, first):
    rudi, row = Person(app, "rudi"), db.session.query(Page).filter_by(slug="privasi").one()
    path = f"/admin/page/edit/?id={row.id}"
    for text in ("Ditulis baru.", "Ditulis baru."):
        fields = {"title": "Privasi", "text": text, "title_en": "Privacy", "text_en": "Written anew."}
        answer = rudi.post(path, {**seen_in(rudi.get(path).text), **fields})
        assert answer.status_code == 303, answer.text[:300]
    assert [each.number for each in versions()] == [2, 1]
    assert db.session.get(PrivacyNotice, 2).facts["id"]["text"] == "Ditulis baru."


def test_d16_the_worker_keeps_what_a_new_version_of_the_product_promises(app, first, monkeypatch):
    assert not is_notice_new()
    monkeypatch.setitem(retention.PERIODS, "baru", retention.Period("Data yang baru disimpan", 5))
    assert is_notice_new()
    note_notice()
    note_notice()
    assert [each.number for each in versions()] == [2, 1] and not is_notice_new()
    assert "Data yang baru disimpan: 5 hari" in page(app.test_client(), "/privasi/versi/2")
