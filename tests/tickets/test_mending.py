"""Facts of a ticket put right: by whom, with the reason, before and after on the ticket; old links end, mail follows."""

from __future__ import annotations

import pytest

from models.base.db import db, write_transaction
from models.tickets.outbox import Mail
from models.tickets.ticket import Event, Ticket
from models.tickets.ticket_keys import code_of, link_of
from procedures.engine.take_step import StepRefused
from procedures.tickets.forget_identity import pseudonymise
from procedures.tickets.mending import FACTS
from tests.browse import Person
from tests.walk import category_id, complaint_at, file_complaint, take

RIGHT = {
    "name": "Andi Saputera",
    "email": "andi@kampus.example",
    "phone": "0812-7781-0042",
    "language": "en",
    "subject": "Wi-Fi perpustakaan lantai 2 putus",
    "channel": "whatsapp",
    "received": "2026-11-23T08:00",
    "priority": "2",
}


def fields(ticket: Ticket, fact: str, value: str, reason: str = "Salah ketik saat dicatat") -> dict[str, str]:
    return {"id": str(ticket.id), "fact": fact, "was": FACTS[fact].typed(ticket), "value": value, "reason": reason}


def mend(ticket: Ticket, by: str, fact: str, value: str, **more: str) -> Event:
    typed = fields(ticket, fact, value, **more)
    return take(ticket, "mend", by, **{key: typed[key] for key in ("fact", "was", "value", "reason")})


@pytest.mark.parametrize("fact", sorted(RIGHT))
def test_sari_puts_a_fact_right_and_what_it_was_stays_on_the_ticket(app, fact):
    ticket = file_complaint()
    before = FACTS[fact].words(ticket)
    event = mend(ticket, "sari", fact, RIGHT[fact])
    assert event.data == {"fact": fact, "before": before, "after": FACTS[fact].words(ticket)}
    assert (event.text, event.is_public, before != event.data["after"]) == ("Salah ketik saat dicatat", False, True)
    page = Person(app, "sari").get(f"/admin/ticket/details/?id={ticket.id}").text
    assert "Perubahan" in page and event.text in page


def test_unit_and_category_are_chosen_from_the_registers(app):
    ticket = file_complaint()
    with pytest.raises(StepRefused) as refused:
        mend(ticket, "sari", "unit", "Fakultas Yang Tidak Ada")
    assert "Tulis persis seperti di daftar unit" in refused.value.sentence
    mend(ticket, "sari", "category", str(category_id("Portal dan aplikasi")))
    assert ticket.category.name == "Portal dan aplikasi"


def test_a_mended_address_is_told_its_old_code_ends_and_the_next_mail_goes_to_the_new_one(app):
    ticket = complaint_at("in_progress")
    old_code, old_link = code_of(ticket), link_of(ticket)
    stranger = Person(app)
    mend(ticket, "tono", "email", "andi@kampus.example")
    take(ticket, "reply", "tono", text="Kami periksa.")
    assert code_of(ticket) != old_code
    assert (
        stranger.get(old_link.split("example", 1)[-1].replace("http://localhost", ""), check=False).status_code == 404
    )
    told = [(m.notice, m.recipient) for m in db.session.query(Mail).order_by(Mail.id) if "andi" in m.recipient]
    assert told[-2:] == [("contact_mended", "andi@kampus.example"), ("replied", "andi@kampus.example")]
    assert ("complaint_received", "andi@kampus.example") in told  # it still waited


def test_a_mended_number_ends_the_link_given_by_whatsapp_and_a_name_does_not(app):
    ticket = file_complaint()
    first = code_of(ticket)
    mend(ticket, "sari", "name", "Andi S.")
    assert code_of(ticket) == first
    mend(ticket, "sari", "phone", "0812-7781-0042")
    assert code_of(ticket) != first


def test_what_cannot_be_the_fact_is_said_on_its_field_and_nothing_typed_is_lost(app):
    ticket_id = file_complaint().id
    sari = Person(app, "sari")
    ticket = db.session.get(Ticket, ticket_id)
    answer = sari.post("/admin/mend/save", fields(ticket, "email", "bukan alamat", reason=""))
    assert answer.status_code == 422
    assert "bukan alamat" in answer.text and "Bagian ini wajib diisi." in answer.text
    assert db.session.get(Ticket, ticket_id).requester_email == "andi@mhs.example"
    assert sari.post("/admin/mend/save", {"id": str(ticket_id), "fact": "state"}).status_code == 404
    assert sari.get(f"/admin/mend/?id={ticket_id}&fact=number").status_code == 404


def test_the_second_of_two_reads_what_the_first_made_of_it(app):
    ticket_id = file_complaint().id
    typed = fields(db.session.get(Ticket, ticket_id), "phone", "0812-7781-0042")
    mend(db.session.get(Ticket, ticket_id), "sari", "phone", "0813-9999-0000")
    answer = Person(app, "sari").post("/admin/mend/save", typed)
    assert answer.status_code == 409 and "sudah diubah orang lain menjadi “0813-9999-0000”" in answer.text


def test_who_does_not_see_the_ticket_mends_nothing_and_the_viewer_neither(app):
    ticket_id = file_complaint().id
    typed = fields(db.session.get(Ticket, ticket_id), "subject", "Lain")
    assert Person(app, "lina").post("/admin/mend/save", typed).status_code == 404
    assert Person(app, "ketua").post("/admin/mend/save", typed).status_code == 403
    assert db.session.get(Ticket, ticket_id).subject != "Lain"


def test_i3_what_an_address_was_is_forgotten_with_who_it_was(app):
    ticket = file_complaint()
    mend(ticket, "sari", "email", "andi@kampus.example")
    with write_transaction():
        pseudonymise(db.session.get(Ticket, ticket.id), "Orang 1")
    kept = [event.data for event in db.session.query(Event).filter_by(step="mend")]
    assert kept == [{"fact": "email"}]


def test_urgent_stands_on_the_list_is_filtered_and_sorted_first(app):
    plain, urgent, high = (file_complaint(subject=f"Perihal {n}").id for n in range(3))
    mend(db.session.get(Ticket, urgent), "tono", "priority", "2", reason="Ujian daring besok pagi")
    mend(db.session.get(Ticket, high), "tono", "priority", "1", reason="Rapat senat")
    tono = Person(app, "tono")
    page = tono.get("/admin/ticket/?sort=priority").text
    assert page.index("Perihal 1") < page.index("Perihal 2") < page.index("Perihal 0")
    assert "Mendesak" in page
    only = tono.get("/admin/ticket/?priority=2").text
    assert "Perihal 1" in only and "Perihal 2" not in only and "Perihal 0" not in only
    assert "Ujian daring besok pagi" in tono.get(f"/admin/ticket/details/?id={urgent}").text
    assert tono.get("/admin/ticket/?priority=9").status_code == 400
    mend(db.session.get(Ticket, urgent), "tono", "priority", "0", reason="Ujian diundur")
    assert db.session.get(Ticket, urgent).priority_reason == "" and plain
