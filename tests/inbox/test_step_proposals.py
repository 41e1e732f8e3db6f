"""Mails that belong to a step are proposed to it and never take it: a RAB answered, a payment proved, an outage replied to."""

from __future__ import annotations

import re

import pytest

from models.base.db import db, write_transaction
from models.organisation.unit import Contact
from models.tickets.incoming_mail import MailFate
from models.tickets.mailing.reply_address import reply_address
from models.tickets.ticket import Event
from procedures.tickets.inbox.step_proposals import step_for
from tests.browse import Person
from tests.inbox.conftest import mail, take_in
from tests.installation.installation_walk import installation_at
from tests.outages.walk import network_outage_at, server_outage_at


@pytest.mark.only("sqlite")  # words
@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("Kami setuju dengan RAB tersebut.", "agree"),
        ("RAB disetujui pimpinan, silakan dilanjutkan.", "agree"),
        ("We agree.", "agree"),
        ("Kami tidak setuju, terlalu mahal.", "decline"),
        ("Mohon maaf kami belum dapat menyetujui.", "decline"),
        ("Kami keberatan dengan harganya.", "decline"),
        ("Mohon penjelasan baris ketiga.", None),
        ("Baik.\n\nPada Senin, Pustikom menulis:\n> Apakah unit setuju?", None),
    ],
)
def test_the_units_answer_is_read_from_its_own_words(app, words, answer):
    ticket = installation_at("unit_agreement")
    found = step_for(ticket, words, "dekan@fh.example", "Dekan")
    assert (found.fields["answer"] if found else None) == answer


def test_an_agreeing_mail_joins_as_an_answer_and_sari_finds_the_step_filled_and_presses_herself(app, box):
    ticket = installation_at("unit_agreement")
    proof = reply_address(ticket, ticket.requester_email)
    (kept,) = take_in(box, mail("Kami setuju.", **{"from": f"Dekan <{ticket.requester_email}>"}, to=proof))
    event = db.session.get_one(Event, kept.event_id)
    assert (kept.state, ticket.state, event.step) == (MailFate.JOINED, "unit_agreement", "answer")
    sari = Person(app, "sari")
    link = f"/admin/ticket/details/?id={ticket.id}&amp;from_mail={event.id}#langkah-answer_rab"
    assert link in sari.get(f"/admin/ticket/details/?id={ticket.id}").text
    page = sari.get(f"/admin/ticket/details/?id={ticket.id}&from_mail={event.id}").text
    form = page.partition('id="langkah-answer_rab"')[2].partition("</details>")[0]
    agree = next(one for one in re.findall(r"<input[^>]*>", form) if 'value="agree"' in one)
    assert 'value="Dekan"' in form and "checked" in agree
    db.session.expire_all()
    assert ticket.state == "unit_agreement"


def test_a_payment_with_its_proof_fills_the_payment_step_with_sum_and_file(app, box):
    ticket = installation_at("payment")
    proof = reply_address(ticket, ticket.requester_email)
    raw = mail("Sudah kami transfer sebesar Rp 1.250.000, bukti terlampir.", to=proof,
               **{"from": f"Bendahara <{ticket.requester_email}>"})  # fmt: skip
    from email import message_from_bytes, policy

    made = message_from_bytes(raw, policy=policy.default)
    made.add_attachment(b"%PDF-1.4\n%bukti\n%%EOF\n", maintype="application", subtype="pdf", filename="bukti.pdf")
    (kept,) = take_in(box, made.as_bytes())
    assert kept.state == MailFate.JOINED
    page = Person(app, "sari").get(f"/admin/ticket/details/?id={ticket.id}&from_mail={kept.event_id}").text
    form = page.partition('id="langkah-record_payment"')[2].partition("</details>")[0]
    assert 'value="1.250.000"' in form and "bukti.pdf" in form and 'name="kept"' in form
    assert ticket.state == "payment"


