"""Incoming mails past their time, and those of a person whose data is erased; the public is invited only to what is read."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import models.base.db
from gateways.files.uploads import store
from jobs.operation.tidy import hashes_in_use, tidy
from models.base import setting
from models.base.db import db, utcnow, write_transaction
from models.tickets.incoming_mail import IncomingFile, IncomingMail, MailFate
from models.tickets.mailbox import Mailbox
from models.tickets.ticket import Event
from procedures.tickets.inbox.decide import discard, join
from procedures.tickets.inbox.forget import forget_mails_of, has_waiting_mail
from tests.browse import Person
from tests.inbox.conftest import mail, take_in
from tests.walk import file_complaint


def test_a_decided_mail_is_emptied_after_its_days_and_a_waiting_one_stays(app, box, cast, monkeypatch):
    decided, waiting = take_in(box, mail("Rahasia saya."), mail("Menunggu."))
    discard(decided.id, cast["sari"])
    raw = decided.sha256
    later = utcnow() + timedelta(days=91)
    monkeypatch.setattr(models.base.db, "clock", lambda: later)
    tidy()
    db.session.expire_all()
    assert (decided.text, decided.sender, decided.sha256, decided.state) == ("", "", None, MailFate.DISCARDED)
    assert decided.emptied_at is not None and waiting.text == "Menunggu." and waiting.sha256
    assert raw not in hashes_in_use() and waiting.sha256 in hashes_in_use()
    assert (Path(store().root) / waiting.sha256[:2] / waiting.sha256[2:]).exists()


def test_i3_erasing_a_person_empties_their_mails_once_they_are_decided(app, box, cast):
    ticket = file_complaint()
    (kept,) = take_in(box, mail("Nomor KTP saya 123.", subject=f"Re: {ticket.number}"))
    assert has_waiting_mail("andi@mhs.example")
    join(kept.id, ticket.id, cast["sari"])
    assert not has_waiting_mail("andi@mhs.example")
    with write_transaction():
        forget_mails_of("Andi@mhs.example", [ticket.id])
    db.session.expire_all()
    assert (kept.text, kept.subject, kept.sha256) == ("", "", None)
    assert db.session.query(IncomingFile).count() == 0


def test_the_public_is_invited_to_write_only_where_a_mailbox_is_connected(app):
    stranger = Person(app)
    assert "mailto:" not in stranger.get("/pengaduan").text + stranger.get("/").text
    with write_transaction():
        db.session.add(Mailbox(address="pengaduan@kampus.example", host="imap.kampus.example"))
    assert "mailto:" not in stranger.get("/").text  # set up, and never fetched yet
    told = [
        stranger.get(path).text
        for path in ("/", "/prosedur", "/prosedur/pengaduan", f"/tiket/{file_complaint().number}")
    ]
    assert not [text for text in told if "lewat formulir, email" in text or "Formulir atau email" in text]
    assert "Anda mengisi formulir pengaduan.</p>" in told[2] and "lewat formulir, telepon" in told[0]
    with write_transaction():
        db.session.query(Mailbox).one().fetched_at = utcnow()
    assert "menulis ke alamat pengaduan" in stranger.get("/prosedur/pengaduan").text
    address = setting.get("centre_email")
    assert f"mailto:{address}" in stranger.get("/pengaduan").text and f"mailto:{address}" in stranger.get("/").text


def test_the_workbench_says_that_an_answer_came_by_mail(app, box, cast):
    ticket = file_complaint()
    (kept,) = take_in(box, mail("Masih mati.", subject=f"Re: {ticket.number}"))
    join(kept.id, ticket.id, cast["sari"])
    page = Person(app, "sari").get(f"/admin/ticket/details/?id={ticket.id}").text
    assert "pemohon, lewat email" in page and f"/admin/inbox/?mail={kept.id}" in page
    assert db.session.query(Event).filter_by(step="answer").one().data["incoming_mail"] == kept.id
    assert db.session.query(IncomingMail).one().state == MailFate.JOINED
