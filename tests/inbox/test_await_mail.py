"""Where the mail server tells of new mail by itself, it is fetched at once; and the worker still ends when it is asked."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

import pytest

from jobs.tickets.await_mail import await_mail
from models.base import heartbeat
from models.base.db import db, utcnow, write_transaction
from models.base.heartbeat import Sweep
from models.tickets.mailbox import Mailbox
from tests.inbox.conftest import mail


@pytest.fixture
def listening(app, fetched_box):
    """A worker's lane that listens; the next fetch is far off."""
    with write_transaction():
        db.session.add(Sweep(name="fetch_mail", next_run_at=utcnow() + timedelta(hours=1)))
    stop, ended = threading.Event(), threading.Event()

    def work() -> None:
        with app.app_context():
            await_mail(stop, 60)
        ended.set()

    thread = threading.Thread(target=work)
    thread.start()
    time.sleep(1.5)
    yield stop, ended
    stop.set()
    thread.join(10)


def is_fetch_due() -> bool:
    db.session.rollback()
    return db.session.get_one(Sweep, "fetch_mail", populate_existing=True).next_run_at <= utcnow()


def within(seconds: float, question) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if question():
            return True
        time.sleep(0.1)
    return False


@pytest.mark.only("sqlite")  # a server and a clock
def test_a_mail_that_comes_brings_the_fetch_forward(listening, fetched_box, dovecot):
    assert not is_fetch_due()
    dovecot.deliver(mail(), db.session.query(Mailbox).one().username)
    assert within(20, is_fetch_due)


@pytest.mark.only("sqlite")  # as above
def test_a_worker_that_listens_ends_when_it_is_asked(listening):
    stop, ended = listening
    assert not ended.is_set()
    began = time.monotonic()
    stop.set()
    assert ended.wait(5) and time.monotonic() - began < 3.5


@pytest.mark.only("sqlite")  # as above
def test_a_mailbox_that_cannot_be_reached_holds_nobody_up(app, fetched_box):
    with write_transaction():
        db.session.query(Mailbox).one().port = 1
    began = time.monotonic()
    assert await_mail(threading.Event(), 0.1) == 0
    assert time.monotonic() - began < 10


def test_a_fetch_under_way_is_not_brought_forward(app):
    with write_transaction():
        db.session.add(Sweep(name="fetch_mail", next_run_at=utcnow() + timedelta(hours=1), worker="a:1"))
        assert not heartbeat.bring_forward("fetch_mail")
        db.session.get_one(Sweep, "fetch_mail").worker = ""
        assert heartbeat.bring_forward("fetch_mail")
