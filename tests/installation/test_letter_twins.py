"""The same letter sent again: the unit is asked why, its number stays a secret, and the staff of both tickets are told."""

from __future__ import annotations

import io
import re

import pytest
from sqlalchemy import select

from models.base.db import db
from models.base.wording import on_date, today
from models.tickets.outbox import Mail
from models.tickets.ticket import Ticket
from procedures.engine.take_step import StepRefused
from tests.accounts.stories import request_email
from tests.browse import Person
from tests.installation.installation_walk import letter_fields, send_letter, take
from tests.installation.test_installation_pages import PDF
from tests.public.visitor import hidden, later, number_in

FORM = "/permohonan/pemasangan-jaringan"
SPELLED = ["214/FEB/XI/2026", "No. 214 / feb / xi / 2026", "0214/FEB/11/2026"]


def post(client, monkeypatch, **changes):
    html = client.get(FORM).text
    later(monkeypatch, seconds=5)
    fields = {**hidden(html, FORM), **letter_fields(**{"again_reason": "", **changes})}
    fields["attachments"] = (io.BytesIO(PDF), "surat.pdf")
    return client.post(FORM, data=fields, content_type="multipart/form-data")


def numbers():
    return list(db.session.scalars(select(Ticket.number).order_by(Ticket.id)))


@pytest.mark.parametrize("spelled", SPELLED)
def test_unit_that_sends_its_letter_again_is_asked_why_and_reads_no_number(app, monkeypatch, spelled):
    first = number_in(post(app.test_client(), monkeypatch))
    answer = post(app.test_client(), monkeypatch, letter_number=spelled, purpose="Ruang lain.")
    assert answer.status_code == 422
    assert f"Surat ini sudah kami terima pada {on_date(today())}." in answer.text
    assert first not in answer.text and "Ruang lain." in answer.text
    assert numbers() == [first]


def test_holder_who_goes_back_and_sends_again_is_led_to_the_first_ticket(app, monkeypatch):
    dewi = app.test_client()
    first = number_in(post(dewi, monkeypatch))
    answer = post(dewi, monkeypatch, letter_number=SPELLED[1], room="B.3.08")
    assert answer.status_code == 422
    assert f'href="/tiket/{first}"' in answer.text
    assert numbers() == [first]


def test_unit_goes_on_with_a_reason_and_operator_and_head_see_the_twin_on_both(app, monkeypatch):
    first = number_in(post(app.test_client(), monkeypatch))
    second = number_in(post(app.test_client(), monkeypatch, letter_number=SPELLED[1], again_reason="Ruang kedua."))
    ids = dict(db.session.execute(select(Ticket.number, Ticket.id)).all())
    for name in ("sari", "budi"):
        person = Person(app, name)
        for one, other in ((first, second), (second, first)):
            page = person.get(f"/admin/ticket/details/?id={ids[one]}").text
            card = re.search(r'id="h-kembar".*?</section>', page, re.DOTALL)
            assert card and other in card[0] and "Ruang kedua." in card[0], (name, one)
    arrived = db.session.scalars(select(Mail).where(Mail.notice == "letter_arrived").order_by(Mail.id)).all()
    assert [(mail.facts["same_as"], mail.facts["again_reason"]) for mail in arrived] == [
        ("", ""),
        (first, "Ruang kedua."),
    ]


def test_same_form_pressed_twice_is_no_second_letter(app):
    first = send_letter(nonce="sekali", again_reason=None)
    assert send_letter(nonce="sekali", again_reason=None).id == first.id


@pytest.mark.parametrize(
    "changes", [{"letter_number": "215/FEB/XI/2026"}, {"letter_date": "1/2/2026"}, {"unit": "FTI"}]
)
def test_another_number_date_or_unit_is_another_letter(app, changes):
    from tests.accounts.stories import unit_id

    send_letter(again_reason=None)
    if "unit" in changes:
        changes = {"unit": unit_id("FTI")}
    send_letter(again_reason=None, **changes)
    assert len(numbers()) == 2


def test_letter_of_a_cancelled_ticket_may_come_again(app):
    ticket = send_letter(again_reason=None)
    take(ticket, "cancel", "sari", reason="Salah unggah.")
    send_letter(again_reason=None)
    assert len(numbers()) == 2


def test_one_letter_that_asks_for_an_address_too_is_asked_about(app):
    letter = {"letter_number": "12/FEB/XI/2025", "letter_date": "10/11/2025"}
    send_letter(again_reason=None, **letter)
    with pytest.raises(StepRefused) as refused:
        request_email(again_reason=None)
    assert list(refused.value.form.errors) == ["again_reason"]
    request_email(again_reason="Surat yang sama meminta alamat email.")
    assert len(numbers()) == 2


def test_sari_enters_a_letter_that_came_already_and_sees_its_ticket(app):
    first = send_letter(again_reason=None)
    number = first.number
    sari = Person(app, "sari")
    sari.get("/admin/installation/new/")
    fields = {**letter_fields(again_reason=""), "received_at": f"{today():%d/%m/%Y} 00.01", "nonce": "baru"}
    fields["attachments"] = (io.BytesIO(PDF), "surat.pdf")
    answer = sari.post("/admin/installation/new/", fields, content_type="multipart/form-data")
    assert (answer.status_code, number in answer.text) == (422, True)
