"""Whose turn it is on every desk, typed by hand from the paper; no dangerous step and no way out is ever due."""

from __future__ import annotations

import re

import pytest

from admin_views.tickets.list.desk_sections import next_from
from models.organisation.roles import Role
from models.tickets.ticket import Ticket
from procedures.engine import catalog
from procedures.tickets.promised.escalation import head_of_due
from public.tickets.status_words import whose_turn
from tests.accounts.stories import email_at
from tests.browse import Person
from tests.installation.installation_walk import installation_at
from tests.walk import complaint_at

HC, HN, HS, SN, SS = "head_of_centre", "head_networking", "head_systems", "staff_networking", "staff_systems"
DUE = {
    "network_installation": {
        "disposition": [HC], "completion": ["unit", "operator"], "surveyors": [HN], "survey": [SN, HN],
        "infeasible": [HN], "end_proposed": [HC], "rab_draft": [SN, HN], "rab_approval": [HC],
        "unit_agreement": ["unit", "operator"], "installers": [HN], "installation": [SN, HN], "testing": [SN, HN],
        "recheck": [SN, HN], "billing": [HC], "bill_signature": [HC], "payment": ["unit"],
    },
    "unit_email": {
        "disposition": [HC], "networking": [HN], "unit_answer": ["unit", "operator"], "refusal_advice": [HC],
        "creation": ["service_officer"], "creating": ["service_officer"], "telling": ["service_officer"],
    },
    "password_change": {
        "proof": ["operator"], "comparison": ["operator"], "second": [HC, "service_officer", HN, HS],
        "change": ["operator"], "changing": ["operator"], "setting": ["operator"], "telling": ["operator"],
    },
    "network_outage": {
        "reported": [SN], "pinging": [SN], "answered": [SN], "confirmed": [SN], "supporting": [SN], "estimated": [SN],
        "waiting": [SN], "it": [SN], "to_dispatch": [HN], "on_site": [SN], "inventoried": [SN], "to_pass_on": [HN],
        "repairing": [SN, HN],
    },
    "server_outage": {
        "reported": [SS], "visiting": [SS], "answering": [SS], "confirmed": [SS], "to_order": [HS], "checking": [SS],
        "fixed": [SS], "solved": [SS, HS], "with_manager": [HS],
    },
    "complaint": {
        "screening": ["operator"], "received": ["product"], "numbered": ["product"], "with_group": ["member"],
        "in_progress": ["member"], "resolved": ["requester"],
    },
}  # fmt: skip


def test_on_every_desk_the_paper_says_whose_turn_it_is():
    declared = {
        p.key: {state.value: [str(word.value) for word in p.due_in(state).by] for state in p.open_states}
        for p in catalog.PROCEDURES.values()
    }
    assert declared == DUE


def test_what_is_due_is_no_dangerous_step_and_opens_there():
    for procedure in catalog.PROCEDURES.values():
        assert list(catalog.faults(procedure)) == []
        for state, due in procedure.dues.items():
            assert (due.step.is_danger, due.step.is_common, state in due.step.sources) == (False, False, True)


def test_a_bill_that_waits_for_payment_is_no_decision_of_the_head_and_the_unit_reads_that_it_is_theirs():
    procedure = catalog.get("network_installation")
    assert next_from(procedure, procedure.state("payment")).by == frozenset()
    ticket = Ticket(pause=None, resolved_at=None)
    turn = whose_turn(ticket, procedure, procedure.state("payment"), "Jaringan")
    assert (turn.title, turn.is_yours) == ("Giliran Anda: bayar tagihan", True)


def test_an_account_to_be_made_is_the_service_officers_alone():
    procedure = catalog.get("unit_email")
    turn = whose_turn(Ticket(pause=None, resolved_at=None), procedure, procedure.state("creation"), "Jaringan")
    assert turn.title == "Giliran kami: Petugas Layanan"
    assert next_from(procedure, procedure.state("creation")).by == {Role.SERVICE_OFFICER}


@pytest.mark.only("sqlite")  # a rule over a declaration: no statement differs
def test_what_is_late_rises_to_the_head_above_whoever_is_to_act(app):
    """E4 lies with the networking group and is the front desk's; a disposition is the head of the centre's own."""
    heads = [
        head_of_due(ticket) for ticket in (email_at("creation"), email_at("networking"), complaint_at("in_progress"))
    ]
    assert heads == [Role.HEAD_OF_CENTRE, Role.HEAD_NETWORKING, Role.HEAD_NETWORKING]


@pytest.mark.only("sqlite")  # words of a page: no statement differs
def test_the_step_that_is_due_stands_first_and_open_and_what_is_not_open_is_folded(app):
    page = Person(app, "budi").get(f"/admin/ticket/details/?id={installation_at('rab_approval').id}").text
    assert "Giliran Anda: Putuskan RAB" in page
    page = Person(app, "tono").get(f"/admin/ticket/details/?id={complaint_at('in_progress').id}").text
    steps = page[page.index("Giliran Anda: Selesaikan") :]
    assert re.search(r"<details.*?>", steps)[0] == '<details class="pk-act" id="langkah-resolve" name="langkah" open>'
    assert steps.index("2 langkah belum terbuka") < steps.index("pk-act--shut")
