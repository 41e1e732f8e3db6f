"""Mails out: a real SMTP server receives them; every way in which sending goes wrong (Z2–Z8, Z10, M4)."""

from __future__ import annotations

import socket
import ssl
from datetime import timedelta
from pathlib import Path
from threading import Event as Signal

import pytest
import trustme

import models.base.db
from jobs.worker import outbox_rows
from jobs.worker.send_outbox import send_outbox
from models.base.db import db, utcnow, write_transaction
from models.tickets.outbox import Mail, MailState
from models.tickets.ticket import Event
from models.tickets.ticket_keys import code_of, link_of
from tests.mail_server import Controller, Postbox, free_port, smtp
from tests.processes import Process
from tests.walk import REQUESTER, complaint_at, file_complaint, take


@pytest.fixture
def postbox(app):
    box = Postbox()
    controller = Controller(box, hostname="127.0.0.1", port=free_port())
    controller.start()
    app.config.update(MAIL_AS_FILES="", MAIL_SERVER="127.0.0.1", MAIL_PORT=controller.port, MAIL_TIMEOUT=5)
    yield box
    controller.stop()
    app.config.update(
        MAIL_AS_FILES=str(Path(app.config["INSTANCE_PATH"]) / "mail"),
        MAIL_USE_TLS=False,
        MAIL_USERNAME=None,
        MAIL_CA_FILE=None,
    )


def after(monkeypatch, **span):
    later = utcnow() + timedelta(**span)
    monkeypatch.setattr(models.base.db, "clock", lambda: later)


def states() -> dict[str, int]:
    db.session.expire_all()
    found = [m.state for m in db.session.query(Mail)]
    return {state: found.count(state) for state in set(found)}


def test_the_storys_mails_arrive_part_by_part(app, postbox):
    ticket = complaint_at("in_progress")
    take(ticket, "reply", "tono", text="Titik akses lantai 2 sedang kami ganti.")
    take(ticket, "resolve", "tono", cause="Rusak.", solution="Titik akses diganti.")
    take(ticket, "confirm", REQUESTER)
    take(ticket, "rate", REQUESTER, rating="4", text="Baik.")
    assert send_outbox() == db.session.query(Mail).count() == len(postbox.mails)
    to_andi = [m for to, m in postbox.mails if to == "andi@mhs.example"]
    assert [m["Subject"] for m in to_andi] == [
        f"[{ticket.number}] Pengaduan Anda sudah kami terima",
        f"[{ticket.number}] Jawaban untuk tiket Anda",
        f"[{ticket.number}] Tiket Anda sudah selesai dikerjakan",
    ]
    for mail in to_andi:
        text, html = mail.get_body(("plain",)).get_content(), mail.get_body(("html",)).get_content()
        assert link_of(ticket) in text and link_of(ticket) in html
        assert (mail["Auto-Submitted"], mail["X-Auto-Response-Suppress"]) == ("auto-generated", "All")
        assert mail["References"] == to_andi[0]["References"]
        assert "Wi-Fi perpustakaan" not in text and "Andi" not in text
    assert code_of(ticket) in to_andi[0].get_body(("plain",)).get_content()
    assert "Titik akses lantai 2 sedang kami ganti." in to_andi[1].get_body(("plain",)).get_content()
    assert "4 dari 5" in postbox.of("Penilaian")["Subject"]
    stored = " ".join(m.body + m.subject for m in db.session.query(Mail))
    assert link_of(ticket) not in stored and code_of(ticket) not in stored


def test_an_english_requester_reads_english(app, postbox):
    ticket = file_complaint()
    ticket.language = "en"
    db.session.query(Mail).filter_by(notice="complaint_received").update({"language": "en"})
    db.session.commit()
    send_outbox()
    subject = next(m["Subject"] for to, m in postbox.mails if to == "andi@mhs.example")
    assert subject == f"[{ticket.number}] We have received your complaint"


