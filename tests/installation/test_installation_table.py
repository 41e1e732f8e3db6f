"""The table of N1 to N9, typed by hand from the paper, equals the code's; every other role and state is refused."""

from __future__ import annotations

import pytest

from models.tickets.ticket import Event
from procedures.engine import catalog
from procedures.engine.take_step import StepRefused
from tests.installation.installation_walk import ASIDE, DEWI, ORDER, installation_at, take
from tests.walk import as_staff

HC, HN, SN, OP = "head_of_centre", "head_networking", "staff_networking", "operator"
AFTER = ["surveyors", "survey", "infeasible", "end_proposed", "rab_draft", "rab_approval", "unit_agreement",
         "installers", "installation", "testing", "recheck", "billing", "bill_signature", "payment"]  # fmt: skip
AFTER_BUILT = ["testing", "recheck", "billing", "bill_signature", "payment"]
# number, step, by, from, to: typed from the written procedure, in its order
TABLE = [
    ("N1", "send_letter", ["unit"], [], ["disposition"]),
    ("N1b", "enter_letter", [OP], [], ["disposition"]),
    ("N2", "dispose", [HC], ["disposition"], ["surveyors"]),
    ("N2b", "return_letter", [HC], ["disposition"], ["completion"]),
    ("N2c", "complete_letter", ["unit", OP], ["completion"], ["disposition"]),
    ("N2d", "refuse_letter", [HC], ["disposition"], ["refused"]),
    ("N2e", "enter_disposition", [OP], ["disposition"], ["surveyors"]),
    ("N2f", "confirm_disposition", [HC], AFTER, AFTER),
    ("N2g", "pass_on", [HN], ["surveyors"], ["surveyors"]),
    ("N3", "name_surveyors", [HN], ["surveyors", "survey"], ["survey"]),
    ("N4", "send_survey", [SN, HN], ["survey"], ["rab_draft", "infeasible"]),
    ("N4b", "propose_end", [HN], ["infeasible"], ["end_proposed"]),
    ("N4c", "survey_again", [HN], ["infeasible"], ["surveyors"]),
    ("N5b", "end_infeasible", [HC], ["end_proposed"], ["not_feasible"]),
    ("N5c", "keep_going", [HC], ["end_proposed"], ["infeasible"]),
    ("N5", "submit_rab", [SN, HN], ["rab_draft"], ["rab_approval"]),
    ("N6", "approve_rab", [HC], ["rab_approval"], ["unit_agreement"]),
    ("N6c", "return_rab", [HC], ["rab_approval"], ["rab_draft"]),
    ("N6d", "refuse_rab", [HC], ["rab_approval"], ["refused"]),
    ("N6b", "answer_rab", ["unit", OP], ["unit_agreement"], ["installers", "declined"]),
    ("N6e", "revise_rab", [SN, HN], ["unit_agreement"], ["rab_draft"]),
    ("N6f", "remind_unit", ["product"], ["unit_agreement"], ["unit_agreement"]),
    ("N7b", "name_installers", [HN], ["installers", "installation"], ["installation"]),
    ("N7c", "report_installed", [SN, HN], ["installation"], ["testing"]),
    ("N7d", "sign_handover", [SN, HN], AFTER_BUILT, AFTER_BUILT),
    ("N7", "send_test", [SN, HN], ["testing"], ["billing", "recheck", "closed"]),
    ("N9", "recheck", [SN, HN], ["recheck"], ["testing"]),
    ("N8", "issue_bill", [HC], ["billing"], ["payment", "bill_signature"]),
    ("N8c", "cosign_bill", [HC], ["bill_signature"], ["payment"]),
    ("N8d", "cancel_bill", [HC], ["bill_signature", "payment"], ["billing"]),
    ("N8b", "record_payment", [OP], ["payment"], ["payment", "closed"]),
    ("N8f", "return_overpayment", [OP, HC], ["closed"], ["closed"]),
    ("N8g", "reverse_payment", [OP, HC], ["payment", "closed"], ["payment"]),
    ("N8e", "remind_payment", ["product"], ["payment"], ["payment"]),
]
PEOPLE = {"budi": HC, "rina": HN, "tono": SN, "sari": OP, "hadi": "head_systems", "lina": "staff_systems",
          "wati": "service_officer", "rudi": "administrator", "ketua": "viewer"}  # fmt: skip
SEE_ALL = {"budi", "sari", "ketua"}
MOVING = [row for row in TABLE if row[3]]


def code_table():
    procedure = next(p for p in catalog.as_data() if p["key"] == "network_installation")
    return [(s["number"], s["name"], s["by"], s["from"], s["to"]) for s in procedure["steps"] if s["number"]]


def test_hand_typed_table_equals_the_code(app):
    assert code_table() == [(number, name, by, was, to) for number, name, by, was, to in TABLE]


def test_final_states_are_the_ends_of_the_paper_and_the_joined_one(app):
    ends = [s.value for s in catalog.get("network_installation").states if s.final]
    assert ends == ["closed", "refused", "not_feasible", "declined", "cancelled", "merged"]


def told(ticket, step, actor):
    """Why this actor may not take the step; "taken" where nothing stops them."""
    try:
        take(ticket, step, actor)
    except StepRefused as refused:
        return refused.why
    return "taken"


@pytest.mark.only("sqlite")  # right and state are asked in Python; the swap itself has its own test on both databases
@pytest.mark.parametrize("desk", [*ORDER, *ASIDE])
def test_every_step_is_refused_to_every_wrong_role_and_in_every_wrong_state(app, desk):
    ticket = installation_at(desk)
    before = app.extensions["sqlalchemy"].session.query(Event).count()
    right = {HC: "budi", HN: "rina", SN: "tono", OP: "sari"}
    wrong = []
    for _number, name, by, was, _to in MOVING:
        if desk == was[0]:  # here it may be taken, by its own people
            others = {person: person for person, role in PEOPLE.items() if role not in by}
            wrong += [(name, p, w) for p in others if (w := told(ticket, name, p)) not in ("role", "hidden")]
            if "unit" not in by and (why := told(ticket, name, DEWI)) != "role":
                wrong.append((name, "unit", why))
        elif desk not in was and by != ["product"]:
            why = told(ticket, name, DEWI if by[0] == "unit" else as_staff(right[by[0]]))
            # Who cannot see the ticket where it lies is told less.
            if why not in (("state", "hidden") if by[0] in (HN, SN) else ("state",)):
                wrong.append((name, by[0], why))
    assert wrong == []
    assert app.extensions["sqlalchemy"].session.query(Event).count() == before
