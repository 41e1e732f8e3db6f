"""Lookup and status page: what the number opens, what only code or link opens, and how guessing ends."""

from __future__ import annotations

import pytest
from sqlalchemy import event as sql_event

from models.base import setting
from models.base.db import db, write_transaction
from models.tickets.outbox import Mail
from models.tickets.ticket import Attachment, Event, Ticket
from models.tickets.ticket_keys import code_of, link_of
from models.tickets.ticket_number import new_number
from tests.databases import both, once
from tests.pages import check, page
from tests.public.visitor import file, hidden, later, send
from tests.walk import complaint_at, file_complaint, take

pytestmark = once


def opened(app, ticket):
    """A browser in which the holder opened the ticket by its link."""
    client = app.test_client()
    client.get(link_of(ticket).removeprefix(app.config["BASE_URL"]))
    return client


def test_lookup_forgives_case_spaces_and_letters_that_look_alike(app):
    number = complaint_at("with_group").number
    bare = number.replace("-", "").removeprefix("PTK").lower().replace("0", "o").replace("1", "l")
    for typed in (number, number.lower(), f"  {bare[:5]} {bare[5:]} "):
        assert app.test_client().get("/tiket", query_string={"number": typed}).location == f"/tiket/{number}"


def test_a_wrong_check_character_is_told_as_a_slip_and_costs_nothing(app):
    number = new_number()
    wrong = number[:-1] + ("A" if number[-1] != "A" else "B")
    client, statements = app.test_client(), []
    with watched(statements):
        answer = client.get(f"/tiket?number={wrong}")
        check(answer.text)
    assert answer.status_code == 422
    assert "salah ketik" in answer.text
    assert [s for s in statements if "FROM ticket" in s or "rate" in s] == []


def test_p1_unknown_numbers_read_alike_and_end_in_429_while_known_ones_are_served(app):
    known, client = complaint_at("with_group").number, app.test_client()
    first, second = new_number(), new_number()
    pages = [page(client, f"/tiket/{n}", 404).replace(n, "N") for n in (first, second)]
    assert pages[0] == pages[1]
    for _n in range(8):
        client.get(f"/tiket/{new_number()}")
    blocked = client.get(f"/tiket/{new_number()}")
    check(blocked.text)
    assert (blocked.status_code, 0 < int(blocked.headers["Retry-After"]) <= 3600) == (429, True)
    assert client.get(f"/tiket/{known}").status_code == 200
    assert client.get("/tiket/bukan-nomor").status_code == 404
    other = client.get(f"/tiket/{new_number()}", environ_overrides={"REMOTE_ADDR": "10.9.9.9"})
    assert other.status_code == 404


def test_p2_the_number_alone_shows_steps_and_replies_and_nothing_of_the_requester(app):
    ticket = complaint_at("in_progress")
    take(ticket, "reply", "tono", text="Titik akses sedang kami ganti.")
    take(ticket, "note", "tono", text="Rahasia dapur.")
    html = page(app.test_client(), f"/tiket/{ticket.number}")
    for shown in ("Titik akses sedang kami ganti.", "Dikerjakan", "C5", "Jaringan", 'aria-current="step"'):
        assert shown in html
    for secret in (ticket.subject, ticket.description, "Andi", "mhs.example", "0812", "Rahasia dapur", "Tono"):
        assert secret not in html


def test_the_status_page_takes_at_most_four_statements_and_15_kb(app):
    ticket = complaint_at("resolved")
    number, client, statements = ticket.number, app.test_client(), []
    db.session.remove()
    app.extensions.pop("settings_cache", None)
    with watched(statements):
        size = len(client.get(f"/tiket/{number}").data)
    assert len(statements) <= 4, statements
    assert size <= 15_000


@both
def test_the_link_opens_the_rest_and_is_void_after_a_new_generation(app):
    ticket = complaint_at("in_progress")
    client = opened(app, ticket)
    html = page(client, f"/tiket/{ticket.number}")
    for shown in (ticket.subject, ticket.description, "Andi Saputra", "Tulis jawaban"):
        assert shown in html
    with write_transaction():
        db.session.get(Ticket, ticket.id).link_generation += 1
    assert ticket.description not in page(client, f"/tiket/{ticket.number}")


def test_a_wrong_link_is_404(app):
    ticket = complaint_at("in_progress")
    path = link_of(ticket).removeprefix(app.config["BASE_URL"])
    wrong = path[:-1] + ("A" if path[-1] != "A" else "B")
    assert app.test_client().get(wrong).status_code == 404


def try_code(client, ticket, code):
    path = f"/tiket/{ticket.number}/kode"
    html = client.get(f"/tiket/{ticket.number}").text
    return send(client, path, html, code=code)


def test_the_access_code_opens_the_ticket_however_it_is_typed(app):
    ticket = complaint_at("in_progress")
    client = app.test_client()
    assert try_code(client, ticket, code_of(ticket).lower().replace("-", " ")).status_code == 303
    assert ticket.subject in page(client, f"/tiket/{ticket.number}")