def test_m4_no_line_break_reaches_a_header(app, postbox):
    ticket = file_complaint()
    ticket.subject = "Halo\r\nBcc: korban@x.example"
    for mail in db.session.query(Mail).filter_by(notice="distributed"):
        mail.facts = {**mail.facts, "subject": ticket.subject}
    db.session.commit()
    send_outbox()
    known = {
        "Content-Type",
        "MIME-Version",
        "Subject",
        "From",
        "To",
        "Date",
        "Message-ID",
        "Auto-Submitted",
        "X-Auto-Response-Suppress",
        "X-Loop",
        "References",
        "In-Reply-To",
        "X-Peer",
        "X-MailFrom",
        "X-RcptTo",
    }
    assert {key for _to, m in postbox.mails for key in m} <= known
    assert {to for to, _m in postbox.mails} == {"andi@mhs.example", "rina@pustikom.example", "tono@pustikom.example"}


KILLED = """
import os, signal, sys
from app import create_app
from jobs.worker import send_outbox
app = create_app({overrides})
with app.app_context():
    def die(*_a, **_k): os.kill(os.getpid(), signal.SIGKILL)
    {patch}
    send_outbox.send_outbox()
"""


def killed_worker(app, place: Path, patch: str) -> int:
    """Run a worker in a process of its own that kills itself at the patched point; its return code."""
    keys = (
        "SQLALCHEMY_DATABASE_URI",
        "INSTANCE_PATH",
        "BASE_URL",
        "MAIL_AS_FILES",
        "MAIL_SERVER",
        "MAIL_PORT",
        "SECRET_KEY",
        "LINK_KEY",
    )
    code = KILLED.format(overrides=repr({k: app.config[k] for k in keys}), patch=patch)
    db.session.rollback()
    return Process(code, place).end().returncode


def test_z2_killed_before_sending_the_next_worker_sends(app, tmp_path, postbox, monkeypatch):
    file_complaint()
    assert killed_worker(app, tmp_path, "send_outbox.open_door = die") == -9
    assert postbox.mails == []
    after(monkeypatch, minutes=6)
    send_outbox()
    assert (states(), len(postbox.mails)) == ({MailState.SENT: 3}, 3)


def test_z3_killed_after_the_server_took_it_at_most_one_duplicate_with_the_same_id(app, tmp_path, postbox, monkeypatch):
    file_complaint()
    assert killed_worker(app, tmp_path, "send_outbox.outbox_rows.sent = die") == -9
    assert len(postbox.mails) == 1
    after(monkeypatch, minutes=6)
    send_outbox()
    ids = [m["Message-ID"] for _to, m in postbox.mails]
    assert (len(ids), len(set(ids)), states()) == (4, 3, {MailState.SENT: 3})


def test_z4_a_lease_ends_by_itself(app, postbox, monkeypatch):
    file_complaint()

    def claimed():
        with write_transaction():
            return [outbox_rows.claim() is not None for _n in range(4)]

    assert claimed() == [True, True, True, False]
    after(monkeypatch, minutes=4)
    assert claimed() == [False] * 4
    after(monkeypatch, minutes=2)
    assert claimed() == [True, True, True, False]


def test_z5_a_day_without_server_and_all_arrive_in_order(app, monkeypatch):
    app.config.update(MAIL_AS_FILES="", MAIL_SERVER="127.0.0.1", MAIL_PORT=free_port(), MAIL_TIMEOUT=2)
    file_complaint()
    waits = []
    for _n in range(9):
        before = utcnow()
        send_outbox()
        db.session.expire_all()
        waits.append(round((db.session.query(Mail).first().not_before - before).total_seconds() / 60))
        after(monkeypatch, minutes=61)
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    box = Postbox()
    controller = Controller(box, hostname="127.0.0.1", port=app.config["MAIL_PORT"])
    controller.start()
    try:
        send_outbox()
    finally:
        controller.stop()
        app.config.update(MAIL_AS_FILES=str(Path(app.config["INSTANCE_PATH"]) / "mail"))
    assert (len(box.mails), states()) == (3, {MailState.SENT: 3})


def test_z6_a_silent_server_is_left_after_the_time_out(app):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        app.config.update(MAIL_AS_FILES="", MAIL_SERVER="127.0.0.1", MAIL_PORT=silent.getsockname()[1], MAIL_TIMEOUT=1)
        file_complaint()
        assert send_outbox() == 0
    app.config.update(MAIL_AS_FILES=str(Path(app.config["INSTANCE_PATH"]) / "mail"))
    assert states() == {MailState.QUEUED: 3}
    assert all("timed out" in m.last_error for m in db.session.query(Mail))


