"""Killed with -9 at twelve named points between mail server, inbox and outbox: one of each, and all that is owed is sent.

The first worker dies at the point; the next one finds what it left. (security.md Z2, Z3, Z12, Z13.)
"""

from __future__ import annotations

import signal
import threading
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

import models.base.db
from jobs.tickets.fetch_mail import fetch_mail
from jobs.worker.send_outbox import send_outbox
from models.base.db import db, utcnow, write_transaction
from models.tickets.incoming_mail import IncomingMail, MailFate
from models.tickets.mailbox import Mailbox
from models.tickets.outbox import Mail, MailState
from models.tickets.ticket import Event, Ticket
from tests.inbox.conftest import mail
from tests.mail_server import Controller, Postbox, free_port
from tests.operations.test_crash_and_race import KEYS
from tests.processes import Process
from tests.walk import category_id

pytestmark = pytest.mark.slow

# The point, in the order in which a turn passes them: whose call is the worker's last, and which call of it.
POINTS = {
    "while the second mail is fetched": ("gateways.mailbox.imap.OpenMailbox._bodies", 1),
    "raw in the file store, without a row": ("procedures.tickets.inbox.keep_raw._known", 1),
    "before the raw mails are committed": ("models.base.db.db.session.registry().commit", 1),
    "committed, before the server deletes them": ("gateways.mailbox.imap.OpenMailbox.settle", 1),
    "a reading begun": ("procedures.tickets.inbox.read_stored.read_guarded", 1),
    "read, before anything is written": ("procedures.tickets.inbox.read_stored._settle", 1),
    "while the ticket's history is written": ("procedures.engine.record._write_event", 1),
    "a ticket made, before its commit": ("models.base.db.db.session.registry().commit", 5),
    "an unreadable mail, before it is put aside": ("procedures.tickets.inbox.read_stored._put_aside", 1),
    "a mail claimed, before it is made": ("jobs.worker.send_outbox.render", 1),
    "made, before it is handed over": ("gateways.smtp._hand_over", 1),
    "handed over, before that is written": ("jobs.worker.outbox_rows.sent", 1),
}
PROGRAM = """
import threading
from app import create_app
from tests.processes import die_at
app = create_app({config!r})
with app.app_context():
    from jobs.tickets.fetch_mail import fetch_mail
    from jobs.worker.send_outbox import send_outbox
    die_at({point!r})
    fetch_mail(threading.Event())
    send_outbox()
"""
UNREADABLE = b"From: bom@mhs.example\r\nMessage-ID: <bom@mhs.example>\r\n" + b"".join(
    b"Content-Type: multipart/mixed; boundary=%d\r\n\r\n--%d\r\n" % (at, at) for at in range(1_000)
)


@pytest.fixture
def postbox(app):
    """The server to which our mails go."""
    box = Postbox()
    controller = Controller(box, hostname="127.0.0.1", port=free_port())
    controller.start()
    kept = {key: app.config[key] for key in ("MAIL_AS_FILES", "MAIL_SERVER", "MAIL_PORT")}
    app.config.update(MAIL_AS_FILES="", MAIL_SERVER="127.0.0.1", MAIL_PORT=controller.port)
    yield box
    controller.stop()
    app.config.update(kept)


@pytest.mark.parametrize("point", POINTS)
def test_killed_anywhere_every_mail_becomes_one_ticket_or_lies_in_quarantine_and_what_is_owed_is_sent(
    app, fetched_box, dovecot, postbox, tmp_path, monkeypatch, point
):
    with write_transaction():
        box = db.session.query(Mailbox).one()
        box.opens_itself, box.category_id, box.afterwards = True, category_id(), "delete"
    twice = b"From: a@mhs.example\r\nFrom: b@mhs.example\r\nMessage-ID: <dua@mhs.example>\r\n\r\nSiapa saya?"
    letters = [mail(f"Surat {n}", **{"from": f"orang{n}@mhs.example"}) for n in range(3)]
    for raw in (*letters[:2], UNREADABLE, twice, letters[2]):
        dovecot.deliver(raw, fetched_box.username)

    killed(app, tmp_path, POINTS[point])
    fetch_mail(threading.Event())
    later = utcnow() + timedelta(minutes=6)  # the dead worker's lease has ended
    monkeypatch.setattr(models.base.db, "clock", lambda: later)
    fetch_mail(threading.Event())
    send_outbox()

    db.session.expire_all()
    fates = Counter(one.state for one in db.session.query(IncomingMail))
    assert fates == {MailFate.OPENED: 3, MailFate.QUARANTINE: 2}
    tickets = db.session.query(Ticket).all()
    assert sorted(t.requester_email for t in tickets) == [f"orang{n}@mhs.example" for n in range(3)]
    steps = Counter((e.ticket_id, e.number) for e in db.session.query(Event).filter_by(kind="step"))
    assert steps == Counter((t.id, number) for t in tickets for number in ("C1", "C3", "C4"))
    assert dovecot.mails(fetched_box.username) == []  # deleted there, when all were safe here

    owed = db.session.query(Mail).all()
    assert len(owed) == 9 and {one.state for one in owed} == {MailState.SENT}
    came = Counter(message["Message-ID"] for _to, message in postbox.mails)
    assert set(came) == {one.message_id for one in owed}
    assert sum(came.values()) - len(came) == (point == "handed over, before that is written")


def killed(app, place: Path, point: tuple[str, int]) -> None:
    """A worker's turn in a process of its own, which ends at the point."""
    names = (*KEYS, "MAIL_SERVER", "MAIL_PORT", "MAIL_CA_FILE")
    config = {name: app.config[name] for name in names}
    db.session.remove()
    ended = Process(PROGRAM.format(config=config, point=point), place).end()
    assert ended.returncode == -signal.SIGKILL, ended.fault[-2_000:]
