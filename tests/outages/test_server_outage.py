"""The server outage, W1 to W7, as stories with named people."""

import re
from datetime import timedelta

import pytest

from jobs.outages.upkeep import remind_follow_ups
from models.base import db as dbmodule
from models.base.db import db, write_transaction
from models.outages.outage import Outage
from models.tickets.outbox import Mail
from models.tickets.ticket import Ticket
from procedures.engine import catalog
from procedures.engine.take_step import StepRefused, take_step
from tests.browse import Person
from tests.databases import both, once
from tests.outages.walk import answer, server_outage_at, staff_id, wib
from tests.walk import as_staff, file_complaint, form_of, take

pytestmark = once

S, H = "staff_systems", "head_systems"
LATER = {"confirmed", "to_order", "checking", "fixed", "solved", "with_manager"}
OPEN = {"reported", "visiting", "answering"} | LATER
# Typed by hand from the paper: number, name, by, from, to.
PAPER = [
    ("W1", "open_by_monitor", {"monitor"}, set(), {"reported"}),
    ("W1b", "report_outage", {"operator", S, H}, set(), {"reported"}),
    ("W1c", "hear_alert", {"monitor"}, OPEN, OPEN),
    ("W2", "visit", {S}, {"reported"}, {"visiting"}),
    ("W2b", "record_visit", {"product"}, {"visiting"}, {"answering", "confirmed", "reported"}),
    ("W2c", "end_false_alarm", {S}, {"answering"}, {"false_alarm"}),
    ("W2d", "go_on", {S}, {"answering", "reported", "visiting"}, {"confirmed"}),
    ("W2e", "visit_again", {S, H}, {"answering"} | LATER, {"answering"} | LATER),
    ("W2f", "record_later_visit", {"product"}, OPEN, OPEN),
    ("W3", "report_to_head", {S}, {"confirmed"}, {"to_order"}),
    ("W4", "order_staff", {H}, {"to_order"}, {"checking"}),
    ("W4b", "change_side", {H}, {"to_order", "checking", "with_manager"}, {"to_order"}),
    ("W5", "find_and_fix", {S}, {"checking"}, {"fixed"}),
    ("W6", "report_cause", {S}, {"fixed"}, {"solved"}),
    ("W5b", "search_again", {S, H}, {"fixed", "solved"}, {"checking"}),
    ("W7", "contact_outside", {H}, {"to_order"}, {"with_manager"}),
    ("W7b", "follow_up_outside", {H}, {"with_manager"}, {"with_manager"}),
    ("W7c", "remind_follow_up", {"product"}, {"with_manager"}, {"with_manager"}),
    ("W6c", "prove_recovery", {"monitor"}, OPEN, OPEN),
    ("W6d", "fall_again", {"monitor"}, OPEN, OPEN),
    ("W6b", "end", {S, H}, {"solved", "with_manager"}, {"ended"}),
]


def test_the_papers_table_is_the_codes_table(app):
    steps = next(data for data in catalog.as_data() if data["key"] == "server_outage")["steps"]
    table = [(s["number"], s["name"], set(s["by"]), set(s["from"]), set(s["to"])) for s in steps if s["number"]]
    assert table == PAPER


@both
def test_own_server_from_alarm_to_solution_with_a_tied_complaint(app):
    ticket = server_outage_at("to_order")
    complaint = file_complaint()
    take(complaint, "tie", "sari", incident=str(ticket.id), text="")
    take(ticket, "order_staff", "hadi", crew=str(staff_id("lina")), text="Periksa log.")
    take(ticket, "find_and_fix", "lina", text="Disk penuh.")
    take(ticket, "report_cause", "lina", cause="Disk penuh.", text="Log dipindah.")
    take(ticket, "visit_again", "lina")
    answer(ticket, True, finding="ok", status=200, milliseconds=40)
    take(ticket, "end", "hadi", cause="Disk penuh.", text="Log dipindah.")
    assert (ticket.state, complaint.state, complaint.cause) == ("ended", "resolved", "Disk penuh.")
    mails = {(m.notice, m.recipient) for m in db.session.query(Mail)}
    assert {
        ("outage_opened", "lina@pustikom.example"),
        ("service_down", "hadi@pustikom.example"),
        ("crew_sent", "lina@pustikom.example"),
        ("cause_found", "hadi@pustikom.example"),
        ("resolved", "andi@mhs.example"),
    } <= mails


def test_false_alarm_ends_at_the_first_visit(app):
    ticket = server_outage_at("false_alarm")
    assert (ticket.state, ticket.is_open, db.session.get(Outage, ticket.id).is_open) == ("false_alarm", False, False)


@both
def test_server_of_others_waits_weeks_with_its_own_clock_and_is_followed_up(app, monkeypatch):
    ticket = server_outage_at("with_manager")
    assert db.session.query(Mail).filter_by(notice="manager_asked").one().recipient == "noc@hosting.example"
    assert ticket.due_at is None
    now = dbmodule.clock()
    monkeypatch.setattr(dbmodule, "clock", lambda: now + timedelta(days=3))
    assert remind_follow_ups() == 1
    assert db.session.query(Mail).filter_by(notice="follow_up_due").one().recipient == "hadi@pustikom.example"
    assert remind_follow_ups() == 0
    told = {"name": "NOC", "way": "phone", "text": "Minggu depan.", "follow_up_at": wib(days=7)}
    take(ticket, "follow_up_outside", "hadi", **told)
    monkeypatch.setattr(dbmodule, "clock", lambda: now + timedelta(days=21))
    take(ticket, "end", "hadi", cause="Sewa habis.", text="Sewa diperpanjang.", no_proof_reason="Diperiksa manual.")
    outage = db.session.get(Outage, ticket.id)
    assert (ticket.state, outage.held_outside.days, len(outage.calls)) == ("ended", 21, 2)


