"""A broadcast is looked at before it goes: words, recipients and why, missing addresses; only the second press sends."""

import re

import pytest

from models.base.db import db, write_transaction
from models.organisation.unit import Contact
from models.outages.outage import AffectedPerson, Outage
from models.outages.outage_recipients import OutageRecipient
from models.tickets.outbox import Mail
from models.tickets.ticket import Event, Ticket
from tests.browse import Person
from tests.databases import both, once
from tests.outages.walk import network_outage_at, server_outage_at, wib
from tests.walk import category_id, file_complaint, take

pytestmark = once

SEEN = re.compile(r'name="seen" value="([^"]+)"')


def look(person, ticket, step, /, **fields):
    """The first press of a step; gives the page and what its second press sends."""
    path = f"/admin/ticket/{ticket.id}/do/{step}"
    answer = person.post(path, fields)
    found = SEEN.search(answer.text)
    return answer, path, {**fields, "seen": found[1] if found else ""}


def mails():
    return db.session.query(Mail).count()


def contact(**changes):
    with write_transaction():
        person = db.session.query(Contact).filter_by(kind="it_manager", email="dewi@feb.example").one()
        for key, value in changes.items():
            setattr(person, key, value)


def test_tono_sees_words_recipients_and_reasons_and_only_the_second_press_sends(app):
    ticket = network_outage_at("it")
    before, tono = mails(), Person(app, "tono")
    answer, path, again = look(tono, ticket, "report_it", text="Sakelar lantai 1 mati.")
    for words in ("dewi@feb.example", "rina@pustikom.example", "Kepala Divisi Networking", "Sakelar lantai 1 mati."):
        assert words in answer.text
    assert (answer.status_code, mails(), db.session.get(Ticket, ticket.id).state) == (200, before, "it")
    assert db.session.query(Event).filter_by(ticket_id=ticket.id, step="report_it").count() == 0
    assert tono.post(path, again).status_code == 303
    assert (mails(), db.session.get(Ticket, ticket.id).state) == (before + 2, "to_dispatch")
    assert {t.email for t in OutageRecipient.of(ticket.id, "it_managers")} == {"dewi@feb.example"}


@both
def test_mail_is_shown_in_the_language_of_its_reader_and_without_the_access_link(app):
    ticket = network_outage_at("to_pass_on")
    contact(language="en")
    take(file_complaint(), "tie", "tono", incident=str(ticket.id), text="")
    promise = {"recovers_at": wib(hours=3), "estimate_reason": "Suku cadang ada."}
    page = look(Person(app, "rina"), ticket, "pass_on", text="Sedang diganti.", **promise)[0].text
    assert 'lang="en"' in page and "Expected recovery" in page
    assert "[tautan akses]" in page and "/akses/" not in page
    assert "Pelapor · PTK-" in page


def test_those_without_an_address_are_named_with_their_telephone(app):
    ticket = network_outage_at("to_pass_on")
    contact(email="")
    take(file_complaint(email=""), "tie", "tono", incident=str(ticket.id), text="")
    promise = {"recovers_at": wib(hours=3), "estimate_reason": "Suku cadang ada."}
    page = look(Person(app, "rina"), ticket, "pass_on", text="Sedang diganti.", **promise)[0].text
    for words in ("Tanpa alamat email", "Tidak ada email yang akan dikirim", "0812-1111-2222", "Dewi Anggraini"):
        assert words in page


def test_list_that_changed_between_the_presses_is_shown_again_and_nothing_is_sent(app):
    ticket = network_outage_at("it")
    before, tono = mails(), Person(app, "tono")
    _answer, path, again = look(tono, ticket, "report_it", text="Mati.")
    contact(email="dewi.baru@feb.example")
    told = tono.post(path, again)
    assert (told.status_code, "Daftar penerima berubah" in told.text) == (409, True)
    assert "dewi.baru@feb.example" in told.text
    assert (mails(), db.session.get(Ticket, ticket.id).state) == (before, "it")
    assert tono.post(path, {**again, "seen": SEEN.search(told.text)[1]}).status_code == 303


@both
def test_second_press_that_is_sent_twice_is_done_once(app):
    ticket = network_outage_at("it")
    tono = Person(app, "tono")
    _answer, path, again = look(tono, ticket, "report_it", text="Mati.", once="o" * 24)
    assert [tono.post(path, again).status_code for _press in range(2)] == [303, 303]
    assert db.session.query(Event).filter_by(ticket_id=ticket.id, step="report_it").count() == 1


