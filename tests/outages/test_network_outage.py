"""The network outage, L1 to L10, as stories with named people."""

import pytest

from models.base import db as dbmodule
from models.base.db import db
from models.outages.outage import Outage
from models.tickets.outbox import Mail
from models.tickets.ticket import Event, Ticket
from procedures.engine import catalog
from procedures.engine.declaration import MONITOR
from procedures.engine.take_step import StepRefused, take_step
from procedures.outages.records import Sighting
from tests.databases import both, once
from tests.outages.walk import answer, confirmed, network_outage_at, opened, small_network, staff_id, wib
from tests.walk import as_staff, file_complaint, form_of, take

pytestmark = once

BRANCHES = {
    "supporting",
    "estimated",
    "waiting",
    "it",
    "to_dispatch",
    "on_site",
    "inventoried",
    "to_pass_on",
    "repairing",
}
AFTER_L2 = {"confirmed"} | BRANCHES
OPEN = {"reported", "pinging", "answered"} | AFTER_L2
UPDATES = {"waiting", "to_dispatch", "on_site", "inventoried", "to_pass_on", "repairing"}
S, H = "staff_networking", "head_networking"
# Typed by hand from the paper: number, name, by, from, to.
PAPER = [
    ("L1", "open_by_monitor", {"monitor"}, set(), {"reported"}),
    ("L1b", "report_outage", {"operator", S, H}, set(), {"reported"}),
    ("L1d", "open_from_complaint", {S, H}, set(), {"reported"}),
    ("L1c", "move_cause", {"monitor"}, OPEN, OPEN),
    ("L1e", "join_outage", {"monitor"}, {"reported"}, {"joined"}),
    ("L1f", "hear_alert", {"monitor"}, OPEN, OPEN),
    ("L2", "ping", {S}, {"reported"}, {"pinging"}),
    ("L2b", "record_ping", {"product"}, {"pinging"}, {"answered", "confirmed", "reported"}),
    ("L2c", "ping_again", {S, H}, {"answered"} | AFTER_L2, {"answered"} | AFTER_L2),
    ("L2d", "record_later_ping", {"product"}, OPEN, OPEN),
    ("L2e", "end_unconfirmed", {S}, {"answered"}, {"not_confirmed"}),
    ("L2f", "go_on", {S}, {"answered"}, {"confirmed"}),
    ("L2g", "confirm_without_ping", {S}, {"reported", "pinging"}, {"confirmed"}),
    ("L3", "contact_manager", {S}, {"confirmed"}, {"confirmed", "supporting", "it"}),
    ("L3b", "log_call", {S, H}, BRANCHES, BRANCHES),
    ("L3c", "change_branch", {S}, BRANCHES, {"supporting", "it"}),
    ("L4", "ask_duration", {S}, {"supporting"}, {"estimated"}),
    ("L4b", "renew_estimate", {S}, {"waiting"}, {"estimated"}),
    ("L5", "report_supporting", {S}, {"estimated"}, {"waiting"}),
    ("L6", "report_it", {S}, {"it"}, {"to_dispatch"}),
    ("L7", "dispatch", {H}, {"to_dispatch"}, {"on_site"}),
    ("L7b", "dispatch_meanwhile", {H}, {"waiting"}, {"on_site"}),
    ("L8", "take_inventory", {S}, {"on_site"}, {"inventoried"}),
    ("L9", "report_from_site", {S}, {"inventoried"}, {"to_pass_on"}),
    ("L9b", "report_again", {S}, {"repairing"}, {"to_pass_on"}),
    ("L10", "pass_on", {H}, {"to_pass_on"}, {"repairing"}),
    ("L10c", "send_update", {H, S}, UPDATES, UPDATES),
    ("L10d", "prove_recovery", {"monitor"}, OPEN, OPEN),
    ("L10e", "fall_again", {"monitor"}, OPEN, OPEN),
    ("L10b", "end", {S, H}, AFTER_L2, {"ended"}),
]
WITHIN_HOURS = {"L2": 0.25, "L3": 0.25, "L4": 0.5, "L5": 0.5, "L6": 0.5, "L7": 0.5, "L8": 4}


def declared():
    return next(data for data in catalog.as_data() if data["key"] == "network_outage")["steps"]


def test_the_papers_table_is_the_codes_table(app):
    table = [(s["number"], s["name"], set(s["by"]), set(s["from"]), set(s["to"])) for s in declared() if s["number"]]
    assert table == PAPER


def test_targets_of_the_paper_run_round_the_clock(app):
    hours = {s["number"]: s["within_hours"] for s in declared()}
    assert {number: hours[number] for number in WITHIN_HOURS} == WITHIN_HOURS


