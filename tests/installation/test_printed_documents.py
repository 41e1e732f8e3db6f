"""What an office expects on its documents: who drew up, approved and agrees, numbers under names, account, stamp, photos."""

from __future__ import annotations

import io
import json
import subprocess

import pytest
from PIL import Image

from documents import stored_document
from documents.document import Composed
from documents.pictures import with_pictures
from documents.stored_document import file_of
from gateways.files.uploads import store
from models.base import setting
from models.base.db import db, write_transaction
from models.base.wording import today
from models.installation.bill import open_bill, reference_of
from models.installation.survey import survey_of
from models.organisation.emblem import Emblem, emblem_in_force
from models.organisation.staff import Staff
from models.tickets.issued_document import IssuedDocument, documents_of
from models.tickets.outbox import Mail
from models.tickets.ticket import Ticket
from tests.browse import Person
from tests.databases import both, once
from tests.installation.installation_walk import (
    installation_at,
    issue_bill,
    pay,
    send_survey,
    submit_rab,
    take,
)
from tests.installation.test_documents import text_of

pytestmark = once


@pytest.fixture
def numbered(app, cast):
    with write_transaction():
        for name, kind, number in (("budi", "NIP", "19720315 199803 1 002"), ("tono", "NIK", "2015.08.214")):
            person = db.session.query(Staff).filter_by(username=name).one()
            person.number_kind, person.staff_number = kind, number


def printed(ticket, kind):
    return text_of(file_of(next(p.id for p in documents_of(ticket) if p.kind == kind)))


def picture(colour="teal", size=(1600, 1200), picture_format="JPEG"):
    data = io.BytesIO()
    Image.new("RGB", size, colour).save(data, picture_format)
    data.seek(0)
    return data


def images_in(document):
    listed = subprocess.run(["pdfimages", "-list", "-"], input=document, capture_output=True, check=True)
    return [line.split()[2:5] for line in listed.stdout.decode().splitlines()[2:]]


@both
def test_rab_names_who_drew_it_up_and_approved_it_and_has_a_place_for_the_units_signature(numbered):
    ticket = installation_at("unit_agreement")
    text = printed(ticket, "rab")
    for words in ("Disusun oleh", "Disetujui oleh", "Menyetujui, unit pemohon", "Dekan,", "Pak Dekan", "NIP/NIK",
                  "NIK 2015.08.214", "NIP 19720315 199803 1 002"):  # fmt: skip
        assert words in text, words


def test_condition_of_the_survey_stands_on_the_rab_and_one_that_is_feasible_has_none(app):
    ticket = installation_at("survey")
    send_survey(ticket, result="conditional", condition="Rak dibumikan lebih dahulu.")
    submit_rab(ticket)
    take(ticket, "approve_rab", "budi")
    assert "Syarat dari survey lapangan Rak dibumikan lebih dahulu." in printed(ticket, "rab")
    assert "Syarat" not in printed(installation_at("unit_agreement"), "rab")


@both
def test_bill_names_account_and_payment_reference_and_the_mail_does_too(app):
    with write_transaction():
        for key, value in (("bank_name", "Bank Contoh"), ("bank_account", "1001 2002 3003"), ("bank_holder", "UBH")):
            setting.put(key, value)
    ticket = installation_at("payment")
    reference = open_bill(ticket).payment_reference
    assert reference == f"001PTKTAG{open_bill(ticket).number.split('/')[3]}{today().year}"
    text = printed(ticket, "bill")
    for words in ("Bank Contoh", "1001 2002 3003", "UBH", "Berita transfer", reference):
        assert words in text, words
    facts = db.session.query(Mail).filter_by(notice="bill_issued").first().facts
    assert (facts["account"], facts["reference"]) == ("Bank Contoh 1001 2002 3003, UBH", reference)
    assert f"/admin/ticket/details/?id={ticket.id}" in Person(app, "budi").get(f"/admin/search/?q={reference}").text


def test_bill_without_an_account_names_the_reference_alone(app):
    ticket = installation_at("payment")
    text = printed(ticket, "bill")
    assert f"Rujukan pembayaran: {open_bill(ticket).payment_reference}" in text and "Nomor rekening" not in text


def test_reference_too_long_for_a_bank_is_the_bills_place_in_the_register():
    assert reference_of("012/PTK/TAG/XI/2026", 5) == "012PTKTAGXI2026"
    assert reference_of("00012/PUSTIKOM-UBH/TAGIHAN/XI/2026", 5) == "TAG000005"


@pytest.mark.parametrize(("amount", "stamped"), [("5000000", False), ("5000001", True)])
def test_receipt_above_the_limit_has_a_place_for_the_stamp_and_is_signed_by_hand(app, amount, stamped):
    ticket = installation_at("rab_draft")
    submit_rab(ticket, price_rp=2_000_000)
    for step in ("unit_agreement", "installers", "installation", "testing", "billing"):
        from tests.installation.installation_walk import MOVES

        MOVES[step](ticket)
    issue_bill(ticket)
    pay(ticket, amount)
    text = printed(ticket, "receipt")
    assert ("Meterai Rp10.000" in text, "Disahkan secara elektronik" in text) == (stamped, not stamped)