def test_going_back_keeps_the_words_and_sends_nothing(app):
    ticket = network_outage_at("it")
    before, tono = mails(), Person(app, "tono")
    _answer, path, _again = look(tono, ticket, "report_it", text="Kalimat yang panjang.")
    page = tono.post(path, {"text": "Kalimat yang panjang.", "back": "1"})
    assert (page.status_code, "Kalimat yang panjang." in page.text, mails()) == (200, True, before)


@both
def test_rehearsal_of_the_end_leaves_tied_complaints_and_papers_as_they_are(app):
    ticket, complaint = network_outage_at("repairing"), file_complaint()
    take(complaint, "tie", "tono", incident=str(ticket.id), text="")
    end = {"cause": "Catu daya hangus.", "text": "Diganti.", "no_proof_reason": "Ping ditutup."}
    page, path, again = look(Person(app, "tono"), ticket, "end", **end)
    assert "andi@mhs.example" in page.text
    db.session.expire_all()
    assert (db.session.get(Ticket, complaint.id).state, db.session.get(Outage, ticket.id).ended_at) == (
        "with_group",
        None,
    )
    assert Person(app, "tono").post(path, again).status_code == 303
    assert db.session.get(Ticket, complaint.id).state == "resolved"


def test_name_and_address_of_somebody_tied_from_another_group_are_masked(app):
    ticket = network_outage_at("to_pass_on")
    tied = file_complaint(category=category_id("Akun dan password"), email="rahasia@mhs.example", name="Rahasia Nama")
    take(tied, "tie", "sari", incident=str(ticket.id), text="")
    promise = {"recovers_at": wib(hours=3), "estimate_reason": "Ada."}
    page = look(Person(app, "rina"), ticket, "pass_on", text="Sedang diganti.", **promise)[0].text
    assert ("r•••@mhs.example" in page, "rahasia@" in page, "Rahasia Nama" in page) == (True, False, False)


@both
def test_letter_to_an_outside_manager_has_nothing_to_look_at_and_a_mail_has(app):
    ticket = server_outage_at("with_manager")
    hadi = Person(app, "hadi")
    asked = {"name": "NOC", "text": "Mohon dipulihkan.", "follow_up_at": wib(days=3)}
    page, _path, again = look(hadi, ticket, "follow_up_outside", way="email", **asked)
    assert (page.status_code, "noc@hosting.example" in page.text, bool(again["seen"])) == (200, True, True)
    assert look(hadi, ticket, "follow_up_outside", way="phone", **asked)[0].status_code == 303


def test_broadcast_that_reaches_nobody_says_so_before_it_is_recorded(app):
    ticket = network_outage_at("to_pass_on")
    with write_transaction():
        db.session.get(Outage, ticket.id).units = []
    promise = {"recovers_at": wib(hours=3), "estimate_reason": "Ada."}
    page, path, again = look(Person(app, "rina"), ticket, "pass_on", text="Sedang diganti.", **promise)
    assert ("Tidak ada email yang akan dikirim" in page.text, "Catat tanpa email" in page.text) == (True, True)
    assert Person(app, "rina").post(path, again).status_code == 303


def test_all_who_were_told_hear_of_the_end_also_when_the_contact_is_another_by_now(app):
    ticket = network_outage_at("repairing")
    contact(email="baru@feb.example")
    with write_transaction():
        db.session.add(AffectedPerson(ticket_id=ticket.id, email="mahasiswa@mhs.example"))
    take(ticket, "end", "tono", cause="Hangus.", text="Diganti.", no_proof_reason="Ping ditutup.")
    told = {m.recipient for m in db.session.query(Mail).filter_by(notice="outage_ended")}
    assert told >= {"dewi@feb.example", "baru@feb.example", "mahasiswa@mhs.example", "rina@pustikom.example"}


@pytest.mark.parametrize("who", ["lina", "sari"])
def test_whoever_may_not_take_the_step_may_not_look_at_its_mails(app, who):
    ticket = network_outage_at("it")
    answer = Person(app, who).post(f"/admin/ticket/{ticket.id}/do/report_it", {"text": "x"})
    assert (answer.status_code in (403, 404), "Periksa sebelum dikirim" in answer.text) == (True, False)
