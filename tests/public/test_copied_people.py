"""A requester's colleague in copy: asked by mail first, told what the requester is told, reads and no more, ends it."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from flask import current_app

from jobs.operation.tidy import tidy
from mails.render import message, render
from models.base.db import db, utcnow, write_transaction
from models.tickets.copied_person import CopiedPerson
from models.tickets.outbox import Mail
from models.tickets.ticket import Event, Ticket
from models.tickets.ticket_keys import code_of, link_of
from procedures.engine.take_step import StepRefused
from procedures.tickets.copying import MOST
from procedures.tickets.forget_identity import forget_copies, pseudonymise
from tests.browse import Person
from tests.databases import once
from tests.walk import REQUESTER, complaint_at, file_complaint, take

DEWI = {"name": "Dewi Anggraini", "email": "Dewi@feb.example"}


def asked(state: str = "in_progress", by: object = REQUESTER) -> tuple[Ticket, CopiedPerson]:
    ticket = complaint_at(state)
    take(ticket, "add_copy", by, **DEWI)
    return ticket, db.session.query(CopiedPerson).one()


def in_copy(state: str = "in_progress") -> tuple[Ticket, CopiedPerson, Person]:
    """Dewi said yes in her own browser."""
    ticket, row = asked(state)
    dewi, path = Person(current_app), urlsplit(row.link).path
    dewi.get(path)
    assert dewi.post(f"{path}/ya", token=dewi.token(path)).status_code == 303
    return ticket, db.session.get(CopiedPerson, row.id), dewi


def mails_to(address: str) -> list[Mail]:
    return db.session.query(Mail).filter_by(recipient=address).order_by(Mail.id).all()


def test_dewi_is_asked_first_and_told_only_after_her_yes(app):
    ticket, row = asked()
    take(ticket, "reply", "tono", text="Kami periksa sore ini.")
    assert [m.notice for m in mails_to("dewi@feb.example")] == ["copy_asked"]
    question = render(mails_to("dewi@feb.example")[0])
    assert row.link in question.text and "Wi-Fi perpustakaan" not in question.text and "Andi" not in question.text
    assert code_of(ticket) not in question.text and link_of(ticket) not in question.text
    dewi, path = Person(app), urlsplit(row.link).path
    page = dewi.get(path).text
    assert ticket.number in page and "Kami periksa sore ini." not in page and ticket.subject not in page
    assert db.session.get(CopiedPerson, row.id).confirmed_at is None, "looking is no yes: mail scanners look too"
    assert dewi.post(f"{path}/ya", token=dewi.token(path)).status_code == 303
    read = dewi.get(f"/tiket/{ticket.number}").text
    assert "Kami periksa sore ini." in read and ticket.subject in read and "Kode akses" not in read


def test_she_gets_what_the_requester_gets_with_a_link_of_her_own(app):
    ticket, row, _dewi = in_copy()
    take(ticket, "reply", "tono", text="Sudah dinyalakan.")
    take(ticket, "resolve", "tono", cause="Mati.", solution="Dinyalakan.")
    told = {m.notice: m for m in mails_to("dewi@feb.example")}
    assert set(told) == {"copy_asked", "replied", "resolved"}
    assert {m.notice for m in mails_to("andi@mhs.example")} >= {"replied", "resolved"}
    made = render(told["replied"])
    assert "Sudah dinyalakan." in made.text and row.link in made.text and made.text.startswith("Salinan untuk Anda")
    assert link_of(ticket) not in made.text and code_of(ticket) not in made.text
    assert row.link not in made.kept_body
    assert message(told["replied"], made).reply_to is None


def test_she_reads_and_does_nothing_else(app):
    ticket, _row, dewi = in_copy("resolved")
    number = ticket.number
    assert "langkah/answer" not in dewi.get(f"/tiket/{number}").text
    for step in ("answer", "confirm", "reopen", "add_copy", "remove_copy"):
        assert dewi.post(f"/tiket/{number}/langkah/{step}", {"text": "x"}).status_code == 403, step
    assert dewi.get(f"/tiket/{number}/bukti", check=False).status_code in (302, 303, 403, 404)
    assert code_of(db.session.query(Ticket).one()) not in dewi.get(f"/tiket/{number}").text
    assert db.session.query(Ticket).one().state == "resolved"


@pytest.mark.parametrize("who", ["requester", "staff", "dewi"])
def test_a_copy_ends_by_whoever_wants_it_and_its_link_with_it(app, who):
    ticket, row, dewi = in_copy()
    take(ticket, "reply", "tono", text="Yang ini menunggu dikirim.")
    path, number, ident = urlsplit(row.link).path, ticket.number, row.id
    if who == "dewi":
        assert dewi.post(f"{path}/berhenti", token=dewi.token(f"{path}?berhenti=1")).status_code == 303
    else:
        take(ticket, "remove_copy", REQUESTER if who == "requester" else "tono", copy=str(ident))
    assert mails_to("dewi@feb.example") == []
    ticket = db.session.query(Ticket).one()
    take(ticket, "reply", "tono", text="Sesudahnya.")
    assert mails_to("dewi@feb.example") == []
    assert dewi.get(path, check=False).status_code == 404
    assert "Sesudahnya." in dewi.get(f"/tiket/{number}").text, "a public reply is open to the number alone"
    assert ticket.subject not in dewi.get(f"/tiket/{number}").text
    assert [e.data["copied"] for e in db.session.query(Event).filter(Event.step.like("%_copy"))][-1].startswith("Dewi")


def test_the_holder_and_the_desk_see_ask_and_end_on_their_pages(app):
    ticket, row = asked()
    pk, ident, number, path = ticket.id, row.id, ticket.number, urlsplit(link_of(ticket)).path
    andi, tono = Person(app), Person(app, "tono")
    andi.get(path, check=False)
    page = andi.get(f"/tiket/{number}").text
    assert "dewi@feb.example, belum menjawab" in page and "Tambah rekan" in page
    bad = andi.post(f"/tiket/{number}/langkah/add_copy", {"name": "Rudi", "email": "bukan alamat"})
    assert bad.status_code == 422 and "bukan alamat" in bad.text
    bench = tono.get(f"/admin/ticket/details/?id={pk}").text
    assert "Belum menjawab" in bench and "Dewi Anggraini" in bench
    bad = tono.post(f"/admin/ticket/{pk}/do/add_copy", {"name": "Rudi", "email": "dewi@feb.example"})
    assert bad.status_code == 422 and "Alamat ini sudah ada di daftar." in bad.text and 'value="Rudi"' in bad.text
    assert tono.post(f"/admin/ticket/{pk}/do/remove_copy", {"copy": str(ident)}).status_code == 303
    assert db.session.get(CopiedPerson, ident).ended_at is not None


@once
def test_who_may_not_see_or_only_reads_puts_nobody_in_copy(app):
    pk = complaint_at("in_progress").id
    assert Person(app, "lina").post(f"/admin/ticket/{pk}/do/add_copy", DEWI).status_code == 404
    assert Person(app, "ketua").post(f"/admin/ticket/{pk}/do/add_copy", DEWI).status_code == 403
    number = db.session.get(Ticket, pk).number
    assert Person(app).post(f"/tiket/{number}/langkah/add_copy", DEWI).status_code == 403
    assert db.session.query(CopiedPerson).count() == 0


def refused(ticket: Ticket, by: object = REQUESTER, **fields: str) -> str:
    with pytest.raises(StepRefused) as why:
        take(ticket, "add_copy", by, **{**DEWI, **fields})
    return why.value.sentence


def test_p4_no_ticket_is_a_way_to_write_to_many_or_often_to_one(app):
    ticket = complaint_at("in_progress")
    assert refused(ticket, email="andi@mhs.example") == "Alamat ini milik pemohon sendiri."
    for n in range(MOST):
        take(ticket, "add_copy", REQUESTER, name="Rekan", email=f"rekan{n}@feb.example")
    assert "Keluarkan salah satu dahulu" in refused(ticket)
    for _again in range(3):
        take(file_complaint(), "add_copy", REQUESTER, **DEWI)
    assert "terlalu sering diminta hari ini" in refused(file_complaint())
    row = db.session.query(CopiedPerson).first()
    with pytest.raises(StepRefused, match="tidak ada lagi di daftar"):
        take(file_complaint(), "remove_copy", REQUESTER, copy=str(row.id))


@once
def test_links_of_others_and_made_up_ones_open_nothing(app):
    _ticket, row = asked()
    path, stranger = urlsplit(row.link).path, Person(app)
    for wrong in (f"{path[:-2]}9-{row.id}", f"{path}9", "/salinan/x", "/salinan/PTK-1", f"/salinan/{row.id}"):
        assert stranger.get(wrong, check=False).status_code == 404, wrong
    with write_transaction():
        ticket = db.session.query(Ticket).one()
        ticket.closed_at = utcnow() - timedelta(days=400)
    assert stranger.get(path, check=False).status_code == 404


def test_i3_addresses_in_copy_are_forgotten_with_the_ticket_on_request_and_unanswered(app):
    ticket, row, _dewi = in_copy()
    take(ticket, "reply", "tono", text="Kabar.")
    with write_transaction():
        assert forget_copies("dewi@feb.example") == 1
    assert db.session.query(CopiedPerson).count() == 0 and mails_to("dewi@feb.example") == []
    assert [e.data for e in db.session.query(Event).filter(Event.step.like("%_copy"))] == [{}, {}]
    take(db.session.query(Ticket).one(), "add_copy", REQUESTER, **DEWI)
    with write_transaction():
        pseudonymise(db.session.query(Ticket).one(), "Orang 1")
    assert db.session.query(CopiedPerson).count() == 0
    assert all("copied" not in e.data for e in db.session.query(Event))


@once
def test_who_never_answered_is_forgotten_after_a_fortnight(app):
    _ticket, row = asked()
    with write_transaction():
        db.session.get(CopiedPerson, row.id).added_at = utcnow() - timedelta(days=15)
    tidy()
    assert db.session.query(CopiedPerson).count() == 0
