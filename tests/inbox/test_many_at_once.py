"""Mails that come together are fetched, stored and settled together, and none of them suffers for another (Z12, Z15)."""

from __future__ import annotations

import threading
from collections import Counter

import pytest
from sqlalchemy import event

from gateways.mailbox import imap
from gateways.mailbox.imap import OpenMailbox
from jobs.tickets import fetch_mail as fetching
from models.base.db import db, write_transaction
from models.tickets.incoming_mail import IncomingMail, MailFate
from models.tickets.mailbox import Mailbox
from models.tickets.ticket import Ticket
from procedures.engine.take_step import StepRefused
from procedures.tickets.inbox import decide, read_stored
from procedures.tickets.inbox.keep_raw import RawMail, keep_all
from tests.inbox.conftest import fetch, mail
from tests.walk import category_id


def letters(how_many: int) -> list[bytes]:
    return [mail(f"Surat {n}", **{"from": f"orang{n}@mhs.example"}) for n in range(how_many)]


@pytest.fixture
def opening_box(box):
    """What comes is opened at once."""
    with write_transaction():
        box.opens_itself, box.category_id = True, category_id()
    return db.session.query(Mailbox).one()


def fates() -> Counter[str]:
    db.session.expire_all()
    return Counter(one.state for one in db.session.query(IncomingMail))


def test_z15_ten_mails_are_begun_in_one_commit_and_settled_in_one(app, opening_box):
    keep_all(opening_box.id, [RawMail(raw) for raw in letters(10)])
    commits = []

    def note(connection):
        commits.append(connection)

    event.listen(db.engine, "commit", note)
    try:
        read_stored.read_stored(threading.Event())
    finally:
        event.remove(db.engine, "commit", note)
    assert (fates(), len(commits)) == ({MailFate.OPENED: 10}, 2)


def test_z15_fifty_mails_are_fetched_with_three_questions(app, fetched_box, dovecot, monkeypatch):
    for raw in letters(50):
        dovecot.deliver(raw, fetched_box.username)
    asked, ask = [], OpenMailbox._ask
    monkeypatch.setattr(OpenMailbox, "_ask", lambda opened, *words: asked.append(words[1]) or ask(opened, *words))
    assert fetching.fetch_some(fetched_box.id)  # a whole batch: there may be more
    assert asked == ["SEARCH", "FETCH", "FETCH"]
    assert db.session.query(IncomingMail).count() == 50


def test_m11_a_mail_too_large_is_fetched_alone_and_its_neighbours_are_whole(app, fetched_box, dovecot, monkeypatch):
    monkeypatch.setattr(imap, "MOST_BYTES", 3_000)
    monkeypatch.setattr(imap, "BYTES_A_GROUP", 3_000)
    monkeypatch.setattr(imap, "BEGINNING", 1_000)
    first, last = letters(2)
    for raw in (first, mail("x\n" * 3_000), last):
        dovecot.deliver(raw, fetched_box.username)
    fetch()
    db.session.expire_all()
    kept = db.session.query(IncomingMail).order_by(IncomingMail.id).all()
    assert [(one.is_whole, one.state) for one in kept] == [
        (True, MailFate.WAITING), (False, MailFate.QUARANTINE), (True, MailFate.WAITING)]  # fmt: skip


def test_z12_what_a_dead_worker_had_begun_is_read_alone(app, opening_box, monkeypatch):
    keep_all(opening_box.id, [RawMail(raw) for raw in letters(3)])
    with write_transaction():
        for one in db.session.query(IncomingMail):
            one.tries = 1
    turns, read = [], read_stored.read_some
    monkeypatch.setattr(read_stored, "read_some", lambda ids: turns.append(len(ids)) or read(ids))
    read_stored.read_stored(threading.Event())
    assert (turns, fates()) == ([1, 1, 1], {MailFate.OPENED: 3})


def test_one_that_is_refused_waits_and_its_neighbours_are_opened(app, opening_box, monkeypatch):
    keep_all(opening_box.id, [RawMail(raw) for raw in letters(4)])
    opened, opens = decide.open_complaint, []

    def open_complaint(mail_id, *more):
        opens.append(mail_id)
        if db.session.get_one(IncomingMail, mail_id).sender == "orang2@mhs.example":
            raise StepRefused("Tidak sekarang.", "needs")
        return opened(mail_id, *more)

    monkeypatch.setattr(decide, "open_complaint", open_complaint)
    read_stored.read_stored(threading.Event())
    assert fates() == {MailFate.OPENED: 3, MailFate.WAITING: 1}
    assert db.session.query(Ticket).count() == 3
    assert db.session.query(IncomingMail).filter_by(state=MailFate.WAITING).one().sender == "orang2@mhs.example"
