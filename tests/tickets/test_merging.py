"""Two complaints about one thing: joined, followed by both people, taken out again; nothing lost, nothing told on."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import quote

import pytest

import models.base.db
from models.base import calendar
from models.base.db import db, utcnow
from models.tickets.merge import Merge
from models.tickets.outbox import Mail
from models.tickets.ticket import Attachment, Event, Ticket
from procedures.engine.take_step import StepRefused
from tests.browse import Person
from tests.walk import REQUESTER, category_id, complaint_at, file_complaint, take

MEGA = {"name": "Mega Putri", "email": "mega@mhs.example", "subject": "Internet perpustakaan mati"}
CLOCK = ("state", "assignee_id", "due_at", "since_at", "pause", "pause_reason", "paused_at", "is_open", "closed_at")


def pair() -> tuple[Ticket, Ticket]:
    """Mega's complaint, taken by Tono, and Andi's, which goes on."""
    target, ticket = complaint_at("in_progress"), file_complaint(**MEGA)
    take(ticket, "follow_up", "tono", text="")
    return ticket, target


def mails_to(address: str, since: int = 0) -> list[tuple[str, int]]:
    found = db.session.query(Mail).filter(Mail.recipient == address, Mail.id > since).order_by(Mail.id)
    return [(mail.notice, mail.ticket_id) for mail in found]


def last_mail() -> int:
    return db.session.query(Mail.id).order_by(Mail.id.desc()).first()[0]


def test_megas_complaint_is_joined_into_andis_and_both_hear_of_the_solution(app):
    ticket, target = pair()
    start = last_mail()
    take(ticket, "merge", "tono", into=target.number, text="Sama-sama lantai 2.")
    assert (ticket.state, ticket.is_open, target.state) == ("merged", False, "in_progress")
    take(target, "reply", "tono", text="Sakelar lantai 2 kami ganti.")
    take(target, "resolve", "tono", cause="Sakelar.", solution="Diganti.")
    told = ["merged", "replied", "resolved"]
    assert mails_to("mega@mhs.example", start) == [(notice, ticket.id) for notice in told]
    told = ["received", "replied", "resolved"]
    assert mails_to("andi@mhs.example", start) == [(notice, target.id) for notice in told]


def test_who_follows_megas_number_sees_andis_progress_and_no_word_of_andi(app):
    ticket, target = pair()
    take(target, "answer", REQUESTER, text="Telepon saya di kamar 12.")
    take(ticket, "merge", "tono", into=target.number)
    take(target, "reply", "tono", text="Sakelar lantai 2 kami ganti.")
    take(target, "note", "tono", text="Andi sudah dua kali datang.")
    take(target, "resolve", "tono", cause="Sakelar.", solution="Sakelar diganti.")
    page = Person(app).get(f"/tiket/{ticket.number}").text
    assert f"Digabung ke tiket {target.number}" in page
    assert ("Sakelar lantai 2 kami ganti." in page, "Sakelar diganti." in page) == (True, True)
    for secret in (
        "kamar 12",
        "dua kali",
        "Andi",
        "andi@",
        target.subject,
        target.description,
        "Mega",
        "menggabungkan",
    ):
        assert secret not in page, secret
    other = Person(app).get(f"/tiket/{target.number}").text
    assert (ticket.number in other, "Mega" in other) == (False, False)


def test_the_workbench_shows_both_histories_marked_with_their_number_and_opens_both_files(app, cast):
    ticket, target = pair()
    take(ticket, "answer", REQUESTER, text="Kata Mega.")
    with db.session.begin_nested():
        event = db.session.query(Event).filter_by(ticket_id=ticket.id, kind="answer").one()
        db.session.add(Attachment(ticket_id=ticket.id, event_id=event.id, sha256="0" * 64, name="layar.txt", size=1, content_type="text/plain"))  # fmt: skip
    db.session.commit()
    take(ticket, "merge", "tono", into=target.number)
    page = Person(app, "tono").get(f"/admin/ticket/details/?id={target.id}").text
    assert ("Kata Mega." in page, "layar.txt" in page, page.count(ticket.number) > 1) == (True, True, True)
    file_id = db.session.query(Attachment).one().id
    assert (
        Person(app, "tono").client.get(f"/admin/ticket/file/{file_id}").status_code == 303
    )  # known, its bytes are not
    assert Person(app, "lina").client.get(f"/admin/ticket/file/{file_id}").status_code == 404


@pytest.mark.parametrize("pause", [None, "ask_requester", "hold"])
def test_taking_out_restores_desk_person_clock_and_pause_exactly_and_keeps_what_came_since(app, monkeypatch, pause):
    ticket, target = pair()
    if pause:
        take(ticket, pause, "tono", text="Sejak kapan?", reason="Menunggu kunci.")
    before = {name: getattr(ticket, name) for name in CLOCK}
    take(ticket, "merge", "tono", into=target.number)
    later = utcnow() + timedelta(days=3)
    monkeypatch.setattr(models.base.db, "clock", lambda: later)
    take(ticket, "answer", REQUESTER, text="Ternyata di lantai 3.")
    take(ticket, "unmerge", "rina", reason="Lantai lain.")
    assert {name: getattr(ticket, name) for name in CLOCK} == before
    words = [e.text for e in db.session.query(Event).filter_by(ticket_id=ticket.id, kind="answer")]
    assert (words, db.session.query(Merge).one().undone_at) == (["Ternyata di lantai 3."], later)
    assert mails_to("mega@mhs.example")[-1] == ("unmerged", ticket.id)
    start = last_mail()
    take(target, "reply", "tono", text="Beres.")
    assert mails_to("mega@mhs.example", start) == []


def test_an_answer_on_a_joined_ticket_reaches_whoever_has_the_other(app, cast):
    ticket, target = pair()
    take(target, "take", "rina")
    take(ticket, "merge", "tono", into=target.number)
    start = last_mail()
    take(ticket, "answer", REQUESTER, text="Masih mati.")
    assert mails_to("rina@pustikom.example", start) == [("answered", ticket.id)]
    assert mails_to("tono@pustikom.example", start) == []


def refused(ticket: Ticket, into: str, by: str = "tono") -> str:
    with pytest.raises(StepRefused) as found:
        take(ticket, "merge", by, into=into)
    assert db.session.query(Merge).filter_by(ticket_id=ticket.id, undone_at=None).count() == 0
    return found.value.sentence


def test_chains_and_cycles_are_refused(app):
    ticket, target = pair()
    third = file_complaint(subject="Lagi")
    take(ticket, "merge", "tono", into=target.number)
    assert refused(third, ticket.number).endswith("sudah berakhir. Buka kembali dulu, atau pilih tiket lain.")
    assert refused(target, third.number).startswith("Tiket lain sudah digabungkan ke tiket ini.")
    assert refused(third, third.number) == "Tiket tidak dapat digabungkan ke dirinya sendiri."


def test_a_ticket_is_not_joined_into_one_that_has_ended(app):
    ended, ticket = complaint_at("closed"), file_complaint(**MEGA)
    assert "sudah berakhir" in refused(ticket, ended.number)


def test_d2_a_ticket_that_one_does_not_see_is_as_unknown_as_one_that_is_none(app):
    ticket = file_complaint()
    hidden = file_complaint(category=category_id("Portal dan aplikasi")).number
    sentence = "Tidak ada tiket dengan nomor ini. Cocokkan dengan daftar tiket."
    assert [refused(ticket, into) for into in (hidden, "PTK-00000-00000-0", "'; DROP TABLE ticket")] == [sentence] * 3


def test_the_comparison_asks_first_and_the_page_of_others_is_shut(app):
    ticket, target = pair()
    tono, path = Person(app, "tono"), f"/admin/merge/?id={ticket.id}"
    assert target.number in tono.get(path).text  # suggested: the same kind of problem
    page = tono.get(f"{path}&into={target.number.lower()}").text
    assert ("Bandingkan keduanya" in page, "Mega Putri" in page, "Andi Saputra" in page) == (True, True, True)
    assert tono.get(f"{path}&into=xyz").status_code == 422
    assert (ticket.state, Person(app, "lina").client.get(path).status_code) == ("in_progress", 404)
    fields = {"into": target.number, "version": ticket.version, "once": "a"}
    assert tono.post(f"/admin/ticket/{ticket.id}/do/merge", fields).status_code == 303
    assert "Digabung ke" in tono.get(f"/admin/ticket/details/?id={ticket.id}").text


def test_two_letters_are_joined_only_for_the_same_unit_or_address(app):
    from tests.installation.installation_walk import installation_at

    first, second = installation_at("disposition"), installation_at("disposition")
    db.session.execute(db.update(Ticket).where(Ticket.id == first.id).values(unit_id=None, requester_email="x@y.example"))  # fmt: skip
    db.session.commit()
    assert refused(first, second.number, "sari").startswith("Permohonan digabungkan hanya bila unit atau email")
    db.session.execute(db.update(Ticket).where(Ticket.id == first.id).values(unit_id=second.unit_id))
    db.session.commit()
    db.session.expire_all()
    take(first, "merge", "sari", into=second.number)
    assert first.state == "merged"


def test_a_complaint_is_not_joined_into_a_request(app):
    from tests.installation.installation_walk import installation_at

    request = installation_at("disposition")
    assert refused(file_complaint(), request.number, "budi").startswith("Hanya tiket prosedur yang sama")


def test_an_answer_on_a_joined_ticket_starts_the_clock_that_waited_for_it(app, monkeypatch):
    ticket, target = pair()
    take(ticket, "merge", "tono", into=target.number)
    take(target, "ask_requester", "tono", text="Lampu sakelarnya menyala?")
    left = calendar.hours_between(target.paused_at, target.due_at)
    later = utcnow() + timedelta(days=3)
    monkeypatch.setattr(models.base.db, "clock", lambda: later)
    start = last_mail()
    take(ticket, "answer", REQUESTER, text="Mati semua.")
    assert (target.pause, target.paused_at, ticket.state) == (None, None, "merged")
    assert target.due_at == calendar.due_at(later, left)
    heard = db.session.query(Event).filter_by(ticket_id=target.id, step="hear_answer").one()
    assert (heard.text, heard.is_public) == (f"Mega Putri menjawab lewat {ticket.number}; waktu berjalan lagi.", False)
    assert mails_to("tono@pustikom.example", start) == [("answered", ticket.id)]


@pytest.mark.parametrize("state", ["held", "running", "ended", "taken out"])
def test_an_answer_on_a_joined_ticket_moves_no_clock_that_does_not_wait_for_it(app, state):
    ticket, target = pair()
    take(ticket, "merge", "tono", into=target.number)
    if state == "held":
        take(target, "hold", "tono", reason="Menunggu suku cadang.")
    elif state == "ended":
        take(target, "resolve", "tono", cause="Sakelar.", solution="Diganti.")
    elif state == "taken out":
        take(ticket, "unmerge", "tono", reason="Lantai lain.")
        take(target, "ask_requester", "tono", text="Sejak kapan?")
    before = {name: getattr(target, name) for name in CLOCK}
    take(ticket, "answer", REQUESTER, text="Masih mati.")
    assert {name: getattr(target, name) for name in CLOCK} == before
    assert db.session.query(Event).filter_by(step="hear_answer").count() == 0


def test_pasted_link_of_any_length_names_the_ticket_to_join(app):
    ticket, target = file_complaint(), file_complaint()
    pasted = f"https://bantuan.kampus-dengan-nama-yang-panjang.ac.id/layanan/tiket/{target.number}?dari=whatsapp"
    page = Person(app, "tono").get(f"/admin/merge/?id={ticket.id}&into={quote(pasted)}")
    assert (page.status_code, page.text.count(target.number) > 1) == (200, True)


def test_who_is_refused_after_the_comparison_is_led_back_to_it_and_told_of_no_form_below(app):
    ticket, target = pair()
    tono, address = Person(app, "tono"), f"/admin/ticket/{ticket.id}/do/merge"
    take(target, "cancel", "tono", reason="Salah catat.")
    refused = tono.post(address, {"into": target.number, "version": ticket.version, "once": "a"})
    assert (refused.status_code, "sudah berakhir" in refused.text) == (409, True)
    assert "Isian Anda masih ada di bawah" not in refused.text
    assert f'href="/admin/merge/?id={ticket.id}">Buka lagi halaman langkah ini<' in refused.text
    assert f"readonly>{target.number}<" in refused.text


def test_who_typed_nothing_is_not_told_of_words_below(app, cast):
    ticket, tono = complaint_at("in_progress"), Person(app, "tono")
    path, version = f"/admin/ticket/{ticket.id}/do/assign", ticket.version
    take(ticket, "assign", "rina", assignee=str(cast["lina"].id))
    fields = {"assignee": cast["rina"].id, "version": version}
    chosen = tono.post(path, {**fields, "text": "", "once": "a"})
    typed = tono.post(path, {**fields, "text": "Tolong dilanjutkan.", "once": "b"})
    words = "Isian Anda masih ada di bawah"
    assert (chosen.status_code, words in chosen.text, words in typed.text) == (409, False, True)
