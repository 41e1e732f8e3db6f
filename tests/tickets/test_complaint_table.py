"""The complaint's table, typed by hand from the paper, equals the code's; every step is refused where it must be."""

from __future__ import annotations

import pytest

from models.base.db import db
from models.tickets.ticket import Event
from procedures.engine import catalog
from procedures.engine.declaration import Actor
from procedures.engine.take_step import StepRefused, take_step
from tests.databases import once
from tests.walk import REQUESTER, as_staff, complaint_at, file_complaint, form_of

pytestmark = once

MEMBER = [
    "head_of_centre",
    "head_networking",
    "staff_networking",
    "head_systems",
    "staff_systems",
    "operator",
    "service_officer",
]
# number, name, who, from, to
PAPER = [
    ("C1", "file_complaint", ["requester"], [], ["received", "screening"]),
    ("C2", "enter_complaint", ["operator"], [], ["received"]),
    ("C2b", "accept", ["operator"], ["screening"], ["received"]),
    ("C2c", "discard", ["operator"], ["screening"], ["discarded"]),
    ("C2d", "open_routine", ["product"], [], ["with_group"]),
    ("C3", "hand_out_number", ["product"], ["received"], ["numbered"]),
    ("C4", "distribute", ["product"], ["numbered"], ["with_group"]),
    ("C5", "follow_up", MEMBER, ["with_group"], ["in_progress"]),
    ("C5b", "resolve", MEMBER, ["with_group", "in_progress"], ["resolved"]),
    ("C6", "confirm", ["requester"], ["resolved"], ["closed"]),
    ("C6b", "reopen", ["requester", *MEMBER], ["resolved", "closed"], ["in_progress"]),
    ("C6c", "rate", ["requester"], ["resolved", "closed"], ["resolved", "closed"]),
    ("C6d", "close_silent", ["product"], ["resolved"], ["closed"]),
    ("C6e", "warn_of_closing", ["product"], ["resolved"], ["resolved"]),
    ("C6f", "close", MEMBER, ["resolved"], ["closed"]),
]
OPEN = ["screening", "received", "numbered", "with_group", "in_progress", "resolved"]
COMMON = [
    ("take", MEMBER, OPEN),
    ("assign", MEMBER, OPEN),
    ("hand_over", MEMBER, OPEN),
    ("reply", MEMBER, OPEN),
    ("note", MEMBER, OPEN),
    ("attach", MEMBER, OPEN),
    ("ask_requester", MEMBER, OPEN),
    ("hold", MEMBER, OPEN),
    ("carry_on", MEMBER, OPEN),
    ("answer", ["requester"], [*OPEN, "merged"]),
    ("cancel", MEMBER, ["cancelled"]),
    ("refuse", MEMBER, ["refused"]),
    ("label", MEMBER, OPEN),
    ("mend", MEMBER, OPEN),  # "Facts can be put right"
    ("add_items", MEMBER, OPEN),  # a checklist on a ticket
    ("tick_item", MEMBER, OPEN),
    ("drop_item", MEMBER, OPEN),
]
MERGES_FROM = ["with_group", "in_progress", "resolved"]
# Merging into another ticket and taking out again: name, by, from, to.
MERGING = [
    ("merge", MEMBER, MERGES_FROM, ["merged"]),
    ("unmerge", MEMBER, ["merged"], MERGES_FROM),
    ("receive", ["product"], OPEN, OPEN),
    ("give_back", ["product"], OPEN, OPEN),
    ("hear_answer", ["product"], OPEN, OPEN),
]
EVERY = [*OPEN, "closed", "cancelled", "merged", "refused", "discarded"]
# A colleague in copy (issue "A desk that beats the best"): name, by, from.
COPYING = [
    ("add_copy", ["requester", *MEMBER], OPEN),
    ("confirm_copy", ["product"], EVERY),
    ("remove_copy", ["requester", *MEMBER], EVERY),
    ("leave_copy", ["product"], EVERY),
]
SPLITTING = [
    ("split", MEMBER, ["with_group", "in_progress"], ["with_group", "in_progress"]),
    ("open_from_split", ["product"], [], ["received"]),
    ("bring_reply", ["product"], OPEN, OPEN),
    ("bring_answer", ["product"], OPEN, OPEN),
    ("bring_note", ["product"], OPEN, OPEN),
]
COPYING_MOVES = [(name, by, start, start) for name, by, start in COPYING]
WORKED_ON = ["with_group", "in_progress"]
# Moves towards an outage (issue "Outages"): name, by, from, to.
LATE = [(name, ["product"], OPEN, OPEN) for name in ("warn_due", "tell_overdue", "tell_centre", "tell_again")]
TYING = [
    ("tie", MEMBER, WORKED_ON, WORKED_ON),
    ("untie", MEMBER, WORKED_ON, WORKED_ON),
    ("open_outage", ["staff_networking", "head_networking"], WORKED_ON, WORKED_ON),
    ("resolve_with_incident", ["product"], WORKED_ON, ["resolved"]),
    ("release", ["product"], WORKED_ON, WORKED_ON),
]
FIELDS = {"text": "Kata-kata.", "reason": "Alasan.", "cause": "Sebab.", "solution": "Penyelesaian.", "rating": "5"}
REACHED = ["with_group", "in_progress", "resolved", "closed", "cancelled", "refused"]


