"""The unit's person signs for an installation (N7c, N7d): on the glass or on paper, at once or later, and never over another."""

from __future__ import annotations

import io
import json
from datetime import timedelta

import pytest
from pypdf import PdfReader

from documents.stored_document import file_of
from models.base.db import db, utcnow, write_transaction
from models.installation.handover import Handover
from models.installation.strokes import MOST_POINTS, MOST_STROKES, BadStrokes, drawn, read_strokes
from models.tickets.issued_document import IssuedDocument
from models.tickets.ticket import Attachment, Event, Ticket
from procedures.tickets.forget_ticket import forget_tickets
from tests.browse import Person
from tests.installation.installation_walk import installation_at

DEWI = {"signed_by": "Dewi Lestari", "signed_as": "Kepala Tata Usaha"}
SCRAWL = [[100, 200, 150, 90, 210, 260, 300, 120], [320, 200, 420, 190, 520, 240]]
SIGNED = json.dumps(SCRAWL)
SCAN = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def do(person: Person, ticket: Ticket, step: str, **fields):
    page = person.get(f"/admin/ticket/details/?id={ticket.id}").text
    version = page.split('name="version" value="')[1].split('"')[0]
    once = page.split('name="once" value="')[1].split('"')[0]
    return person.post(f"/admin/ticket/{ticket.id}/do/{step}", {"version": version, "once": once, **fields})


def report(app, **fields):
    ticket = installation_at("installation")
    return ticket, do(Person(app, "tono"), ticket, "report_installed", points="3", text="Kabel dan panel.", **fields)


def sheets() -> list[IssuedDocument]:
    return db.session.query(IssuedDocument).filter_by(kind="handover").order_by(IssuedDocument.id).all()


def test_dewi_signs_on_tono_s_phone_and_the_sheet_bears_what_she_drew(app):
    at = utcnow().replace(microsecond=0) - timedelta(hours=5)  # in a cellar without a signal
    ticket, answer = report(app, **DEWI, strokes=f"{at.isoformat()} {SIGNED}")
    assert answer.status_code == 303, answer.text[:900]
    signing = db.session.query(Handover).one()
    assert (signing.signed_by, signing.signed_as, json.loads(signing.strokes)) == (*DEWI.values(), SCRAWL)
    assert (signing.signed_at, signing.recorded_by.username, signing.reason) == (at, "tono", "")
    assert signing.recorded_at - at >= timedelta(hours=4)
    (sheet,) = sheets()
    assert signing.document_id == sheet.id and "M100 200L150 90L210 260L300 120" in sheet.data and sheet.is_public
    pdf = file_of(sheet.id)
    words = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    assert "Dewi Lestari" in words and "Kepala Tata Usaha" in words and "Kabel dan panel." in words
    assert "image/png" not in sheet.data  # lines, not a picture of them
    page = Person(app, "tono").get(f"/admin/ticket/details/?id={ticket.id}").text
    assert sheet.number in page and "Dewi Lestari, Kepala Tata Usaha" in page


def test_the_report_without_a_signature_is_taken_and_makes_no_sheet(app):
    _ticket, answer = report(app, signed_by="", signed_as="", strokes="")
    assert answer.status_code == 303 and db.session.query(Handover).count() == 0 and sheets() == []


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({**DEWI, "strokes": ""}, "lampirkan foto berita acara"),
        ({"signed_by": "", "signed_as": "Kepala", "strokes": SIGNED}, "Tulis nama orang yang menandatangani."),
        ({"signed_by": "Dewi", "signed_as": " ", "strokes": SIGNED}, "Tulis jabatan orang yang menandatangani."),
        ({**DEWI, "strokes": "[[1,2,3"}, "Tanda tangan ini tidak terbaca."),
        ({**DEWI, "strokes": "[[1,2]]"}, "baru satu titik"),
        ({**DEWI, "strokes": json.dumps([[1, 2] * (MOST_POINTS + 1)])}, "terlalu rumit"),
        ({**DEWI, "strokes": '[["<svg onload=x>"]]'}, "Tanda tangan ini tidak terbaca."),
    ],
)
def test_half_a_signing_is_refused_with_what_to_do_and_loses_nothing_typed(app, fields, sentence):
    ticket, answer = report(app, **fields)
    assert answer.status_code == 422 and sentence in answer.text and "Kabel dan panel." in answer.text
    assert db.session.query(Handover).count() == 0
    db.session.expire_all()
    assert db.session.get(Ticket, ticket.id).state == "installation"


def test_signed_on_paper_its_photo_is_kept_and_the_sheet_says_so(app):
    ticket = installation_at("testing")
    fields = {**DEWI, "strokes": "", "reason": "", "attachments": (io.BytesIO(SCAN), "berita-acara.pdf")}
    answer = do(Person(app, "tono"), ticket, "sign_handover", **fields)
    assert answer.status_code == 303, answer.text[:900]
    signing, (sheet,) = db.session.query(Handover).one(), sheets()
    assert signing.strokes == "" and '"drawing": ""' in sheet.data
    event = db.session.query(Event).filter_by(step="sign_handover").one()
    assert [name for (name,) in db.session.query(Attachment.name).filter_by(event_id=event.id)] == ["berita-acara.pdf"]


def test_who_signs_again_says_why_and_nothing_is_replaced(app):
    ticket, _answer = report(app, **DEWI, strokes=SIGNED)
    tono = Person(app, "tono")
    again = {"signed_by": "Pak Dekan", "signed_as": "Dekan", "strokes": SIGNED}
    refused = do(tono, ticket, "sign_handover", **again, reason="")
    assert refused.status_code == 422 and "Tulis mengapa ditandatangani lagi." in refused.text
    assert 'value="Pak Dekan"' in refused.text
    assert do(tono, ticket, "sign_handover", **again, reason="Nama jabatan keliru").status_code == 303
    first, second = db.session.query(Handover).order_by(Handover.id)
    assert (first.signed_by, second.signed_by, second.reason) == ("Dewi Lestari", "Pak Dekan", "Nama jabatan keliru")
    assert [bool(sheet.voided_at) for sheet in sheets()] == [True, False]


def test_a_time_that_cannot_be_is_the_server_s(app):
    _ticket, answer = report(app, **DEWI, strokes=f"{(utcnow() + timedelta(days=2)).isoformat()} {SIGNED}")
    assert answer.status_code == 303
    assert abs(db.session.query(Handover).one().signed_at - utcnow()) < timedelta(minutes=5)


def test_a_forgotten_ticket_keeps_neither_name_nor_stroke(app):
    ticket, _answer = report(app, **DEWI, strokes=SIGNED)
    with write_transaction():
        forget_tickets([ticket.id])
    signing = db.session.query(Handover).one()
    assert (signing.signed_by, signing.signed_as, signing.strokes, signing.reason) == ("", "", "", "")
    assert sheets()[0].data == ""


def test_strokes_are_numbers_on_the_sheet_or_nothing():
    assert read_strokes("") == read_strokes("[]") == []
    assert "<path" in drawn(SCRAWL) and drawn([]) == ""
    for bad in ("[[1,2,3]]", "[[1001,2,3,4,5,6,7,8,9,10]]", "[[0,401,1,1,1,1,1,1,1,1]]", "[[-1,2]]", "{}", "[1,2]",
                "[[0012,1,2,3,4,5,6,7,8,9]]", "[[١,٢,1,1,1,1,1,1,1,1]]",
                json.dumps([[1, 2]] * (MOST_STROKES + 1))):  # fmt: skip
        with pytest.raises(BadStrokes):
            read_strokes(bad)