def test_limit_of_the_stamp_duty_is_a_setting(app):
    with write_transaction():
        setting.put("stamp_duty_above_rp", 4_000_000)
    assert "Meterai Rp10.000" in printed(installation_at("closed"), "receipt")


def test_photos_of_the_survey_are_printed_with_their_captions(app):
    ticket = installation_at("survey")
    tono = Person(app, "tono")
    for colour, caption in (("red", "Ruang panel"), ("blue", "Koridor lantai 3")):
        upload = {"photos": (picture(colour), "foto.jpg"), "caption": caption}
        assert tono.post(f"/admin/survey/photo/{ticket.id}", upload).status_code == 201
    ticket = db.session.get_one(Ticket, ticket.id)
    send_survey(ticket)
    document = file_of(next(p.id for p in documents_of(ticket) if p.kind == "survey"))
    assert "1. Ruang panel" in text_of(document) and "2. Koridor lantai 3" in text_of(document)
    assert images_in(document) == [["image", "1000", "750"]] * 2


def test_lost_photo_leaves_a_frame_and_the_report_is_printed(app):
    ticket = installation_at("survey")
    Person(app, "tono").post(f"/admin/survey/photo/{ticket.id}", {"photos": (picture(), "foto.jpg"), "caption": "Rak"})
    ticket = db.session.get_one(Ticket, ticket.id)
    (photo,) = survey_of(ticket).photos
    stored_document._place(photo.attachment.sha256).unlink()
    send_survey(ticket)
    assert "Foto tidak tersedia" in printed(ticket, "survey")


def test_document_issued_before_photos_were_printed_still_prints(app):
    ticket = installation_at("rab_draft")
    document = next(p for p in documents_of(ticket) if p.kind == "survey")
    old = document.data.replace('"photos": []', '"photos": ["Ruang panel"]').replace('"number_kind": "NIK", ', "")
    assert "Ruang panel" in text_of(Composed(document.template, old, document.stamp).pdf())


@both
def test_emblem_of_the_settings_stands_on_documents_issued_from_then_on(app):
    before = installation_at("survey")
    rudi = Person(app, "rudi")
    assert rudi.post("/admin/emblem/save/", {}).status_code == 422
    refused = rudi.post("/admin/emblem/save/", {"file": (io.BytesIO(b"%PDF-1.4\n"), "lambang.pdf")})
    assert (refused.status_code, "Lambang harus berupa gambar" in refused.text) == (422, True)
    assert rudi.post("/admin/emblem/save/", {"file": (picture("red", (600, 500), "PNG"), "a.png")}).status_code == 303
    assert rudi.get("/admin/emblem/picture").mimetype == "image/png"
    send_survey(db.session.get_one(Ticket, before.id))
    issued = [(one.kind, images_in(file_of(one.id))) for one in db.session.query(IssuedDocument).order_by("id")]
    assert [(kind, bool(found)) for kind, found in issued] == [
        ("letter", False),
        ("disposition", False),
        ("survey", True),
    ]
    assert rudi.post("/admin/emblem/save/", {"do": "remove"}).status_code == 303
    assert (emblem_in_force(), db.session.query(Emblem).count()) == (None, 2)
    assert rudi.get("/admin/emblem/picture").status_code == 404


@both
def test_replaced_emblem_is_kept_for_the_documents_that_carry_it(app):
    from jobs.operation.tidy import hashes_in_use

    rudi = Person(app, "rudi")
    for colour in ("red", "blue"):
        rudi.post("/admin/emblem/save/", {"file": (picture(colour, (60, 60), "PNG"), "a.png")})
    assert {row.sha256 for row in db.session.query(Emblem)} <= hashes_in_use()


def test_u8_picture_in_a_document_is_never_more_than_a_picture(app):
    kept = store().store(picture(), "a.jpg").sha256
    filled = with_pictures(_document(photo=kept, note=kept)).data
    assert filled.count("<svg") == 1 and f'"note": "{kept}"' in filled
    for hostile in ("../../../etc/passwd", "<svg><script/></svg>", kept.upper(), kept + "0"):
        assert with_pictures(_document(photo=hostile)) == _document(photo=hostile)


def _document(**data):
    return Composed("survey", json.dumps(data), 0)


def test_administrator_types_a_staff_number_that_documents_carry(app, cast):
    rudi, budi = Person(app, "rudi"), cast["budi"]
    page = rudi.get(f"/admin/staff/edit/?id={budi.id}").text
    assert 'name="staff_number"' in page and 'name="number_kind"' in page
