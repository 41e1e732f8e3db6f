"""The unit's form: the address is checked while typing, the unit's IT manager is offered first, paper is entered."""

from __future__ import annotations

import io

import pytest
from sqlalchemy import select

from models.accounts.email_request import EmailRequest
from models.base import setting
from models.base.db import db, write_transaction
from models.tickets.ticket import Ticket
from tests.accounts.stories import account, dewi, email_fields, entry_fields, unit_id
from tests.accounts.test_account_pages import FORM, PDF
from tests.browse import Person
from tests.databases import both, once

pytestmark = once

ASK = "/permohonan/email-unit/alamat?wish="
NOBODY = {"contact_name": "", "contact_email": "", "contact_phone": ""}


@pytest.mark.parametrize(
    ("wish", "state", "says"),
    [
        ("prodi.kimia", "free", "prodi.kimia@bunghatta.ac.id masih bebas."),
        ("feb", "taken", "Alamat feb@bunghatta.ac.id sudah dipakai. Yang masih bebas: unit.feb@bunghatta.ac.id."),
        ("rektor", "not_allowed", "Nama “rektor” dicadangkan. Tambahkan nama unit Anda."),
        ("prodi kimia", "not_allowed", "Karakter ini tidak boleh dipakai: spasi."),
        ("", "not_allowed", "Tulis alamat yang diinginkan"),
    ],
)  # fmt: skip
def test_address_is_judged_while_it_is_typed_as_when_it_is_sent(app, wish, state, says):
    account(None, "feb@bunghatta.ac.id", kind="unit_email", unit_id=unit_id())
    found = Person(app).client.get(ASK + wish).json
    assert (found["state"], found["sentence"].startswith(says), sorted(found)) == (state, True, ["sentence", "state"])


def test_questions_of_one_network_are_limited_and_sending_still_judges(app):
    with write_transaction():
        setting.put("address_checks_per_hour", 10)
    visitor = Person(app)
    answers = [visitor.client.get(ASK + "prodi.kimia") for _n in range(11)]
    assert [a.status_code for a in answers] == [200] * 10 + [429]
    assert answers[-1].json == {"state": "later", "sentence": "Alamat diperiksa saat formulir dikirim."}
    sent = visitor.post(FORM, email_fields(address="rektor"), token=visitor.token(FORM))
    assert (sent.status_code, "dicadangkan" in sent.text) == (422, True)


def test_units_it_manager_is_the_contact_without_ever_being_shown(app):
    visitor = Person(app)
    assert "Pengelola IT unit yang terdaftar di Pustikom" in visitor.get(FORM).text
    fields = email_fields(**NOBODY, contact_is="it_manager", name="Andi", email="andi@feb.example", phone="0812-1111")
    refused = visitor.post(FORM, fields, token=visitor.token(FORM))  # without its scan
    assert (refused.status_code, "dewi@feb.example" in refused.text, "Dewi" in refused.text) == (422, False, False)
    sent = {**fields, "attachments": (io.BytesIO(PDF), "surat.pdf")}
    assert visitor.post(FORM, sent, token=visitor.token(FORM), content_type="multipart/form-data").status_code == 303
    request, manager = db.session.scalars(select(EmailRequest)).one(), dewi()
    assert (request.contact_name, request.contact_email) == (manager.name, manager.email)


@both
def test_unit_without_an_it_manager_is_asked_for_somebody_else(app):
    visitor = Person(app)
    fields = email_fields(**NOBODY, contact_is="it_manager", unit=unit_id("FH"))
    with write_transaction():
        for contact in db.session.query(type(dewi())).filter_by(unit_id=unit_id("FH")):
            contact.is_active = False
    answer = visitor.post(FORM, fields, token=visitor.token(FORM))
    assert "Unit ini belum punya pengelola IT yang terdaftar." in answer.text
    other = visitor.post(FORM, {**fields, "contact_is": "other"}, token=visitor.token(FORM))
    assert 'href="#contact_name"' in other.text


def test_sari_enters_a_paper_letter_and_hands_over_the_number(app):
    sari = Person(app, "sari")
    sari.get("/admin/unit_email/")
    refused = sari.post("/admin/unit_email/", entry_fields(address="rektor"))
    assert (refused.status_code, "dicadangkan" in refused.text, "Surat-menyurat program studi." in refused.text) == (
        422,
        True,
        True,
    )
    sent = {**entry_fields(), "attachments": (io.BytesIO(PDF), "surat.pdf"), "nonce": "sekali"}
    answer = sari.post("/admin/unit_email/", sent, content_type="multipart/form-data")
    ticket = db.session.scalars(select(Ticket)).unique().one()
    assert (answer.status_code, answer.location) == (303, f"/admin/ticket/slip/?id={ticket.id}")
    assert (ticket.channel, ticket.state, [f.name for f in ticket.files]) == ("letter", "disposition", ["surat.pdf"])
    again = {**entry_fields(), "attachments": (io.BytesIO(PDF), "surat.pdf"), "nonce": "sekali"}
    assert sari.post("/admin/unit_email/", again, content_type="multipart/form-data").location == answer.location