def test_s14_a_strangers_wrong_codes_shut_their_own_network_out_and_not_the_holder(app):
    ticket = complaint_at("in_progress")
    stranger, holder = app.test_client(), app.test_client()
    stranger.environ_base["REMOTE_ADDR"] = "203.0.113.9"
    for _n in range(6):
        try_code(stranger, ticket, "0000-0000")
    assert try_code(stranger, ticket, code_of(ticket)).status_code == 403
    assert try_code(holder, ticket, code_of(ticket)).status_code == 303


def test_five_wrong_codes_lock_for_an_hour_while_the_link_goes_on(app, monkeypatch):
    ticket = complaint_at("in_progress")
    client = app.test_client()
    wrong = [try_code(client, ticket, "0000-0000") for _n in range(5)]
    locked = try_code(client, ticket, code_of(ticket))
    assert {r.status_code for r in wrong} | {locked.status_code} == {403}
    token = hidden(locked.text, f"/tiket/{ticket.number}/kode")["csrf_token"]
    assert locked.text == wrong[0].text.replace(
        hidden(wrong[0].text, f"/tiket/{ticket.number}/kode")["csrf_token"], token
    )
    assert ticket.subject in page(opened(app, ticket), f"/tiket/{ticket.number}")
    later(monkeypatch, minutes=59)
    assert try_code(client, ticket, code_of(ticket)).status_code == 403
    later(monkeypatch, minutes=2)
    assert try_code(client, ticket, code_of(ticket)).status_code == 303


@both
def test_a_ticket_without_live_code_reads_like_a_wrong_code(app):
    live, dead = complaint_at("in_progress"), complaint_at("in_progress")
    with write_transaction():
        db.session.get(Ticket, dead.id).link_key_id = "gone"
    answers = [try_code(app.test_client(), t, "0000-0000") for t in (live, dead)]
    assert [a.status_code for a in answers] == [403, 403]
    assert "Kode ini tidak dapat dipakai sekarang" in answers[1].text


@both
def test_andi_answers_with_a_file_confirms_and_rates(app):
    ticket = complaint_at("in_progress")
    client, here = opened(app, ticket), f"/tiket/{ticket.number}"
    html = page(client, here)
    sent = send(client, f"{here}/langkah/answer", html, text="Masih terputus.", attachments=file("log.txt"))
    assert (sent.status_code, sent.location) == (303, here)
    again = send(client, f"{here}/langkah/answer", html, text="Masih terputus.")
    assert again.status_code == 303
    assert [e.text for e in db.session.query(Event).filter_by(kind="answer")] == ["Masih terputus."]
    assert "Masih terputus." in page(client, here)
    take(ticket, "resolve", "tono", cause="Kabel.", solution="Kabel diganti.")
    html = page(client, here)
    assert "Kabel diganti." in html
    assert send(client, f"{here}/langkah/confirm", html).status_code == 303
    bad = send(client, f"{here}/langkah/rate", page(client, here), text="Cepat.")
    assert bad.status_code == 422
    assert "Cepat." in bad.text
    assert send(client, f"{here}/langkah/rate", bad.text, rating="5", text="Cepat.").status_code == 303
    row = db.session.get(Ticket, ticket.id, populate_existing=True)
    assert (row.state, row.rating, row.rating_comment) == ("closed", 5, "Cepat.")


def test_andi_reopens_within_14_days_and_not_after(app, monkeypatch):
    ticket = complaint_at("resolved")
    client, here = opened(app, ticket), f"/tiket/{ticket.number}"
    html = page(client, here)
    later(monkeypatch, days=15)
    late = send(client, f"{here}/langkah/reopen", html, reason="Masih rusak.")
    assert late.status_code == 409
    assert "Sudah lewat 14 hari" in late.text
    assert "Masih rusak." not in page(app.test_client(), here)
    monkeypatch.undo()
    assert send(client, f"{here}/langkah/reopen", html, reason="Masih rusak.").status_code == 303
    assert db.session.get(Ticket, ticket.id, populate_existing=True).state == "in_progress"


@both
def test_without_the_grant_nothing_is_done_and_the_words_come_back_after_the_code(app):
    ticket = complaint_at("in_progress")
    client, here = app.test_client(), f"/tiket/{ticket.number}"
    token = hidden(page(client, here), f"{here}/kode")["csrf_token"]
    refused = client.post(f"{here}/langkah/answer", data={"csrf_token": token, "text": "Kata yang panjang."})
    check(refused.text)
    assert refused.status_code == 403
    assert db.session.query(Event).filter_by(kind="answer").count() == 0
    back = send(client, f"{here}/kode", refused.text, code=code_of(ticket))
    assert back.status_code == 200
    assert "Kata yang panjang." in back.text


