"""A letter's number and date are put right with the reason; its entry in the agenda stays as it is."""

from __future__ import annotations

import pytest

from models.base.db import db
from models.tickets.letter import RequestLetter
from models.tickets.ticket import Event, Ticket
from procedures.engine.take_step import StepRefused
from procedures.tickets.mending import FACTS
from tests.browse import Person
from tests.databases import once
from tests.installation.installation_walk import installation_at
from tests.installation.installation_walk import take as take_installation
from tests.walk import file_complaint


def letter() -> RequestLetter:
    return db.session.query(RequestLetter).order_by(RequestLetter.id).first()


def mend(ticket: Ticket, by: str, fact: str, value: str) -> Event:
    was = FACTS[fact].typed(ticket)
    return take_installation(ticket, "mend", by, fact=fact, was=was, value=value, reason="Salah baca stempel") or (
        db.session.query(Event).filter_by(step="mend").order_by(Event.id.desc()).first()
    )


def test_sari_mends_number_and_date_and_the_agenda_entry_stays(app):
    ticket = installation_at("surveyors")
    agenda, before = letter().agenda_number, letter().number
    mend(ticket, "sari", "letter_number", "No. 99 / FEB / XI / 2026")
    mend(ticket, "sari", "letter_date", "2 November 2026")
    found = letter()
    assert (found.number, f"{found.dated_on}", found.agenda_number) == ("99/FEB/XI/2026", "2026-11-02", agenda)
    assert agenda, "the letter stands in the agenda"
    events = db.session.query(Event).filter_by(step="mend").order_by(Event.id).all()
    assert (events[0].data["before"], events[0].data["after"]) == (before, "99/FEB/XI/2026")
    assert (events[1].data["after"], events[1].text) == ("2 November 2026", "Salah baca stempel")
    page = Person(app, "sari").get(f"/admin/ticket/details/?id={ticket.id}").text
    assert "99/FEB/XI/2026" in page and agenda in page and "fact=letter_number" in page and "fact=letter_date" in page


@once
@pytest.mark.parametrize(
    ("fact", "value", "sentence"),
    [
        ("letter_number", "—", "Tulis nomor suratnya"),
        ("letter_number", "x" * 90, "Paling panjang 80 huruf"),
        ("letter_date", "31/02/2026", "31/02/2026"),
        ("letter_date", "1/1/2199", ""),
        ("letter_date", "1/1/1990", "terlalu lama"),
    ],
)
def test_what_can_be_no_number_or_date_is_said_and_nothing_changes(app, fact, value, sentence):
    ticket = installation_at("surveyors")
    number, day = letter().number, letter().dated_on
    sari = Person(app, "sari")
    typed = {"id": str(ticket.id), "fact": fact, "was": FACTS[fact].typed(ticket), "value": value, "reason": "Salah"}
    answer = sari.post("/admin/mend/save", typed)
    assert answer.status_code == 422 and sentence in answer.text and value in answer.text
    assert (letter().number, letter().dated_on) == (number, day)


@once
def test_a_ticket_without_a_letter_has_no_such_fact(app):
    ticket = file_complaint()
    assert Person(app, "sari").get(f"/admin/mend/?id={ticket.id}&fact=letter_number").status_code == 404
    answer = Person(app, "sari").post(
        "/admin/mend/save",
        {"id": str(ticket.id), "fact": "letter_date", "was": "", "value": "1/11/2026", "reason": "x"},
    )
    assert answer.status_code == 409


@once
def test_the_other_division_mends_no_letter(app):
    ticket = installation_at("surveyors")
    with pytest.raises(StepRefused) as refused:
        mend(ticket, "lina", "letter_number", "1/FEB/2026")
    assert refused.value.why == "hidden"