def test_monitor_opens_one_outage_with_all_behind_it_and_networking_is_told(app):
    ticket = opened(small_network())
    outage = db.session.get(Outage, ticket.id)
    assert (ticket.state, ticket.group.name, ticket.channel) == ("reported", "Jaringan", "monitor")
    assert [node.name for node in outage.nodes] == ["AP FEB lantai 2", "Sakelar FEB"]
    assert {unit.code for unit in outage.units} == {"FEB", "MN-FEB"}
    told = {(m.notice, m.recipient) for m in db.session.query(Mail)}
    assert told == {("outage_opened", "tono@pustikom.example"), ("outage_opened", "rina@pustikom.example")}


@both
def test_it_infrastructure_from_ping_to_recovery_with_a_tied_complaint(app):
    nodes = small_network()
    ticket = confirmed(nodes)
    complaint = file_complaint()
    take(complaint, "tie", "tono", incident=str(ticket.id), text="")
    take(ticket, "contact_manager", "tono", contact="0", name="Dewi", way="phone", text="Lampu mati.", finding="it")
    take(ticket, "report_it", "tono", text="Sakelar lantai 1 mati.")
    take(ticket, "dispatch", "rina", crew=str(staff_id("tono")), text="Bawa catu daya.")
    promise = {"recovers_at": wib(hours=2), "estimate_reason": "Catu daya ada."}
    take(ticket, "take_inventory", "tono", problems="Catu daya hangus\n\nKipas macet", **promise)
    take(ticket, "report_from_site", "tono", text="Diganti.", recovers_at=wib(hours=3), estimate_reason="Menunggu.")
    take(ticket, "pass_on", "rina", text="Pulih sore ini.", recovers_at=wib(hours=3), estimate_reason="Menunggu.")
    take(ticket, "ping_again", "tono", node="0")
    answer(ticket, True)
    take(ticket, "end", "tono", cause="Catu daya hangus.", text="Catu daya diganti.")
    outage = db.session.get(Outage, ticket.id)
    assert (ticket.state, outage.cause, outage.no_proof_reason) == ("ended", "Catu daya hangus.", "")
    assert [e.step for e in outage.estimates] == ["take_inventory", "report_from_site", "pass_on"]
    assert [e.is_kept for e in outage.estimates] == [True, True, True]
    assert outage.reports[0].problems == ["Catu daya hangus", "Kipas macet"]
    assert (complaint.state, complaint.solution) == ("resolved", "Catu daya diganti.")
    notices = [(m.notice, m.recipient) for m in db.session.query(Mail).order_by(Mail.id)]
    assert ("outage_reported", "dewi@feb.example") in notices
    assert ("outage_reported", "rina@pustikom.example") in notices
    assert ("crew_sent", "tono@pustikom.example") in notices
    assert ("outage_update", "andi@mhs.example") in notices
    assert ("resolved", "andi@mhs.example") in notices
    assert ("outage_ended", "dewi@feb.example") in notices
    assert ("outage_ended", "andi@mhs.example") not in notices
    tied = db.session.query(Mail).filter_by(notice="outage_update", recipient="andi@mhs.example").one()
    assert tied.ticket_id == complaint.id


def test_supporting_infrastructure_renews_its_estimate_and_the_head_may_still_dispatch(app):
    ticket = network_outage_at("waiting")
    renewed = {"recovers_at": wib(hours=8), "estimate_reason": "Gardu rusak.", "source": "PLN", "text": "Lebih lama."}
    take(ticket, "renew_estimate", "tono", **renewed)
    take(ticket, "report_supporting", "tono", text="Perkiraan mundur.")
    take(ticket, "dispatch_meanwhile", "rina", crew=str(staff_id("tono")), text="Periksa UPS.")
    outage = db.session.get(Outage, ticket.id)
    assert (ticket.state, len(outage.estimates), outage.estimates[0].source) == ("on_site", 2, "PLN")
    assert db.session.query(Mail).filter_by(notice="outage_reported", recipient="dewi@feb.example").count() == 2


def test_answered_ping_ends_as_not_confirmed_and_the_complaint_goes_on(app):
    nodes = small_network()
    ticket = network_outage_at("answered", nodes)
    complaint = file_complaint()
    take(complaint, "tie", "tono", incident=str(ticket.id), text="")
    take(ticket, "end_unconfirmed", "tono", reason="Menjawab empat kali.")
    assert (ticket.state, ticket.is_open, complaint.state, complaint.incident_id) == (
        "not_confirmed",
        False,
        "with_group",
        None,
    )


def test_answered_ping_may_go_on_with_a_reason(app):
    ticket = network_outage_at("answered")
    take(ticket, "go_on", "tono", reason="Paket hilang 40%.")
    assert ticket.state == "confirmed"


def test_wrong_branch_is_changed_with_a_reason_and_both_stay_on_record(app):
    ticket = network_outage_at("waiting")
    take(ticket, "change_branch", "tono", branch="it", reason="Listrik ada, sakelar mati.")
    event = db.session.query(Event).filter_by(step="change_branch").one()
    assert (ticket.state, event.data["from_branch"], event.data["to_branch"]) == (
        "it",
        "Prasarana infrastruktur",
        "Infrastruktur IT",
    )


