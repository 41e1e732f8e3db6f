"""Issued papers and the mails they go with: printed once, kept, equal byte for byte, and attached."""

from __future__ import annotations

import subprocess

import pytest

from documents import stored_document
from documents.typesetting import DocumentNotPrinted
from jobs.worker.mail_files import attach_files
from jobs.worker.print_documents import print_documents
from jobs.worker.send_outbox import send_outbox
from mails.render import message, render
from models.base.db import db
from models.tickets.issued_document import IssuedDocument, document_by_code, documents_of
from models.tickets.outbox import Mail
from tests.databases import both, once
from tests.installation.installation_walk import installation_at

pytestmark = once


def text_of(pdf: bytes) -> str:
    run = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True)
    return " ".join(run.stdout.decode().split())


@pytest.fixture
def paid(app):
    return installation_at("closed")


@pytest.mark.slow
@both
def test_every_paper_of_a_whole_run_prints_with_its_number_and_code(paid):
    assert print_documents() == 7
    for document in documents_of(paid):
        text = text_of(stored_document.file_of(document.id))
        assert document.number in text and document.code in text
        assert document_by_code(document.code.lower()) is document
    bill = next(p for p in documents_of(paid) if p.kind == "bill")
    assert "Empat juta lima ratus ribu rupiah" in text_of(stored_document.file_of(bill.id))


def test_paper_once_issued_is_served_as_issued_even_when_the_settings_change(paid):
    from models.base import setting
    from models.base.db import write_transaction

    document = next(p for p in documents_of(paid) if p.kind == "rab")
    first = stored_document.file_of(document.id)
    with write_transaction():
        setting.put("university_name", "Universitas Lain")
    assert stored_document.file_of(document.id) == first


def test_z33_lost_file_is_printed_again_byte_for_byte_and_takes_no_new_number(paid):
    document = next(p for p in documents_of(paid) if p.kind == "bill")
    first, number = stored_document.file_of(document.id), document.number
    stored_document._place(document.sha256).unlink()
    assert (stored_document.file_of(document.id), document.number) == (first, number)


@both
def test_z33_child_that_dies_leaves_the_paper_for_the_next_try(paid, monkeypatch):
    document_id = documents_of(paid)[0].id
    with monkeypatch.context() as broken:
        broken.setattr(stored_document, "print_guarded", _dies)
        with pytest.raises(DocumentNotPrinted):
            stored_document.file_of(document_id)
    assert db.session.get_one(IssuedDocument, document_id).last_error == "out of memory"
    assert stored_document.file_of(document_id).startswith(b"%PDF-")


def _dies(_composed):
    raise DocumentNotPrinted("out of memory")


def test_u10_altered_file_on_disk_is_never_served(paid):
    document = documents_of(paid)[0]
    stored_document.file_of(document.id)
    place = stored_document._place(db.session.get_one(IssuedDocument, document.id).sha256)
    kept = place.read_bytes()
    place.write_bytes(kept.replace(b"%%EOF", b"%%eof"))
    try:
        with pytest.raises(DocumentNotPrinted, match="not what was issued"):
            stored_document.file_of(document.id)
    finally:
        place.write_bytes(kept)


@both
def test_every_mail_of_the_installation_can_be_made_in_both_languages(app):
    for state in ("closed", "not_feasible", "declined", "completion", "bill_signature", "refused", "recheck"):
        installation_at(state)
    for mail in db.session.query(Mail).order_by(Mail.id):
        for language in ("id", "en"):
            mail.language = language
            made = render(mail)
            assert made.subject and "None" not in made.text and "\n\n-- \n" in made.text, mail.notice
    db.session.rollback()


def test_mail_waits_for_its_document_prints_none_itself_and_leaves_with_it(app, monkeypatch):
    ticket = installation_at("unit_agreement")
    with monkeypatch.context() as slow:
        slow.setattr(stored_document, "print_guarded", _dies)
        send_outbox()
        waiting = db.session.query(Mail).filter_by(notice="rab_approved", recipient="dewi@feb.example").one()
        assert (waiting.state, waiting.last_error.partition(": ")[0]) == ("queued", "unprinted")
        rab = next(d for d in documents_of(ticket) if d.kind == "rab")
        assert rab.attempts == 0
    print_documents()
    send_outbox()
    assert db.session.get_one(Mail, waiting.id, populate_existing=True).state == "sent"


def test_rab_and_calendar_go_with_their_mails(app):
    ticket = installation_at("unit_agreement")
    print_documents()
    names = {}
    for mail in db.session.query(Mail).filter_by(ticket_id=ticket.id):
        made = message(mail, render(mail))
        attach_files(made, mail)
        names[mail.notice, mail.recipient] = [(f.filename, f.content_type) for f in made.attachments]
    number = next(p for p in documents_of(ticket) if p.kind == "rab").number.replace("/", "-")
    assert names["rab_approved", "dewi@feb.example"] == [(f"{number}.pdf", "application/pdf")]
    assert names["survey_assigned", "tono@pustikom.example"] == [("kunjungan.ics", "text/calendar")]
