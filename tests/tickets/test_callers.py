"""Who is calling is found by whatever they say, with what they asked before; a call about an open ticket joins it."""

from __future__ import annotations

import lxml.html
import pytest

from models.base.db import db, write_transaction
from models.organisation.staff import Staff
from models.organisation.unit import Contact, Unit
from models.tickets.ticket import Event, Ticket
from procedures.tickets.callers import Caller, asked_before, callers, open_in_unit
from tests.accounts.stories import person as andi_in_the_register
from tests.browse import Person
from tests.walk import category_id, complaint_at, complaint_fields, file_complaint


@pytest.mark.parametrize("said", ["Saputra", "0812 1111", "+62 812-1111-2222", "81211112222", "andi@mhs", "ANDI SAP"])
def test_sari_finds_andi_by_what_he_says(app, said):
    file_complaint()
    page = Person(app, "sari").get(f"/admin/caller/?who={said.replace('+', '%2B')}", check=False).text
    assert "Andi Saputra" in page and "1 orang cocok" in page


def test_a_whole_number_takes_him_and_shows_what_he_asked_before(app):
    closed, opened = complaint_at("closed"), file_complaint(subject="Portal tidak terbuka")
    page = Person(app, "sari").get("/admin/ticket/new/?who=081211112222").text
    assert 'value="andi@mhs.example"' in page and 'value="Andi Saputra"' in page
    assert f'name="join" value="{opened.id}"' in page and f'name="join" value="{closed.id}"' not in page
    assert closed.subject in page


def test_contacts_of_units_and_people_of_the_register_are_found_too(app):
    andi_in_the_register()
    with write_transaction():
        unit = db.session.query(Unit).filter_by(code="FEB").one()
        db.session.add(Contact(unit_id=unit.id, kind="it_manager", name="Ratna Dewita", phone="0812-3333-4444"))
    sari = Person(app, "sari")
    assert "Ratna Dewita" in sari.get("/admin/caller/?who=0812 3333", check=False).text
    assert "2010011110023" in sari.get("/admin/caller/?who=2010011110023", check=False).text


def test_what_the_caller_says_joins_an_open_ticket_as_a_note_once(app):
    ticket_id = file_complaint().id
    sari = Person(app, "sari")
    fields = {**complaint_fields(name="Ibu Ratna", description="Tiga orang sama."), "channel": "phone"}
    call = {**fields, "join": str(ticket_id), "nonce": "a" * 32, "priority": "0"}
    answers = [sari.post("/admin/ticket/new/", call) for _n in range(2)]
    assert [a.headers.get("Location") for a in answers] == [f"/admin/ticket/details/?id={ticket_id}"] * 2
    note = db.session.query(Event).filter_by(ticket_id=ticket_id, kind="note").one()
    assert note.text == "Telepon, Ibu Ratna, 0812-1111-2222: Tiga orang sama."
    assert db.session.query(Ticket).count() == 1
    silent = sari.post("/admin/ticket/new/", {**call, "description": "", "nonce": "b" * 32})
    assert silent.status_code == 422 and "Tulis dahulu apa yang dikatakan penelepon." in silent.text


def test_a_call_that_comes_first_says_why(app):
    sari = Person(app, "sari")
    page = sari.get("/admin/ticket/new/").text
    received = page.split('name="received_at"')[1].split('value="')[1].split('"')[0]
    call = {**complaint_fields(), "channel": "phone", "language": "id", "received_at": received, "priority": "2"}
    refused = sari.post("/admin/ticket/new/", call)
    assert refused.status_code == 422 and "Tulis mengapa ini didahulukan." in refused.text
    sari.post("/admin/ticket/new/", {**call, "priority_reason": "Ujian siang ini"})
    ticket = db.session.query(Ticket).one()
    assert (ticket.priority, ticket.priority_reason) == (2, "Ujian siang ini")


@pytest.mark.parametrize("words", ["%25%25%25", "___", "a" * 3000, "0812" * 40])
def test_odd_words_find_nobody_and_break_nothing(app, words):
    file_complaint()
    answer = Person(app, "sari").get(f"/admin/caller/?who={words}&use=99999999999999", check=False)
    assert answer.status_code == 200 and "Andi" not in answer.text


def test_d2_d3_nobody_finds_callers_or_their_tickets_beyond_the_tickets_that_they_see(app, cast):
    seen, hidden = file_complaint(), file_complaint(category=category_id("Portal dan aplikasi"))
    with write_transaction():
        for ticket in (seen, hidden):
            ticket.unit_id = db.session.query(Unit.id).filter_by(code="FEB").scalar()
        hidden.requester_phone, hidden.requester_email = "0812-9999-0001", "andi@mhs.example"
    staff = {name: db.session.query(Staff).filter_by(username=name).one() for name in ("sari", "tono", "lina")}
    for name, tickets in (("sari", {seen, hidden}), ("tono", {seen}), ("lina", {hidden})):
        who = staff[name]
        assert set(asked_before(who, Caller("Andi Saputra", email="andi@mhs.example"))) == tickets, name
        assert set(open_in_unit(who, seen.unit_id, [])) == tickets, name
        assert bool(callers(who, "0812-9999-0001")) is (hidden in tickets), name


@pytest.mark.parametrize(("language", "kind"), [("id", "Wi-Fi dan internet"), ("en", "Wi-Fi and internet")])
def test_kinds_of_problem_are_offered_in_the_operators_language_each_as_one_press(app, language, kind):
    sari = Person(app, "sari")
    sari.post("/admin/language", {"language": language})
    page = lxml.html.document_fromstring(sari.get("/admin/ticket/new/").text)
    pills = page.xpath('//label[input[@type="radio"]/@name="category"]')
    assert kind in [pill.text_content() for pill in pills] and "—" not in [pill.text_content() for pill in pills]
    assert page.xpath('//input[@name="channel"][@checked]/@value') == ["phone"]


def test_a_call_without_a_kind_is_refused_at_its_pills(app):
    sari = Person(app, "sari")
    refused = sari.post(
        "/admin/ticket/new/", {**complaint_fields(), "category": "0", "channel": "phone", "nonce": "c" * 32}
    )
    assert refused.status_code == 422
    field = refused.text.partition('id="category"')[2].partition("</fieldset>")[0]
    assert "Pilih jenis masalah yang paling dekat." in field and 'class="pk-error"' in field