def test_end_without_an_answer_asks_for_the_explanation(app):
    ticket = network_outage_at("repairing")
    with pytest.raises(StepRefused) as refused:
        take(ticket, "end", "tono", cause="Kabel putus.", text="Disambung.")
    assert (refused.value.why, ticket.state) == ("form", "repairing")
    take(
        ticket, "end", "tono", cause="Kabel putus.", text="Disambung.", no_proof_reason="Perangkat tidak membalas ping."
    )
    assert db.session.get(Outage, ticket.id).no_proof_reason == "Perangkat tidak membalas ping."


def test_a_failed_ping_after_an_answered_one_is_no_proof(app):
    ticket = network_outage_at("repairing")
    for answered in (True, False):
        take(ticket, "ping_again", "tono", node="0")
        answer(ticket, answered)
    with pytest.raises(StepRefused):
        take(ticket, "end", "tono", cause="Kabel putus.", text="Disambung.")


def test_monitor_proves_the_recovery_and_a_relapse_takes_it_back(app):
    ticket = network_outage_at("repairing")
    take_step(ticket, "prove_recovery", MONITOR)
    outage = db.session.get(Outage, ticket.id)
    assert outage.answered_at is not None
    take_step(ticket, "fall_again", MONITOR)
    assert outage.answered_at is None


@both
def test_only_those_sent_fill_the_inventory(app):
    ticket = network_outage_at("on_site")
    outage = db.session.get(Outage, ticket.id)
    with dbmodule.write_transaction():
        outage.crew = []
    with pytest.raises(StepRefused) as refused:
        take(ticket, "take_inventory", "tono", problems="x", recovers_at=wib(hours=1), estimate_reason="x")
    assert (refused.value.why, ticket.state) == ("need", "on_site")


@both
def test_cause_moves_up_and_the_outage_widens(app):
    nodes = small_network()
    ticket = opened(nodes)
    behind = frozenset(nodes[name].id for name in nodes if name != "Router inti")
    take_step(ticket, "move_cause", MONITOR, Sighting("", node_id=nodes["Router inti"].id, behind=behind))
    outage = db.session.get(Outage, ticket.id)
    assert (outage.cause_node.name, len(outage.nodes), db.session.query(Ticket).count()) == ("Router inti", 4, 1)


def test_complaint_opens_an_outage_and_is_tied_to_it(app):
    small_network()
    complaint = file_complaint()
    take(
        complaint,
        "open_outage",
        "tono",
        node="0",
        unit=str(_feb()),
        subject="FEB mati",
        description="Tidak ada jaringan.",
    )
    outage = db.session.get(Ticket, complaint.incident_id)
    assert (outage.procedure, outage.state, outage.subject) == ("network_outage", "reported", "FEB mati")
    assert [unit.code for unit in db.session.get(Outage, outage.id).units] == ["FEB"]


def _feb():
    return next(iter(small.id for small in _units("FEB")))


def _units(code):
    from models.organisation.unit import Unit

    return db.session.query(Unit).filter_by(code=code)


@pytest.mark.parametrize("estimate", ["", "2020-01-01T10:00", "2999-01-01T10:00", "besok"])
def test_promise_in_the_past_or_unreadable_is_refused(app, estimate):
    ticket = network_outage_at("supporting")
    fields = {"recovers_at": estimate, "estimate_reason": "x", "source": "PLN", "text": "x"}
    with pytest.raises(StepRefused) as refused:
        take(ticket, "ask_duration", "tono", **fields)
    assert refused.value.why == "form"
    assert refused.value.form.recovers_at.errors


def test_every_step_is_refused_to_wrong_roles_and_in_wrong_states(app):
    """Each staff step × a wrong role, and × a state where it is not open."""
    nodes = small_network()
    reported, repairing = network_outage_at("reported", nodes), network_outage_at("repairing", nodes)
    for number, name, by, sources, _to in PAPER:
        if not sources or by & {"monitor", "product"}:
            continue
        ticket = reported if "reported" not in sources else repairing
        if "repairing" in sources and "reported" in sources:
            continue
        right = "tono" if S in by else "rina"
        with pytest.raises(StepRefused) as refused:
            take_step(ticket, name, as_staff(right), form_of("network_outage", name))
        assert (number, refused.value.why) == (number, "state")
        with pytest.raises(StepRefused) as refused:
            take_step(ticket, name, as_staff("sari"), form_of("network_outage", name))
        assert (number, refused.value.why) == (number, "role")


def test_lina_of_systems_does_not_see_a_network_outage(app):
    ticket = network_outage_at("reported")
    with pytest.raises(StepRefused) as refused:
        take(ticket, "ping", "lina", node="0")
    assert refused.value.why == "hidden"
