"""Rules for known senders: proposed, opened, discarded or always for the operator; answers are never touched."""

from __future__ import annotations

import pytest

from models.base.db import db, write_transaction
from models.organisation.unit import Unit
from models.tickets.incoming_mail import MailFate
from models.tickets.mailing.sender_rule import SenderRule, rule_of
from models.tickets.ticket import Ticket
from procedures.tickets.inbox.forget import forget_mails_of
from tests.browse import Person
from tests.inbox.conftest import mail, take_in
from tests.walk import category_id, file_complaint

ANDI = "andi@mhs.example"


def rule(sender: str, act: str, **facts) -> None:
    with write_transaction():
        db.session.add(SenderRule(sender=sender, act=act, **facts))


def test_sari_makes_a_rule_from_a_mail_and_the_next_one_becomes_a_complaint(app, box):
    sari, unit = Person(app, "sari"), db.session.query(Unit).first()
    (first,) = take_in(box, mail())
    assert "/admin/sender_rule/new/?sender=andi%40mhs.example" in sari.get(f"/admin/inbox/?mail={first.id}").text
    assert f'value="{ANDI}"' in sari.get(f"/admin/sender_rule/new/?sender={ANDI}").text
    fields = {
        "sender": "Andi@MHS.example",
        "act": "open",
        "category_id": category_id(),
        "unit_id": unit.id,
        "is_active": "y",
    }
    sari.post("/admin/sender_rule/new/", fields)
    made = db.session.query(SenderRule).one()
    assert (made.sender, made.act) == (ANDI, "open")
    _first, second = take_in(box, mail("Proyektor juga mati.", subject="Proyektor"))
    ticket = db.session.query(Ticket).one()
    assert (second.state, second.reason, ticket.unit_id) == (MailFate.OPENED, "rule", unit.id)
    db.session.expire_all()
    assert db.session.query(SenderRule).one().used == 1
    page = sari.get(f"/admin/inbox/?mail={second.id}").text
    assert "Menurut aturan untuk pengirim ini." in page


@pytest.mark.only("sqlite")  # no statement differs
def test_the_rule_of_an_address_goes_before_that_of_its_domain(app, box):
    rule("@mhs.example", "discard")
    rule(ANDI, "wait", category_id=category_id())
    kept = take_in(
        box, mail(), mail("Lain.", **{"from": "lain@mhs.example"}), mail("x", **{"from": "a@sub.mhs.example"})
    )
    assert [one.state for one in kept] == [MailFate.WAITING, MailFate.DISCARDED, MailFate.WAITING]
    assert rule_of("") is None


@pytest.mark.only("sqlite")  # as above
def test_a_rule_that_discards_touches_no_answer_to_a_ticket(app, box):
    ticket = file_complaint()
    rule(ANDI, "discard")
    (kept,) = take_in(box, mail("Masih mati.", subject=f"Re: [{ticket.number}]"))
    assert (kept.state, kept.proposal, kept.ticket_id) == (MailFate.WAITING, "join", ticket.id)


@pytest.mark.only("sqlite")  # as above
def test_a_machine_that_a_rule_names_is_discarded_without_a_person(app, box):
    rule("laporan@monitor.example", "discard")
    raw = mail("Harian.", **{"from": "laporan@monitor.example"}, auto_submitted="auto-generated")
    (kept,) = take_in(box, raw)
    assert kept.state == MailFate.DISCARDED


@pytest.mark.only("sqlite")  # a form
@pytest.mark.parametrize(("sender", "said"), [("@", "Tulis domain"), ("@kampus", "Tulis domain"), ("andi", "alamat")])
def test_a_sender_that_is_none_is_refused_in_words(app, sender, said):
    answer = Person(app, "sari").post(
        "/admin/sender_rule/new/", {"sender": sender, "act": "discard", "category_id": 0, "unit_id": 0}
    )
    assert answer.status_code == 422 and said in answer.get_data(as_text=True)
    assert db.session.query(SenderRule).count() == 0


@pytest.mark.only("sqlite")  # as above
def test_i3_the_rule_of_a_person_who_is_erased_goes_too(app):
    rule(ANDI, "discard")
    with write_transaction():
        forget_mails_of(ANDI, [])
    assert db.session.query(SenderRule).count() == 0
