"""The complaint, C1 to C6, as stories with named people."""

from __future__ import annotations

import pytest

from models.base.db import db
from models.tickets.outbox import Mail
from models.tickets.ticket import Event, Ticket
from procedures.engine.take_step import StepRefused
from tests.databases import both, once
from tests.walk import REQUESTER, complaint_at, file_complaint, take

pytestmark = once


def test_andi_files_a_complaint_and_the_network_group_gets_it(app):
    ticket = file_complaint()
    assert (ticket.state, ticket.line, ticket.group.name, ticket.assignee_id) == ("with_group", "C5", "Jaringan", None)
    assert [e.number for e in ticket.events] == ["C1", "C3", "C4"]
    mails = {(m.notice, m.recipient) for m in db.session.query(Mail)}
    assert mails == {
        ("complaint_received", "andi@mhs.example"),
        ("distributed", "rina@pustikom.example"),
        ("distributed", "tono@pustikom.example"),
    }


def test_complaint_from_form_to_rating_with_one_reopening(app):
    ticket = complaint_at("resolved")
    take(ticket, "reopen", REQUESTER, reason="Masih terputus setiap lima menit.")
    assert ticket.state == "in_progress"
    take(ticket, "resolve", "rina", cause="Kabel daya longgar.", solution="Kabel daya diganti.")
    take(ticket, "confirm", REQUESTER)
    take(ticket, "rate", REQUESTER, rating="5", text="Terima kasih.")
    assert (ticket.state, ticket.rating, ticket.is_open) == ("closed", 5, False)
    steps = [e.number for e in ticket.events if e.kind == "step" and e.number]
    assert steps == ["C1", "C3", "C4", "C5", "C5b", "C6b", "C5b", "C6", "C6c"]


def test_lina_of_another_division_does_not_even_see_the_ticket(app):
    ticket = complaint_at("with_group")
    with pytest.raises(StepRefused) as refused:
        take(ticket, "follow_up", "lina", text="")
    assert refused.value.why == "hidden"
    assert db.session.query(Event).filter_by(step="follow_up").count() == 0


@both
def test_a_form_sent_twice_makes_one_ticket(app):
    first = file_complaint(nonce="n1")
    second = file_complaint(nonce="n1")
    assert (first.number, db.session.query(Ticket).count()) == (second.number, 1)
