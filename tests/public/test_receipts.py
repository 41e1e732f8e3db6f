"""Receipts of public forms: somebody else's address is no target, whatever form it is typed into (P4, P5, P9)."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest

from models.base.db import db, utcnow
from models.tickets.outbox import Mail
from models.tickets.ticket import Ticket
from tests.accounts.test_account_pages import PDF
from tests.browse import Person
from tests.databases import once
from tests.installation.installation_walk import letter_fields
from tests.public.visitor import complain, hidden, later, number_in

pytestmark = once

VICTIM = "korban@unit.example"
FORMS = {"letter_received": "/permohonan/pemasangan-jaringan", "email_requested": "/permohonan/email-unit"}


def ask(client, monkeypatch, notice: str, wait: float = 5, **changes):
    """Send one of the two request forms with its scanned letter."""
    path = FORMS[notice]
    html = client.get(path).text
    later(monkeypatch, seconds=wait)
    fields = {**letter_fields(), "address": "lab-manajemen", "contact_name": "Dewi", "contact_phone": "0812-6600-0001"}
    fields |= {"contact_email": "dewi@feb.example", "display_name": "Lab Manajemen", "email": VICTIM, **changes}
    return client.post(path, data={**hidden(html, path), **fields, "attachments": (io.BytesIO(PDF), "surat.pdf")})


def receipts() -> list[Mail]:
    return db.session.query(Mail).filter_by(recipient=VICTIM).order_by(Mail.id).all()


@pytest.mark.parametrize("notice", sorted(FORMS))
def test_p5_a_request_that_looks_machine_made_sends_nothing_before_staff_looked(app, monkeypatch, notice):
    answer = ask(app.test_client(), monkeypatch, notice, situs="x")
    assert answer.status_code == 303, answer.text[:900]
    ticket = db.session.query(Ticket).one()
    assert (ticket.suspicion, receipts()) == ("honeypot", [])
    bench = Person(app, "budi").get(f"/admin/ticket/details/?id={ticket.id}").text
    assert "Kiriman ini perlu dilihat dulu" in bench


def test_p9_all_forms_together_send_an_address_one_receipt_an_hour_and_three_a_day(app, monkeypatch):
    client, started = app.test_client(), utcnow()
    for number, notice in enumerate(["letter_received", "email_requested"] * 3):
        changes = {"letter_number": f"{number}/FEB/XI/2026", "address": f"lab-{number}", "subject": f"Surat {number}"}
        ask(app.test_client(), monkeypatch, notice, **changes)
    number_in(complain(client, monkeypatch, email=VICTIM))
    times = sorted(mail.not_before - started for mail in receipts())
    assert len([t for t in times if t < timedelta(hours=1)]) == 1
    assert len([t for t in times if t < timedelta(days=1)]) == 3


@pytest.mark.parametrize("notice", sorted(FORMS))
def test_p4_a_receipt_says_nothing_that_the_sender_wrote(app, monkeypatch, notice):
    bait = "Menangkan-hadiah-di-sini"
    ask(app.test_client(), monkeypatch, notice, subject=bait, name=bait, purpose=bait, signed_by=bait)
    (mail,) = receipts()
    from mails.render import render

    made = render(mail)
    assert bait not in made.subject + made.text + made.html


def test_p9_every_public_form_is_one_of_those_that_are_tried(app):
    """A new form is tried here first; complaints and lost numbers have tests of their own in tests/public/."""
    posts = {rule.rule for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())}
    forms = {path for path in posts if not path.startswith(("/admin", "/api/")) and "<" not in path}
    reads = {"/pengaduan/saran"}  # sends nothing: tests/knowledge/test_articles.py
    reads |= {f"/tiket-saya/{way}" for way in ("kampus", "direktori", "keluar")}  # as it: tests/web/test_my_tickets.py
    assert forms - reads == {*FORMS.values(), "/pengaduan", "/tiket/kirim-ulang"}