@pytest.mark.parametrize(("state", "step"), [("to_order", "contact_outside")])
def test_own_server_is_not_sent_to_an_outside_manager_until_the_side_is_changed(app, state, step):
    ticket = server_outage_at(state)
    told = {"name": "NOC", "way": "phone", "text": "x", "follow_up_at": wib(days=1)}
    with pytest.raises(StepRefused) as refused:
        take(ticket, step, "hadi", **told)
    assert refused.value.why == "need"
    side = {"managed_by": "other", "reason": "Dipindah ke penyedia."}
    take(ticket, "change_side", "hadi", **side, manager_name="PT Hosting", manager_phone="0751-445566")
    take(ticket, step, "hadi", **told)
    assert ticket.state == "with_manager"


def test_who_manages_the_server_outside_is_asked_for_when_it_is_handed_to_them_and_kept_with_the_service(app):
    ticket = server_outage_at("to_order")
    side = {"managed_by": "other", "reason": "Dipindah ke penyedia."}
    for lacking in ({}, {"manager_name": "PT Hosting"}, {"manager_phone": "0751-445566"}):
        with pytest.raises(StepRefused) as refused:
            take(ticket, "change_side", "hadi", **side, **lacking)
        assert (refused.value.why, list(refused.value.form.errors)) == ("form", ["manager_name"])
    take(ticket, "change_side", "hadi", **side, manager_name="PT Hosting", manager_phone="0751-445566")
    service, ticket_id = db.session.get(Outage, ticket.id).service, ticket.id
    assert (service.managed_by, service.manager_name, service.manager_phone) == ("other", "PT Hosting", "0751-445566")

    page = Person(app, "hadi").get(f"/admin/ticket/details/?id={ticket_id}").text
    form = page.split('/do/contact_outside"')[1].split("</form>")[0]
    assert 'value="PT Hosting"' in form and 'value="0751-445566"' in form
    assert re.search(r'<option selected value="phone">', form)
    told = {"name": "NOC", "manager_email": "noc@hosting.example", "way": "email", "text": "Mohon dipulihkan."}
    take(db.session.get(Ticket, ticket_id), "contact_outside", "hadi", **told, follow_up_at=wib(days=1))
    service = db.session.get(Outage, ticket_id).service
    assert (service.manager_name, service.manager_email) == ("PT Hosting", "noc@hosting.example")
    assert db.session.query(Mail).filter_by(notice="manager_asked").one().recipient == "noc@hosting.example"
    assert "mailto:noc@hosting.example" in Person(app, "hadi").get(f"/admin/ticket/details/?id={ticket_id}").text


def test_cause_and_solution_are_both_required(app):
    ticket = server_outage_at("fixed")
    for fields in ({"cause": "", "text": "x"}, {"cause": "x", "text": " "}):
        with pytest.raises(StepRefused) as refused:
            take(ticket, "report_cause", "lina", **fields)
        assert (refused.value.why, ticket.state) == ("form", "fixed")


def test_every_step_is_refused_to_wrong_roles_and_in_wrong_states(app):
    reported, fixed = server_outage_at("reported"), None
    fixed = server_outage_at("fixed", {s.name: s for s in _services()})
    for number, name, by, sources, _to in PAPER:
        if not sources or by & {"monitor", "product"}:
            continue
        ticket = fixed if "reported" in sources else reported
        with pytest.raises(StepRefused) as refused:
            take_step(ticket, name, as_staff("lina" if S in by else "hadi"), form_of("server_outage", name))
        assert (number, refused.value.why) == (number, "state")
        with pytest.raises(StepRefused) as refused:
            take_step(ticket, name, as_staff("sari"), form_of("server_outage", name))
        assert (number, refused.value.why) == (number, "role")


def _services():
    from models.outages.network import WebService

    return db.session.query(WebService).all()


@both
def test_n5_markup_of_the_far_side_is_shown_as_text_on_the_workbench_and_the_register(app):
    ticket = server_outage_at("visiting")
    evil = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    facts = {"finding": "text", "status": 200, "milliseconds": 12, "first_bytes": evil, "detail": evil}
    answer(ticket, False, **facts)
    with write_transaction():
        service = db.session.get(Outage, ticket.id).service
        service.last_detail, service.last_finding = evil, "text"
    lina = Person(app, "lina")
    for path in (f"/admin/ticket/details/?id={ticket.id}", f"/admin/web_service/details/?id={service.id}"):
        page = lina.get(path).text
        assert "<script>alert(1)" not in page and "<img src=x" not in page
    assert "&lt;script&gt;alert(1)" in lina.get(f"/admin/ticket/details/?id={ticket.id}").text
