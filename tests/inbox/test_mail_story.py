"""C1 by mail, from a mail program to the workbench and back, over a real IMAP and a real SMTP server."""

from __future__ import annotations

import smtplib
import threading

import pytest

from jobs.worker.send_outbox import send_outbox
from models.base.db import db, write_transaction
from models.tickets.incoming_mail import IncomingMail, MailFate
from models.tickets.outbox import Mail
from models.tickets.ticket import Event, Ticket
from tests.imap_server import delivering_smtp
from tests.inbox.conftest import fetch, mail
from tests.mail_server import Controller, Postbox, free_port
from tests.walk import category_id, take


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


def test_a_mail_becomes_a_complaint_and_its_answers_stay_in_one_conversation(app, fetched_box, dovecot, postbox):
    with write_transaction():
        fetched_box.opens_itself, fetched_box.category_id = True, category_id()
    user = fetched_box.username
    server = delivering_smtp(dovecot, "dmarc=pass header.from=mhs.example")
    with smtplib.SMTP("127.0.0.1", server.port) as smtp:
        smtp.sendmail("andi@mhs.example", [f"{user}@kampus.example"], mail())
        fetch()
        ticket = db.session.query(Ticket).one()
        assert (ticket.channel, ticket.subject, ticket.state) == ("email", "Wi-Fi ruang sidang mati", "with_group")
        assert [e.number for e in ticket.events] == ["C1", "C3", "C4"]
        send_outbox(threading.Event())
        receipt = next(m for to, m in postbox.mails if to == "andi@mhs.example")
        assert ticket.number in receipt["Subject"]
        assert "Wi-Fi" not in receipt["Subject"] + receipt.get_body(("plain",)).get_content()

        answer = mail(
            "Sekarang lampunya oranye.\n\nPada Senin, Pustikom menulis:\n> Nomor tiket Anda",
            to=receipt["Reply-To"],
            subject="Re: " + receipt["Subject"],
            in_reply_to=receipt["Message-ID"],
            message_id="<jawaban@mhs.example>",
        )
        smtp.sendmail("andi@mhs.example", [f"{user}@kampus.example"], answer)
        fetch()
    server.stop()
    db.session.expire_all()
    said = db.session.query(Event).filter_by(ticket_id=ticket.id, step="answer").one()
    assert (said.text, said.actor_kind) == ("Sekarang lampunya oranye.", "requester")
    take(ticket, "reply", "tono", text="Kami ganti adaptornya.")
    send_outbox(threading.Event())
    reply = postbox.mails[-1][1] if postbox.mails[-1][0] == "andi@mhs.example" else None
    root = f"<ticket.{ticket.number}@{receipt['Message-ID'].rpartition('@')[2]}"
    first = db.session.query(IncomingMail).order_by(IncomingMail.id).first().message_id
    assert receipt["References"].split() == [root, first] and receipt["In-Reply-To"] == first
    assert reply is not None and reply["References"].split() == [root, first, "<jawaban@mhs.example>"]
    assert reply["In-Reply-To"] == "<jawaban@mhs.example>"
    assert (receipt["Auto-Submitted"], reply["Auto-Submitted"]) == ("auto-replied", "auto-generated")
    assert "membalas email ini" in reply.get_body(("plain",)).get_content()
    assert [m.state for m in db.session.query(IncomingMail).order_by(IncomingMail.id)] == [
        MailFate.OPENED,
        MailFate.JOINED,
    ]
    assert len(dovecot.mails(user)) == 2  # nothing was taken from the server


def test_m5_an_out_of_office_answer_is_kept_and_answered_by_nobody(app, fetched_box, dovecot):
    with write_transaction():
        fetched_box.opens_itself, fetched_box.category_id = True, category_id()
    raw = mail("Saya sedang cuti.", subject="Balasan otomatis: Pengaduan", auto_submitted="auto-replied")
    dovecot.deliver(raw, fetched_box.username)
    fetch()
    kept = db.session.query(IncomingMail).one()
    assert (kept.state, kept.kind, kept.proposal) == (MailFate.WAITING, "auto_reply", "discard")
    assert db.session.query(Ticket).count() == db.session.query(Mail).count() == 0
