"""UU 27/2022: a correction or an objection is asked by who holds the ticket or is there, and answered in 3 × 24 hours."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

import models.base.db
from admin_views.frame.permissions import RIGHTS
from models.base.db import db, utcnow, write_transaction
from models.organisation.audit import AuditEntry
from models.organisation.roles import Role
from models.tickets.mailing.data_request import ANSWERED_WITHIN, DataRequest, kept_time, standing_requests
from models.tickets.outbox import Mail, MailState
from models.tickets.ticket import Ticket
from models.tickets.ticket_keys import code_of
from procedures.accounts.data_requests import DataAnswerForm, RequestRefused, answer
from procedures.accounts.personal_copy import gather
from tests.accounts.stories import account, change_at, person, staff
from tests.browse import Person
from tests.walk import file_complaint, take

WRONG = "Nama saya Andi Saputra, bukan Andi Saputro."


def holder_of(app, ticket: Ticket) -> Person:
    who = Person(app)
    assert who.post(f"/tiket/{ticket.number}/kode", {"code": code_of(ticket)}).status_code == 303
    return who


def ask(app, ticket: Ticket, kind: str = "correction", text: str = WRONG):
    where = f"/tiket/{ticket.number}/data-pribadi"
    return holder_of(app, ticket).post(where, {"kind": kind, "text": text})


def reply(app, row: DataRequest, who: str = "sari", outcome: str = "granted", words: str = "Sudah kami betulkan."):
    return Person(app, who).post(f"/admin/data_request/answer/?id={row.id}", {"outcome": outcome, "answer": words})


def only() -> DataRequest:
    db.session.expire_all()
    return db.session.query(DataRequest).one()


def mails(notice: str) -> list[Mail]:
    return list(db.session.query(Mail).filter_by(notice=notice).order_by(Mail.id))


def test_andi_asks_for_a_correction_on_his_tickets_page_and_reads_the_answer_there_and_by_mail(app, cast):
    ticket = file_complaint()
    assert ask(app, ticket).status_code == 303
    row = only()
    assert (row.email, row.kind, row.due_at - row.asked_at) == (
        ticket.requester_email,
        "correction",
        timedelta(hours=72),
    )
    told = mails("data_requested")
    assert {mail.recipient for mail in told} >= {staff("sari").email, staff("budi").email}
    assert all(WRONG not in str(mail.facts) for mail in told)
    assert ticket.id in standing_requests().waiting
    workbench = Person(app, "sari").get(f"/admin/ticket/details/?id={ticket.id}").text
    assert "Pemohon meminta sesuatu tentang datanya" in workbench
    desk = Person(app, "sari").get(f"/admin/data_request/details/?id={row.id}").text
    assert WRONG in desk and f"/admin/mend/?id={ticket.id}" in desk and "Menunggu jawaban" in desk
    assert reply(app, row).status_code == 303
    (mail,) = mails("data_answered")
    assert (mail.recipient, mail.facts["answer"]) == (ticket.requester_email, "Sudah kami betulkan.")
    page = holder_of(app, ticket).get(f"/tiket/{ticket.number}/data-pribadi").text
    assert "Sudah kami betulkan." in page and "Dikabulkan" in page
    acts = {entry.act: entry.actor_name for entry in db.session.query(AuditEntry) if entry.object_kind == "DataRequest"}
    assert acts == {"data_asked": ticket.requester_name, "data_answered": "Sari"}


def test_who_does_not_hold_the_ticket_asks_nothing_and_loses_no_word(app, cast):
    ticket = file_complaint()
    where = f"/tiket/{ticket.number}/data-pribadi"
    stranger = Person(app)
    assert stranger.get(where, check=False).status_code == 303
    refused = stranger.post(where, {"kind": "objection", "text": "Saya keberatan."})
    assert refused.status_code == 403 and "Saya keberatan." in refused.text
    assert ticket.requester_email not in refused.text and ticket.subject not in refused.text
    assert db.session.query(DataRequest).count() == 0


def test_the_same_request_sent_twice_is_one_and_a_sixth_that_waits_is_refused_with_its_words(app, cast):
    ticket = file_complaint()
    for _time in range(2):
        ask(app, ticket)
    assert db.session.query(DataRequest).count() == 1
    for number in range(4):
        ask(app, ticket, text=f"Yang ke-{number}")
    refused = ask(app, ticket, text="Yang keenam")
    assert (refused.status_code, "masih menunggu jawaban" in refused.text) == (422, True)
    assert "Yang keenam" in refused.text and db.session.query(DataRequest).count() == 5
    empty = ask(app, ticket, text="")
    assert empty.status_code == 422


def test_a_request_is_late_after_three_days_by_the_wall_and_stands_so_in_list_desk_and_report(app, cast, monkeypatch):
    ticket = file_complaint()
    ask(app, ticket)
    row, asked = only(), only().asked_at
    for hours, is_late in ((-1, False), (1, True)):
        moved = asked + ANSWERED_WITHIN + timedelta(hours=hours)
        monkeypatch.setattr(models.base.db, "clock", lambda moved=moved: moved)
        assert (row.is_late, kept_time().late) == (is_late, int(is_late))
        page = Person(app, "sari").get("/admin/data_request/?standing=late").text
        assert (f"details/?id={row.id}" in page, ">terlambat<" in page) == (is_late, is_late)
    assert "1 terlambat" in Person(app, "budi").get("/admin/retention/").text
    answer(row.id, staff("sari"), DataAnswerForm(data={"outcome": "refused", "answer": "Tidak dapat."}))
    assert (kept_time().after_time, kept_time().waiting) == (1, 0)
    assert Person(app, "sari").get("/admin/data_request/?standing=nonsense", check=False).status_code == 400


def test_a_granted_objection_holds_back_every_mail_about_what_was_asked_until_then_and_nothing_new(app, cast):
    ticket = file_complaint()
    take(ticket, "follow_up", "tono", text="")
    ask(app, ticket, kind="objection", text="Jangan kirimi saya email.")
    take(ticket, "reply", "tono", text="Sebelum dijawab.")
    assert mails("replied")[-1].state == MailState.QUEUED
    reply(app, only(), outcome="granted", words="Kami hentikan.")
    take(ticket, "reply", "tono", text="Sesudahnya.")
    held = mails("replied")[-1]
    assert (held.state, held.last_error.partition(":")[0]) == (MailState.HELD, "objected")
    assert mails("data_answered")[-1].state == MailState.QUEUED
    for who in ("tono", "sari"):
        assert "Keberatannya dikabulkan" in Person(app, who).get(f"/admin/ticket/details/?id={ticket.id}").text, who
    Person(app, "rudi").post("/admin/outbox/release/")
    db.session.expire_all()
    assert held.state == MailState.HELD, "letting all go after a restore lets none of these go"
    new = file_complaint(subject="Yang baru")
    take(new, "follow_up", "tono", text="")
    take(new, "reply", "tono", text="Yang baru dijawab.")
    assert (mails("replied")[-1].ticket_id, mails("replied")[-1].state) == (new.id, MailState.QUEUED)


def test_a_refused_objection_holds_nothing_back(app, cast):
    ticket = file_complaint()
    take(ticket, "follow_up", "tono", text="")
    ask(app, ticket, kind="objection", text="Jangan.")
    reply(app, only(), outcome="refused", words="Diwajibkan undang-undang.")
    take(ticket, "reply", "tono", text="Lanjut.")
    assert mails("replied")[-1].state == MailState.QUEUED


def test_it_is_answered_once_and_the_second_answer_is_told_so_and_kept(app, cast):
    ask(app, file_complaint())
    reply(app, only())
    second = reply(app, only(), who="budi", words="Jawaban kedua saya.")
    assert (second.status_code, "sudah dijawab orang lain" in second.text) == (422, True)
    assert "Jawaban kedua saya." in second.text and only().answer == "Sudah kami betulkan."
    with pytest.raises(RequestRefused):
        answer(only().id, staff("budi"), DataAnswerForm(data={"outcome": "granted", "answer": "Lagi."}))
    assert len(mails("data_answered")) == 1


def test_at_the_desk_it_is_taken_down_only_from_the_person_who_is_there(app, cast):
    row = person()
    fields = {"kind": "correction", "text": WRONG, "proof_kind": "national_card", "is_present": "y"}
    where = f"/admin/person/ask/?id={row.id}"
    away = Person(app, "sari").post(where, {k: v for k, v in fields.items() if k != "is_present"})
    assert (away.status_code, WRONG in away.text) == (422, True)
    assert Person(app, "tono").post(where, fields).status_code == 403
    made = Person(app, "sari").post(where, fields)
    assert made.status_code == 303 and made.location.endswith(f"/admin/data_request/details/?id={only().id}")
    assert (only().email, only().asked_by.name) == (row.email, "Sari")
    assert f"/admin/profile/?id=p{row.id}" in Person(app, "budi").get(made.location).text
    assert [Person(app, who).get(made.location, check=False).status_code for who in ("ketua", "tono", "rudi")] == [
        200,
        403,
        403,
    ]
    assert reply(app, only(), who="ketua").status_code == 403


def test_i3_requests_stand_in_the_personal_copy_and_are_erased_with_the_person(app, cast):
    from tests.accounts.test_evidence import erase

    row = person()
    owned = account(row)
    ticket = change_at("telling", owned, row)
    take(ticket, "inform", "sari", told_by="spot")
    with write_transaction():
        db.session.add(DataRequest(kind="correction", person_id=row.id, name=row.name, email=row.email, text=WRONG))
    facts, _files = gather(row)
    assert [one["text"] for one in facts["requests"]] == [WRONG]
    with write_transaction():
        row.status, owned.state = "left", "suspended"
        db.session.execute(update(DataRequest).values(answered_at=utcnow(), outcome="granted", answer="Andi, sudah."))
    assert erase(app, row).status_code == 303
    assert (only().email, only().text, only().answer) == ("", "", "") and "Andi" not in only().name


def test_the_privacy_page_says_how_to_ask_and_until_when_it_is_answered(app):
    page = app.test_client().get("/privasi").text
    assert "3 × 24 jam" in page and "Data pribadi saya" in page


def test_the_ticket_is_named_to_nobody_who_may_not_read_it(app, cast, monkeypatch):
    """Today whoever opens this desk reads every ticket; the page asks the row rule all the same."""
    ticket = file_complaint()
    ask(app, ticket)
    rights = {act: roles | {Role.HEAD_SYSTEMS} for act, roles in RIGHTS["data_request"].items()}
    monkeypatch.setitem(RIGHTS, "data_request", rights)
    where, link = f"/admin/data_request/details/?id={only().id}", f"/admin/mend/?id={ticket.id}"
    assert link in Person(app, "sari").get(where).text
    page = Person(app, "hadi").get(where)
    assert page.status_code == 200 and link not in page.text
