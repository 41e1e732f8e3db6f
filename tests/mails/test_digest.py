"""The digest of staff who want one mail a day: no notice lost, none told twice, what is urgent by itself (Z2)."""

from __future__ import annotations

import signal
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

import models.base.db
from jobs.organisation.send_digests import send_digests
from jobs.worker.send_outbox import send_outbox
from mails import digest
from mails.notice_names import NOTICE_NAMES
from mails.recipients import Recipient
from mails.render import render
from models.base.db import db, write_transaction
from models.tickets.mailing.digest_reader import DigestReader
from models.tickets.outbox import Mail, MailState
from tests.browse import Person
from tests.mail_server import Controller, Postbox, free_port
from tests.operations.test_crash_and_race import KEYS
from tests.processes import Process
from tests.walk import file_complaint, take

TONO = "tono@pustikom.example"
MONDAY = datetime(2026, 11, 30, 9, tzinfo=ZoneInfo("Asia/Jakarta"))


@pytest.fixture
def tono(app, cast, monkeypatch):
    """He wants the digest; it is Monday morning."""
    monkeypatch.setattr(models.base.db, "clock", lambda: MONDAY)
    with write_transaction():
        db.session.add(DigestReader(staff_id=cast["tono"].id))
    return cast["tono"]


def at(monkeypatch, moment: datetime) -> None:
    monkeypatch.setattr(models.base.db, "clock", lambda: moment)


def states(address: str) -> Counter[tuple[str, str]]:
    db.session.expire_all()
    return Counter((mail.notice, mail.state) for mail in db.session.query(Mail).filter_by(recipient=address))


def told(address: str) -> list[int]:
    """Every notice that stood in a digest to this address, as often as it stood there."""
    rows = db.session.query(Mail).filter_by(recipient=address, notice="staff_digest")
    return sorted(mail_id for row in rows for mail_id in row.facts["mails"])


def test_every_notice_that_can_wait_is_one_that_there_is(app):
    assert set(NOTICE_NAMES) >= digest.CAN_WAIT


def test_tono_gets_his_notices_together_once_a_day_when_work_begins(tono, monkeypatch):
    first, second = file_complaint(), file_complaint(subject="Printer macet")
    assert states(tono.email) == {("distributed", "collected"): 2}
    assert send_digests() == 1 and send_digests() == 0
    assert states(tono.email) == {("distributed", "told"): 2, ("staff_digest", "queued"): 1}
    made = render(db.session.query(Mail).filter_by(notice="staff_digest").one())
    assert made.subject == "Ringkasan harian: 2 kabar"
    for ticket in (first, second):
        assert f"[{ticket.number}] Pengaduan baru: {ticket.subject}" in made.text
        assert f"/admin/ticket/details/?id={ticket.id}" in made.text
    third = file_complaint(subject="Kabel putus")
    assert send_digests() == 0  # he had one today
    at(monkeypatch, MONDAY + timedelta(hours=22))
    assert send_digests() == 0  # Tuesday, before work begins
    at(monkeypatch, MONDAY + timedelta(hours=24))
    assert send_digests() == 1
    newest = db.session.query(Mail).filter_by(notice="staff_digest").order_by(Mail.id.desc()).first()
    assert third.subject in render(newest).text and first.subject not in render(newest).text
    assert len(told(tono.email)) == len(set(told(tono.email))) == 3


def test_what_is_urgent_and_what_others_get_goes_by_itself(tono, monkeypatch, cast):
    with write_transaction():
        cast["rina"].email = "rina@pustikom.example"
    ticket = file_complaint()
    with write_transaction():
        ticket.priority = digest.URGENT
    take(ticket, "assign", "rina", assignee=tono.id, text="Tolong.")
    assert states(tono.email)[("assigned", "queued")] == 1
    assert not digest.is_collected("overdue", None, Recipient(tono.email, is_staff=True))
    assert not digest.is_collected("distributed", None, Recipient(tono.email))  # he wrote as a requester


def test_whoever_leaves_the_digest_gets_what_was_collected_at_once(tono, app):
    file_complaint()
    page = Person(app, "tono")
    assert "Ringkasan sekali sehari" in page.get("/admin/me/").text
    page.post("/admin/digest", {"digest": "single"})
    assert states(tono.email) == {("distributed", "queued"): 1}
    file_complaint(subject="Printer macet")
    assert states(tono.email) == {("distributed", "queued"): 2}
    page.post("/admin/digest", {"digest": "daily"})
    assert page.post("/admin/digest", {"digest": "x"}).status_code == 400
    file_complaint(subject="Kabel putus")
    assert states(tono.email)[("distributed", "collected")] == 1


PROGRAM = """
from datetime import datetime
from app import create_app
from tests.processes import die_at
import models.base.db
app = create_app({config!r})
moment = datetime.fromisoformat({moment!r})
models.base.db.clock = lambda: moment
with app.app_context():
    from jobs.organisation.send_digests import send_digests
    from jobs.worker.send_outbox import send_outbox
    die_at({point!r})
    send_digests()
    send_outbox()
"""
POINTS = {
    "before the digest is committed": ("models.base.db.db.session.registry().commit", 1),
    "before it is handed over": ("gateways.smtp._hand_over", 1),
    "handed over, before that is written": ("jobs.worker.outbox_rows.sent", 1),
}


@pytest.mark.slow
@pytest.mark.parametrize("point", POINTS)
def test_killed_between_every_notice_is_told_in_one_digest(tono, app, tmp_path, monkeypatch, point):
    address, box = tono.email, Postbox()
    controller = Controller(box, hostname="127.0.0.1", port=free_port())
    controller.start()
    kept = {key: app.config[key] for key in ("MAIL_AS_FILES", "MAIL_SERVER", "MAIL_PORT")}
    app.config.update(MAIL_AS_FILES="", MAIL_SERVER="127.0.0.1", MAIL_PORT=controller.port)
    try:
        file_complaint(), file_complaint(subject="Printer macet")
        with write_transaction():  # the requesters' receipts are not this test's
            db.session.query(Mail).filter(Mail.recipient != address).update({"state": MailState.HELD.value})
        _killed(app, tmp_path, POINTS[point])
        send_digests()
        at(monkeypatch, MONDAY + timedelta(minutes=6))  # the dead worker's lease has ended
        send_outbox()
    finally:
        controller.stop()
        app.config.update(kept)
    assert states(address) == {("distributed", "told"): 2, ("staff_digest", "sent"): 1}
    assert len(told(address)) == len(set(told(address))) == 2
    came = Counter(mail["Message-ID"] for _to, mail in box.mails)
    assert len(came) == 1 and sum(came.values()) == 1 + (point == "handed over, before that is written")


def _killed(app, place: Path, point: tuple[str, int]) -> None:
    config = {name: app.config[name] for name in (*KEYS, "MAIL_SERVER", "MAIL_PORT")}
    db.session.remove()
    ended = Process(PROGRAM.format(config=config, moment=MONDAY.isoformat(), point=point), place).end()
    assert ended.returncode == -signal.SIGKILL, ended.fault[-2_000:]
