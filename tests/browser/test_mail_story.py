"""C1 by mail in a browser: from a mail program to the inbox, the ticket, the workbench and back into the conversation."""

from __future__ import annotations

import smtplib
import threading

import pytest
from playwright.sync_api import expect

from jobs.worker.send_outbox import send_outbox
from models.base.db import db
from models.tickets.mailbox import Mailbox
from models.tickets.ticket import Ticket
from tests.browser.conftest import PHONE
from tests.conftest import PASSWORD
from tests.imap_server import delivering_smtp
from tests.inbox.conftest import fetch, mail

pytestmark = pytest.mark.only("sqlite")  # what a browser draws does not depend on the database


def test_andi_writes_sari_makes_a_ticket_tono_answers_and_it_stays_one_conversation(
    app,
    fetched_box,
    dovecot,
    postbox,
    visit,
):
    user = db.session.query(Mailbox).one().username
    server = delivering_smtp(dovecot, "dmarc=pass header.from=mhs.example")

    def andi_sends(raw: bytes) -> None:
        with smtplib.SMTP("127.0.0.1", server.port) as smtp:
            smtp.sendmail("andi@mhs.example", [f"{user}@kampus.example"], raw)
        with app.app_context():
            fetch()
            db.session.remove()

    def came() -> list:
        with app.app_context():
            send_outbox(threading.Event())
            db.session.remove()
        return [message for to, message in postbox.mails if to == "andi@mhs.example"]

    db.session.remove()
    andi_sends(mail(message_id="<pertama@mhs.example>"))

    sari = visit(PHONE)
    sari.log_in("sari", PASSWORD)
    page = sari.go("/admin/inbox/")
    page.get_by_role("heading", name="Wi-Fi ruang sidang mati").wait_for()
    expect(page.get_by_text("Pengirim terbukti")).to_be_visible()
    page.select_option("#category", index=1)
    page.get_by_role("button", name="Buat pengaduan").click()
    page.get_by_text("menjadi").first.wait_for()
    number = page.locator(".pk-toast a.pk-num").inner_text()

    (receipt,) = came()
    assert number in receipt["Subject"] and receipt["In-Reply-To"] == "<pertama@mhs.example>"
    assert "Wi-Fi" not in receipt.get_body(("plain",)).get_content()
    andi_sends(
        mail("Sekarang lampunya oranye.", to=receipt["Reply-To"], subject="Re: " + receipt["Subject"],
             in_reply_to=receipt["Message-ID"], message_id="<kedua@mhs.example>")
    )  # fmt: skip

    tono = visit()
    tono.log_in("tono", PASSWORD)
    with app.app_context():
        ticket_id = db.session.query(Ticket).filter_by(number=number).one().id
        db.session.remove()
    page = tono.go(f"/admin/ticket/details/?id={ticket_id}")
    expect(page.get_by_text("Sekarang lampunya oranye.").first).to_be_visible()
    page.locator("#reply-text").fill("Kami ganti adaptornya besok pukul 09.00.")
    page.get_by_role("button", name="Kirim ke").click()
    page.get_by_text("Balas: tercatat.").wait_for()

    reply = came()[-1]
    server.stop()
    assert "Kami ganti adaptornya besok pukul 09.00." in reply.get_body(("plain",)).get_content()
    assert reply["In-Reply-To"] == "<kedua@mhs.example>"
    assert reply["References"].split()[1:] == ["<pertama@mhs.example>", "<kedua@mhs.example>"]
    assert reply["Subject"].startswith(f"[{number}] ") and reply["Reply-To"] == receipt["Reply-To"]