def test_z7_z8_4xx_waits_5xx_is_given_up_and_the_others_arrive_once(app, postbox, monkeypatch):
    postbox.refuse = {"rina@pustikom.example": "451 later", "tono@pustikom.example": "550 unknown"}
    ticket = file_complaint()
    send_outbox()
    assert states() == {MailState.SENT: 1, MailState.QUEUED: 1, MailState.DEAD: 1}
    told = db.session.query(Event).filter_by(ticket_id=ticket.id, step="mail_failed").one()
    assert told.text.startswith("tono@pustikom.example: 550") and not told.is_public
    postbox.refuse = {}
    after(monkeypatch, hours=2)
    send_outbox()
    assert sorted(to for to, _m in postbox.mails) == ["andi@mhs.example", "rina@pustikom.example"]


def test_one_row_without_words_is_put_aside_and_the_rest_flows(app, postbox):
    file_complaint()
    db.session.query(Mail).filter_by(recipient="rina@pustikom.example").update({"notice": "no_such_notice"})
    db.session.commit()
    assert send_outbox() == 2
    assert states() == {MailState.SENT: 2, MailState.DEAD: 1}


def test_held_mails_never_leave(app, postbox):
    file_complaint()
    db.session.query(Mail).update({"state": MailState.HELD})
    db.session.commit()
    assert (send_outbox(), postbox.mails) == (0, [])


def test_z10_an_unknown_certificate_or_no_starttls_keeps_the_queue_and_the_password(app, tmp_path):
    heard: list[str] = []

    class Listening(smtp.SMTP):
        async def smtp_AUTH(self, arg):
            heard.append(arg)
            return await super().smtp_AUTH(arg)

    authority = trustme.CA()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    box = Postbox()

    class WithTls(Controller):
        def factory(self):
            return Listening(
                box,
                hostname="127.0.0.1",
                tls_context=self.tls,
                auth_require_tls=False,
                authenticator=lambda *_a: smtp.AuthResult(success=True),
            )

    for tls in (context, None):
        controller = WithTls(box, hostname="127.0.0.1", port=free_port())
        controller.tls = tls
        controller.start()
        app.config.update(
            MAIL_AS_FILES="",
            MAIL_SERVER="127.0.0.1",
            MAIL_PORT=controller.port,
            MAIL_TIMEOUT=5,
            MAIL_USE_TLS=True,
            MAIL_USERNAME="pustikom",
            MAIL_PASSWORD="rahasia-besar",
        )
        file_complaint(email=f"a{bool(tls)}@x.example")
        try:
            assert send_outbox() == 0
            assert (heard, box.mails) == ([], [])
            if tls:
                bundle = tmp_path / "ca.pem"
                authority.cert_pem.write_to_path(str(bundle))
                app.config["MAIL_CA_FILE"] = str(bundle)
                db.session.query(Mail).update({"not_before": utcnow()})
                db.session.commit()
                assert send_outbox() == 3
                assert len(heard) == 1
                heard.clear()
                box.mails.clear()
        finally:
            controller.stop()
    app.config.update(
        MAIL_AS_FILES=str(Path(app.config["INSTANCE_PATH"]) / "mail"),
        MAIL_USE_TLS=False,
        MAIL_USERNAME=None,
        MAIL_CA_FILE=None,
    )
    assert {m.last_error.split(": ")[1] for m in db.session.query(Mail).filter_by(state=MailState.QUEUED)} == {
        "SMTPNotSupportedError"
    }


def test_z5_after_an_outage_a_ticket_s_mails_leave_in_the_order_they_were_written(app, monkeypatch):
    app.config.update(MAIL_AS_FILES="", MAIL_SERVER="127.0.0.1", MAIL_PORT=free_port(), MAIL_TIMEOUT=2)
    ticket = file_complaint()
    for _n in range(6):  # the acknowledgement now waits 32 minutes
        send_outbox()
        after(monkeypatch, minutes=33)
    send_outbox()
    take(ticket, "reply", "tono", text="Kami periksa.")
    box = Postbox()
    controller = Controller(box, hostname="127.0.0.1", port=app.config["MAIL_PORT"])
    controller.start()
    try:
        assert send_outbox() == 0  # the reply lets the older mail go first
        take(ticket, "note", "tono", text="Kabel.")
        file_complaint(email="lain@x.example")
        send_outbox()  # one that arrives shows that the server is back, and all that waited leave
    finally:
        controller.stop()
        app.config.update(MAIL_AS_FILES=str(Path(app.config["INSTANCE_PATH"]) / "mail"))
    to_andi = [m["Subject"].split("] ")[1] for to, m in box.mails if to == "andi@mhs.example"]
    assert to_andi == ["Pengaduan Anda sudah kami terima", "Jawaban untuk tiket Anda"]
    assert set(states()) == {MailState.SENT}