def test_a_reply_to_an_outage_mail_waits_and_then_fills_the_call_list(app, box):
    ticket = network_outage_at("confirmed")
    with write_transaction():
        manager = db.session.query(Contact).filter_by(kind="it_manager", is_active=True).first()
        manager.email, unit_manager = "ti@unit.example", manager.id
    raw = mail("Listrik gedung kami padam.", **{"from": "TI Unit <ti@unit.example>"}, subject=f"Re: [{ticket.number}]")
    (kept,) = take_in(box, raw)
    assert (kept.state, kept.proposal) == (MailFate.WAITING, "join")
    sari = Person(app, "sari")
    assert "Hubungi pengelola IT" in sari.get(f"/admin/inbox/?mail={kept.id}").text
    sari.post(f"/admin/inbox/join/{kept.id}", {"into": ticket.number})
    event = db.session.get_one(Event, kept.event_id)
    assert event.data["proposes"] == {
        "step": "contact_manager",
        "fields": {"contact": unit_manager, "way": "letter", "text": "Listrik gedung kami padam."},
    }
    page = Person(app, "tono").get(f"/admin/ticket/details/?id={ticket.id}&from_mail={event.id}").text
    form = page.partition('id="langkah-contact_manager"')[2].partition("</details>")[0]
    assert "Listrik gedung kami padam." in form
    db.session.expire_all()
    assert ticket.state == "confirmed"


def test_the_event_of_another_ticket_fills_nothing(app, box):
    ticket, other = installation_at("unit_agreement"), installation_at("unit_agreement")
    (kept,) = take_in(box, mail("Kami setuju.", **{"from": f"Dekan <{ticket.requester_email}>"},
                                to=reply_address(ticket, ticket.requester_email)))  # fmt: skip
    page = Person(app, "sari").get(f"/admin/ticket/details/?id={other.id}&from_mail={kept.event_id}").text
    assert 'value="Dekan"' not in page


@pytest.mark.only("sqlite")  # words
@pytest.mark.parametrize(
    ("words", "sender", "step"),
    [
        ("Server sudah pulih, disk kami ganti.", "noc@hosting.example", "end"),
        ("The service is back.", "noc@hosting.example", "end"),
        ("Sebagian sudah normal, tetapi jurnal belum pulih.", "noc@hosting.example", "follow_up_outside"),
        ("Kami sedang memeriksa, perkiraan besok pagi.", "noc@hosting.example", "follow_up_outside"),
        ("Server sudah pulih.", "orang@lain.example", None),  # not the address that we know
    ],
)
def test_what_the_outside_manager_writes_is_read_from_the_managers_address_alone(app, words, sender, step):
    found = step_for(server_outage_at("with_manager"), words, sender, "NOC")
    assert (found.step if found else None) == step


def test_the_outside_managers_mail_fills_the_step_of_the_head_and_takes_none(app, box):
    ticket = server_outage_at("with_manager")
    raw = mail("Kami sedang memeriksa, perkiraan besok pagi.", **{"from": "NOC <noc@hosting.example>"},
               subject=f"Re: [{ticket.number}]")  # fmt: skip
    (kept,) = take_in(box, raw)
    assert (kept.state, kept.proposal) == (MailFate.WAITING, "join")
    Person(app, "sari").post(f"/admin/inbox/join/{kept.id}", {"into": ticket.number})
    event = db.session.get_one(Event, kept.event_id)
    assert event.data["proposes"]["step"] == "follow_up_outside"
    page = Person(app, "hadi").get(f"/admin/ticket/details/?id={ticket.id}&from_mail={event.id}").text
    form = page.partition('id="langkah-follow_up_outside"')[2].partition("</details>")[0]
    assert "perkiraan besok pagi" in form and 'value="PT Hosting"' in form
    db.session.expire_all()
    assert ticket.state == "with_manager"
    assert db.session.query(Event).filter_by(ticket_id=ticket.id, step="follow_up_outside").count() == 0
