"""A form that is sent twice: one ticket, one event, and not a word lost, whatever the second sending says."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from models.base.db import db, utcnow
from models.base.wording import local
from models.organisation.staff import GroupMember, Staff
from models.tickets.outbox import Mail
from models.tickets.ticket import Event, Ticket
from procedures.engine.declaration import Actor
from procedures.engine.take_step import StepRefused, open_once, take_step
from tests.browse import Person
from tests.databases import both, once
from tests.public.visitor import file, hidden, later, number_in
from tests.walk import REQUESTER, as_staff, complaint_fields, file_complaint, form_of

pytestmark = once

FORM = "/pengaduan"


def tickets() -> list[Ticket]:
    return list(db.session.scalars(select(Ticket).order_by(Ticket.id)).unique())


def entry_fields() -> dict[str, str]:
    return {
        **complaint_fields(),
        "channel": "phone",
        "language": "id",
        "received_at": f"{local(utcnow()):%Y-%m-%dT%H:%M}",
    }


def form_page(client, monkeypatch):
    html = client.get(FORM).text
    later(monkeypatch, seconds=5)
    return {**hidden(html, FORM), **complaint_fields()}


@both
def test_andi_sends_the_same_form_again_with_other_words_and_they_join_the_first_ticket(app, monkeypatch):
    andi = app.test_client()
    sent = form_page(andi, monkeypatch)
    first = number_in(andi.post(FORM, data=sent))
    other = {**sent, "description": "Sekarang seluruh lantai mati.", "attachments": file("ping.txt")}
    answer = andi.post(FORM, data=other, content_type="multipart/form-data")
    assert number_in(answer) == first
    (ticket,) = tickets()
    said = ticket.events[-1]
    assert (said.step, [f.name for f in ticket.files]) == ("answer", ["ping.txt"])
    assert said.text == (
        "Formulir yang sama dikirim lagi dengan isi lain:\nApa yang terjadi?: Sekarang seluruh lantai mati."
    )
    assert ticket.description == complaint_fields()["description"]
    assert "tercatat sebagai jawaban Anda" in andi.get(answer.location).text


@both
def test_the_other_words_sent_a_third_time_are_one_answer(app):
    file_complaint(nonce="n1")
    for _time in range(2):
        opened = open_once(
            "complaint",
            "file_complaint",
            REQUESTER,
            form_of("complaint", "file_complaint", **complaint_fields(subject="Judul lain")),
            nonce="n1",
        )
    assert not opened.is_new
    assert [e.step for e in tickets()[0].events].count("answer") == 1


def test_the_same_words_sent_twice_are_one_ticket_and_add_nothing(app, monkeypatch):
    andi = app.test_client()
    sent = form_page(andi, monkeypatch)
    assert number_in(andi.post(FORM, data=sent)) == number_in(andi.post(FORM, data=sent))
    (ticket,) = tickets()
    assert "answer" not in [event.step for event in ticket.events]


@both
def test_andi_goes_back_and_sends_the_same_words_from_a_fresh_page(app, monkeypatch):
    andi = app.test_client()
    first = number_in(andi.post(FORM, data=form_page(andi, monkeypatch)))
    answer = andi.post(FORM, data=form_page(andi, monkeypatch))
    assert number_in(answer) == first
    assert "Formulir yang sama persis sudah kami terima" in andi.get(answer.location).text
    assert len(tickets()) == 1


def test_other_words_from_a_fresh_page_or_another_browser_are_a_ticket_of_their_own(app, monkeypatch):
    andi, budi = app.test_client(), app.test_client()
    numbers = {number_in(andi.post(FORM, data=form_page(andi, monkeypatch)))}
    numbers.add(number_in(andi.post(FORM, data={**form_page(andi, monkeypatch), "subject": "Proyektor mati"})))
    numbers.add(number_in(budi.post(FORM, data=form_page(budi, monkeypatch))))
    later(monkeypatch, days=2)
    numbers.add(number_in(andi.post(FORM, data=form_page(andi, monkeypatch))))
    assert len(numbers) == 4


def test_nothing_of_what_was_typed_can_be_read_in_the_marks(app):
    file_complaint(nonce="n1")
    marks = tickets()[0].events[0].data["sent"]
    assert set(marks) == {"name", "email", "phone", "unit", "category", "subject", "description"} & set(marks)
    assert all(len(mark) == 12 for mark in marks.values())


@both
def test_sari_sends_her_entry_again_with_other_words_and_they_are_a_note(app):
    sari = as_staff("sari")
    fields = entry_fields()
    for words in ("Telepon rusak.", "Telepon rusak sejak Senin."):
        form = form_of("complaint", "enter_complaint", **{**fields, "description": words})
        opened = open_once("complaint", "enter_complaint", sari, form, nonce="entri")
    (ticket,) = tickets()
    note = ticket.events[-1]
    assert (opened.is_new, note.step, note.is_public) == (False, "note", False)
    assert note.text.endswith("Apa yang terjadi?: Telepon rusak sejak Senin.")


def test_sari_goes_back_after_an_entry_and_is_led_to_the_same_ticket(app):
    sari = Person(app, "sari")
    sari.get("/admin/ticket/new/")
    fields = entry_fields()
    for nonce in ("satu", "dua"):
        answer = sari.post("/admin/ticket/new/", {**fields, "nonce": nonce})
        assert answer.status_code == 303
    assert len(tickets()) == 1


@both
def test_an_answer_sent_twice_is_one_event_and_other_words_are_another(app):
    ticket = file_complaint()
    for text in ("Sudah saya coba.", "Sudah saya coba.", "Tetap mati."):
        take_step(ticket.id, "answer", REQUESTER, form_of("complaint", "answer", text=text), once="halaman")
    texts = db.session.scalars(select(Event.text).where(Event.step == "answer").order_by(Event.id)).all()
    assert texts == ["Sudah saya coba.", "Tetap mati."]


@both
def test_a_step_that_moved_the_ticket_is_refused_the_second_time_with_its_words_in_hand(app):
    ticket = file_complaint()
    ticket_id, by = ticket.id, a_member_of(ticket)
    words = {"cause": "Kabel lepas.", "solution": "Dipasang lagi."}
    take_step(ticket_id, "resolve", by, form_of("complaint", "resolve", **words), once="halaman")
    mails = db.session.query(Mail).count()
    take_step(ticket_id, "resolve", by, form_of("complaint", "resolve", **words), once="halaman")
    form = form_of("complaint", "resolve", cause="Sakelar mati.", solution="Diganti.")
    with pytest.raises(StepRefused) as refused:
        take_step(ticket_id, "resolve", by, form, once="halaman")
    assert (refused.value.why, db.session.query(Mail).count()) == ("state", mails)


def a_member_of(ticket: Ticket) -> Actor:
    query = select(Staff.username).join(GroupMember).where(GroupMember.group_id == ticket.group_id).order_by(Staff.id)
    return as_staff(db.session.scalars(query).first())
