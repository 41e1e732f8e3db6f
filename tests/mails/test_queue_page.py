"""The queue of mails as staff handle it: hold, let go, try now; what is told when mails do not arrive; muting (M6)."""

from __future__ import annotations

from datetime import timedelta

import pytest

import models.base.db
from jobs.operation.watch_house import watch_house
from jobs.worker import outbox_rows
from models.base.db import db, utcnow, write_transaction
from models.organisation.audit import AuditEntry
from models.tickets.mailbox import Mailbox
from models.tickets.outbox import Mail, MailState
from procedures.operation.watched import WATCHED
from tests.browse import Person
from tests.walk import complaint_at, file_complaint, take


def to_andi() -> Mail:
    db.session.expire_all()
    return db.session.query(Mail).filter_by(notice="complaint_received").one()


def test_a_mails_words_are_read_by_whoever_sees_its_ticket(app):
    """The administrator keeps the queue and sees no ticket; the head of the centre sees all."""
    file_complaint()
    mail = to_andi()
    with write_transaction():
        mail.subject, mail.body = "Pengaduan Anda", "Kata yang hanya untuk pemohon."
    page = f"/admin/outbox/details/?id={mail.id}"
    assert "Kata yang hanya untuk pemohon." in Person(app, "budi").get(page).text
    assert "Kata yang hanya untuk pemohon." not in Person(app, "rudi").get(page).text


def test_rudi_holds_a_mail_and_lets_it_go(app):
    file_complaint()
    rudi, mail_id = Person(app, "rudi"), to_andi().id
    assert "Tahan" in rudi.get(f"/admin/outbox/details/?id={mail_id}").text
    rudi.post(f"/admin/outbox/hold/?id={mail_id}", {})
    assert to_andi().state == MailState.HELD
    with write_transaction():
        assert mail_id not in [outbox_rows.claim() for _n in range(4)]
    page = rudi.get(f"/admin/outbox/details/?id={mail_id}").text
    assert "Ditahan" in page and "Lepaskan" in page
    rudi.post(f"/admin/outbox/release_one/?id={mail_id}", {})
    assert to_andi().state == MailState.QUEUED
    assert {e.act for e in db.session.query(AuditEntry).filter_by(object_kind="Mail")} == {"hold", "release"}


def test_a_mail_that_the_worker_has_in_hand_cannot_be_held(app):
    file_complaint()
    with write_transaction():
        to_andi().state = MailState.CLAIMED.value
    Person(app, "rudi").post(f"/admin/outbox/hold/?id={to_andi().id}", {})
    assert to_andi().state == MailState.CLAIMED
    assert db.session.query(AuditEntry).filter_by(act="hold").count() == 0


def test_what_waits_for_its_next_try_goes_now_when_pak_budi_presses(app):
    file_complaint()
    with write_transaction():
        outbox_rows.postpone(to_andi().id, "451 busy, try later")
    budi = Person(app, "budi")
    page = budi.get("/admin/outbox/?state=queued").text
    assert "451 busy, try later" in page and "Percobaan berikut" in page
    budi.post(f"/admin/outbox/resend/?id={to_andi().id}", {})
    assert (to_andi().attempts, to_andi().last_error, to_andi().not_before <= utcnow()) == (0, "", True)


def test_the_page_above_the_queue_says_how_sending_stands(app):
    file_complaint()
    with write_transaction():
        outbox_rows.bury(to_andi().id, "550 unknown user")
    page = " ".join(Person(app, "rudi").get("/admin/outbox/").text.split())
    assert '<a href="/admin/outbox/?state=dead"><b>1</b>Gagal, sehari ini</a>' in page


def test_whoever_has_the_ticket_is_told_of_a_mail_that_was_given_up_with_the_number_to_call(app):
    complaint_at("in_progress")
    with write_transaction():
        outbox_rows.bury(to_andi().id, "550 unknown user")
    told = db.session.query(Mail).filter_by(notice="mail_dead").all()
    assert [mail.recipient for mail in told] == ["tono@pustikom.example"]
    assert (told[0].facts["why"], told[0].facts["phone"]) == ("550 unknown user", "0812-1111-2222")
    with write_transaction():
        outbox_rows.bury(told[0].id, "550 unknown user")
    assert db.session.query(Mail).filter_by(notice="mail_dead").count() == 1  # no mail about a mail to staff


def test_every_page_says_that_nothing_was_sent_for_a_quarter_of_an_hour_while_something_waits(app, monkeypatch):
    file_complaint()
    tono = Person(app, "tono")
    assert "Email tidak keluar" not in tono.get("/admin/me/").text
    later = utcnow() + timedelta(minutes=16)
    monkeypatch.setattr(models.base.db, "clock", lambda: later)
    watch_house()
    assert "Email tidak keluar" not in tono.get("/admin/me/").text  # a worker that has just begun is looked at again
    watch_house()
    assert "Email tidak keluar" in tono.get("/admin/me/").text
    with write_transaction():
        to_andi().state, to_andi().sent_at = MailState.SENT.value, utcnow()
    watch_house()
    assert "Email tidak keluar" not in tono.get("/admin/me/").text


def test_the_operator_is_told_on_every_page_that_no_mail_was_fetched(app, monkeypatch):
    with write_transaction():
        db.session.add(Mailbox(address="pengaduan@kampus.example", host="imap.kampus.example", connected_at=utcnow()))
    later = utcnow() + timedelta(minutes=16)
    monkeypatch.setattr(models.base.db, "clock", lambda: later)
    assert not WATCHED["mailboxes"]()[0]
    watch_house()
    watch_house()
    assert "Surat masuk tidak terambil" in Person(app, "sari").get("/admin/me/").text
    assert "Surat masuk tidak terambil" not in Person(app, "lina").get("/admin/me/").text


@pytest.mark.only("sqlite")  # counting is the same
def test_m6_one_address_gets_five_automatic_mails_an_hour_then_they_are_held_and_staff_are_told(app, monkeypatch):
    from mails.mute import automatic
    from mails.queue import queue
    from mails.recipients import Recipient

    to = Recipient("robot@luar.example", audience="requester")
    morning = utcnow().replace(hour=2)  # a day is counted from midnight
    monkeypatch.setattr(models.base.db, "clock", lambda: morning)

    def tell(times: int) -> list[str]:
        with write_transaction(), automatic(True):
            for _n in range(times):
                queue("closed", None, to, {})
        return [m.state for m in db.session.query(Mail).filter_by(recipient=to.email).order_by(Mail.id)]

    assert tell(7) == [MailState.QUEUED] * 5 + [MailState.HELD] * 2
    told = db.session.query(Mail).filter_by(notice="address_muted").all()
    assert {mail.recipient for mail in told} >= {"sari@pustikom.example", "rudi@pustikom.example"}
    assert len(told) == len({mail.recipient for mail in told})
    for _hours in (1, 2, 3, 4):
        later = utcnow() + timedelta(hours=1)
        monkeypatch.setattr(models.base.db, "clock", lambda at=later: at)
        tell(5)
    assert sum(state == MailState.QUEUED for state in tell(0)) == 20 - 2  # what was held counts too


def test_m6_what_a_person_of_the_staff_has_pressed_for_is_never_held(app):
    ticket = complaint_at("in_progress")
    for turn in range(8):
        take(ticket, "reply", "tono", text=f"Kabar {turn}.")
    replies = db.session.query(Mail).filter_by(notice="replied")
    assert {mail.state for mail in replies} == {MailState.QUEUED} and replies.count() == 8