def complaint():
    return next(p for p in catalog.as_data() if p["key"] == "complaint")


def test_the_numbered_steps_equal_the_paper(app):
    found = [(s["number"], s["name"], s["by"], s["from"], s["to"]) for s in complaint()["steps"] if s["number"]]
    assert found == PAPER


def test_the_common_moves_equal_the_paper(app):
    found = [(s["name"], s["by"], s["from"], s["to"]) for s in complaint()["steps"] if s["number"] is None]
    common = [(name, by, [*OPEN, "merged"] if name == "answer" else OPEN, to) for name, by, to in COMMON]
    assert found == common + MERGING + COPYING_MOVES + SPLITTING + LATE + TYING


def moving_steps():
    return [(name, start) for _number, name, _by, start, _to in PAPER if start] + [
        (name, OPEN) for name, _by, _to in COMMON
    ]


def refusals(ticket, step, actors):
    """What each of these actors is told who may not take the step; a step that was taken is none."""
    for name, who in actors.items():
        try:
            take_step(ticket, step, who, form_of("complaint", step, **FIELDS))
        except StepRefused as refused:
            yield name, refused.why, refused.sentence
        else:
            yield name, "taken", ""


def test_every_step_is_refused_in_every_wrong_state_with_its_sentence(app):
    actors = {"requester": REQUESTER, "product": Actor("product", "Pustikom")}
    wrong, asked = [], 0
    for state in REACHED:
        ticket = complaint_at(state)
        count = db.session.query(Event).count()
        for step, start in moving_steps():
            if state in start:
                continue
            by = next(s["by"] for s in complaint()["steps"] if s["name"] == step)
            who = actors.get(by[0]) or as_staff("sari" if by == ["operator"] else "rina")
            for _name, why, sentence in refusals(ticket, step, {"": who}):
                asked += 1
                if why != "state" or not sentence.startswith("Tiket ini sekarang di “"):
                    wrong.append((state, step, why, sentence))
        assert (ticket.state, db.session.query(Event).count()) == (state, count)
    assert wrong == []
    assert asked > 80


def test_every_step_is_refused_to_every_wrong_role_with_its_sentence(app):
    everyone = {
        "ketua": "viewer",
        "wati": "service_officer",
        "rudi": "administrator",
        "lina": "staff_systems",
        "sari": "operator",
        "budi": "head_of_centre",
        "requester": "requester",
        "monitor": "monitor",
    }
    actors = {name: as_staff(name) for name in [*everyone][:6]}
    actors |= {"requester": REQUESTER, "monitor": Actor("monitor", "Monitor")}
    tickets = {state: complaint_at(state) for state in REACHED}
    new, wrong, asked = file_complaint(), [], 0
    count = db.session.query(Event).count()
    for step, start in moving_steps():
        ticket = next((tickets[s] for s in REACHED if s in start), new)
        by = next(s.by for s in catalog.get("complaint").steps.values() if s.name == step)
        others = {
            name: actors[name]
            for name, role in everyone.items()
            if role not in by and not ("member" in by and role in ("head_networking", "staff_networking"))
        }
        for name, why, sentence in refusals(ticket, step, others):
            asked += 1
            told = why == "hidden" or (why == "role" and sentence.startswith("Langkah ini dilakukan oleh "))
            if not told:
                wrong.append((step, name, why, sentence))
    assert wrong == []
    assert (asked > 120, db.session.query(Event).count()) == (True, count)


def test_a_product_step_is_refused_before_its_time(app):
    with pytest.raises(StepRefused) as refused:
        take_step(complaint_at("resolved"), "close_silent", Actor("product", "Pustikom"))
    assert refused.value.sentence == "Waktu tanggapan pemohon belum habis."