@pytest.mark.parametrize("step", ["resolve", "note", "close_silent", "file_complaint", "nothing"])
def test_the_holder_cannot_take_steps_of_the_staff(app, step):
    ticket = complaint_at("in_progress")
    client, here = opened(app, ticket), f"/tiket/{ticket.number}"
    token = hidden(page(client, here), f"{here}/langkah/answer")["csrf_token"]
    assert client.post(f"{here}/langkah/{step}", data={"csrf_token": token}).status_code == 404


@both
def test_p3_files_are_served_to_their_holder_alone_and_never_internal_ones(app):
    ticket, other = complaint_at("in_progress"), file_complaint()
    client, here = opened(app, ticket), f"/tiket/{ticket.number}"
    name = "<svg onload=x>.txt"
    sent = send(client, f"{here}/langkah/answer", page(client, here), text="Ini.", attachments=file(name))
    assert sent.status_code == 303, sent.text
    public = db.session.query(Attachment).one()
    answer = client.get(f"{here}/berkas/{public.id}")
    assert answer.headers["Cache-Control"] == "no-store"  # kept by no browser and no proxy
    assert answer.headers["Cross-Origin-Embedder-Policy"] == "require-corp"
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert page(client, here).count("<svg onload") == 0
    strangers = [
        app.test_client().get(f"{here}/berkas/{public.id}"),
        opened(app, other).get(f"{here}/berkas/{public.id}"),
        opened(app, other).get(f"/tiket/{other.number}/berkas/{public.id}"),
        client.get(f"{here}/berkas/{public.id + 1}"),
        client.get(f"{here}/berkas/{10**12}"),
    ]
    assert {a.status_code for a in strangers} == {404}
    with write_transaction():
        db.session.get(Attachment, public.id).is_public = False
    assert client.get(f"{here}/berkas/{public.id}").status_code == 404


@both
def test_lost_numbers_are_mailed_and_the_answer_tells_nothing(app):
    ticket = complaint_at("in_progress")
    answers = []
    for address in ("andi@mhs.example", "tidakada@mhs.example", "andi@mhs.example"):
        client = app.test_client()
        html = page(client, "/tiket/kirim-ulang")
        answers.append(send(client, "/tiket/kirim-ulang", html, email=address))
    assert {(a.status_code, a.location) for a in answers} == {(303, "/tiket/terkirim-ulang")}
    (mail,) = db.session.query(Mail).filter_by(notice="numbers_sent_again")
    assert (mail.recipient, mail.facts["tickets"]) == ("andi@mhs.example", [ticket.id])


def test_a_ticket_in_every_state_has_a_well_formed_page_for_all_and_for_its_holder(app):
    for state in ("with_group", "in_progress", "resolved", "closed", "cancelled", "refused"):
        ticket = complaint_at(state)
        page(app.test_client(), f"/tiket/{ticket.number}")
        page(opened(app, ticket), f"/tiket/{ticket.number}")
    assert int(setting.get("close_after_days")) == 14


class watched:
    """Collects the SQL of what runs inside."""

    def __init__(self, statements: list[str]) -> None:
        self.statements = statements

    def _note(self, _connection, _cursor, statement, *_more) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            self.statements.append(statement)

    def __enter__(self) -> None:
        sql_event.listen(db.engine, "before_cursor_execute", self._note)

    def __exit__(self, *_error: object) -> None:
        sql_event.remove(db.engine, "before_cursor_execute", self._note)


def test_p2_code_link_and_grant_end_ninety_days_after_closing_and_say_how_to_go_on(app, monkeypatch):
    ticket = complaint_at("closed")
    number, subject, code = ticket.number, ticket.subject, code_of(ticket)
    before, link = opened(app, ticket), link_of(ticket).removeprefix(app.config["BASE_URL"])
    later(monkeypatch, days=89)
    assert subject in page(before, f"/tiket/{number}")
    fresh = app.test_client()
    form = page(fresh, f"/tiket/{number}")
    later(monkeypatch, days=2)
    assert fresh.get(link).headers["Location"] == f"/tiket/{number}"
    for client in (before, fresh):
        html = page(client, f"/tiket/{number}")
        assert subject not in html and "sudah berakhir, 90 hari" in html and 'name="code"' not in html
    assert before.get(f"/tiket/{number}/bukti").status_code == 303
    refused = send(fresh, f"/tiket/{number}/kode", form, code=code)
    assert (refused.status_code, subject in refused.text) == (403, False)


def test_andi_forgets_his_ticket_on_a_shared_computer_and_opens_it_again_with_the_code(app):
    ticket = complaint_at("in_progress")
    client = opened(app, ticket)
    html = page(client, f"/tiket/{ticket.number}")
    assert ticket.subject in html
    send(client, f"/tiket/{ticket.number}/lupakan", html)
    after = page(client, f"/tiket/{ticket.number}")
    assert (ticket.subject in after, "dilupakan pada perangkat ini" in after) == (False, True)
    try_code(client, ticket, code_of(ticket))
    assert ticket.subject in page(client, f"/tiket/{ticket.number}")