def test_z4_worker_has_one_mail_in_hand_and_leaves_the_others_to_everybody(app, postbox, monkeypatch):
    file_complaint()
    in_hand = []
    hand_over = send_outbox.__globals__["_hand_over"]

    def noting(mail_id, send):
        in_hand.append(states().get(MailState.CLAIMED))
        return hand_over(mail_id, send)

    monkeypatch.setattr("jobs.worker.send_outbox._hand_over", noting)
    assert (send_outbox(), in_hand) == (3, [1, 1, 1])


def test_worker_that_is_to_end_writes_what_it_sent_and_takes_no_other(app, postbox):
    file_complaint()
    ended = Signal()
    postbox.after_data = ended.set
    assert (send_outbox(ended), states()) == (1, {MailState.SENT: 1, MailState.QUEUED: 2})


def test_z17_mail_on_which_workers_die_waits_longer_each_time_and_is_given_up_and_told(
    app, tmp_path, postbox, monkeypatch
):
    ticket_id = file_complaint().id
    with write_transaction():
        db.session.query(Mail).filter(Mail.recipient != "andi@mhs.example").delete()

    def died():
        with write_transaction():
            db.session.query(Mail).update({"leased_until": utcnow(), "state": MailState.CLAIMED})
        began = utcnow()
        with write_transaction():
            taken = outbox_rows.claim()
        mail = db.session.query(Mail).filter(Mail.notice != "mail_dead").one()
        return "taken" if taken else round((mail.not_before - began).total_seconds() / 60)

    assert killed_worker(app, tmp_path, "send_outbox.render = die") == -9
    assert [died() for _n in range(8)] == ["taken", "taken", 1, 2, 4, 8, 16, 32]
    assert (send_outbox(), states(), postbox.mails) == (0, {MailState.QUEUED: 1}, [])
    died(), died()
    db.session.query(Mail).filter_by(notice="mail_dead").delete()
    assert states() == {MailState.DEAD: 1}
    told = db.session.query(Event).filter_by(ticket_id=ticket_id, step="mail_failed").one()
    assert told.text == "andi@mhs.example: 10 workers died while they sent it; it may have arrived"


def test_z9_line_cut_after_the_hand_over_costs_one_more_try_with_the_same_id(app, postbox, monkeypatch):
    file_complaint()
    postbox.cuts_answer_to = {"tono@pustikom.example"}
    for _turn in range(4):
        send_outbox()
        after(monkeypatch, hours=2)
    to_tono = [m["Message-ID"] for to, m in postbox.mails if to == "tono@pustikom.example"]
    assert (len(to_tono), len(set(to_tono)), len(postbox.mails)) == (2, 1, 4)
    assert states() == {MailState.SENT: 2, MailState.DEAD: 1}
    assert (
        db.session.query(Event)
        .filter_by(step="mail_failed")
        .one()
        .text.endswith("it may have arrived (SMTPServerDisconnected: Connection unexpectedly closed)")
    )


def test_line_cut_before_the_hand_over_costs_no_duplicate_and_the_rest_leaves(app, postbox):
    file_complaint()
    postbox.cuts_before = 1
    assert send_outbox() == 3
    assert (len(postbox.mails), states()) == (3, {MailState.SENT: 3})


def test_a_refused_sender_buries_no_mail(app, postbox):
    postbox.refuse_sender = "550 relaying denied"
    file_complaint()
    assert (send_outbox(), states()) == (0, {MailState.QUEUED: 3})


def test_z10_without_tls_no_password_is_sent(app, postbox):
    app.config.update(MAIL_USERNAME="pustikom", MAIL_PASSWORD="rahasia-besar")
    file_complaint()
    assert (send_outbox(), postbox.mails, states()) == (0, [], {MailState.QUEUED: 3})
    assert all("no password goes out" in m.last_error for m in db.session.query(Mail))
