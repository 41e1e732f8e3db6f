"""Who reads and who hears of each step, typed by hand from docs/procedures/README.md: a default of the engine, such as
that a step of staff is internal, cannot open or close one unseen.
"""

from __future__ import annotations

from procedures.engine import catalog
from procedures.engine.declaration import Step

# What the requester reads in their history, beside what they take themselves.
PUBLIC = {
    "network_installation": """send_letter enter_letter return_letter complete_letter refuse_letter end_infeasible
        refuse_rab revise_rab cancel_bill""",
    "unit_email": """send_request enter_request find_feasible propose_adjustment accept_adjustment decline_adjustment
        refuse_request account_ready""",
    "password_change": "request_change password_changed record_set",
    "network_outage": "end_unconfirmed report_supporting report_it pass_on send_update end",
    "server_outage": "end_false_alarm end",
    "complaint": "file_complaint enter_complaint hand_out_number distribute resolve confirm reopen close_silent",
}
# Taken on a page or a form of its own; those of monitor and product have no button either.
NO_BUTTON = {
    "network_installation": "confirm_disposition send_survey submit_rab send_test",
    "unit_email": "",
    "password_change": "request_change change_password",
    "network_outage": "open_from_complaint",
    "server_outage": "",
    "complaint": "rate",
}
# Mere news in the history: nothing of the paper was done by it.
NEWS = {
    "network_installation": "remind_unit remind_payment",
    "unit_email": "",
    "password_change": "",
    "network_outage": """move_cause join_outage hear_alert ping_again record_later_ping log_call prove_recovery
        fall_again""",
    "server_outage": """hear_alert visit_again record_later_visit follow_up_outside remind_follow_up prove_recovery
        fall_again""",
    "complaint": "warn_of_closing",
}
TOLD = {
    "network_installation": {
        "send_letter": "requester head_of_centre",
        "enter_letter": "requester head_of_centre",
        "dispose": "head_networking requester",
        "return_letter": "requester",
        "complete_letter": "head_of_centre",
        "refuse_letter": "requester",
        "enter_disposition": "head_networking head_of_centre requester",
        "pass_on": "assignee",
        "name_surveyors": "assignee requester",
        "send_survey": "head_networking",
        "propose_end": "head_of_centre",
        "end_infeasible": "requester head_networking",
        "keep_going": "head_networking",
        "submit_rab": "head_of_centre",
        "approve_rab": "requester contact head_networking",
        "return_rab": "member",
        "refuse_rab": "requester head_networking",
        "answer_rab": "head_networking",
        "revise_rab": "requester",
        "remind_unit": "requester it_managers",
        "name_installers": "assignee requester",
        "report_installed": "head_networking",
        "send_test": "head_networking head_of_centre",
        "recheck": "head_networking",
        "issue_bill": "requester contact head_of_centre",
        "cosign_bill": "requester contact",
        "cancel_bill": "requester",
        "record_payment": "requester",
        "return_overpayment": "requester",
        "reverse_payment": "requester",
        "remind_payment": "requester",
    },
    "unit_email": {
        "send_request": "unit head_of_centre",
        "enter_request": "unit head_of_centre",
        "dispose": "head_networking unit",
        "find_feasible": "service_officer unit",
        "propose_adjustment": "unit",
        "advise_refusal": "head_of_centre",
        "accept_adjustment": "service_officer head_networking",
        "decline_adjustment": "head_networking",
        "refuse_request": "unit",
        "overrule_refusal": "head_networking",
    },
    "password_change": {"reject_second": "requester"},  # the owner's addresses are told by the step itself
    "network_outage": {
        "open_by_monitor": "staff_networking head_networking",
        "report_outage": "staff_networking head_networking",
        "open_from_complaint": "staff_networking head_networking",
        "end_unconfirmed": "requester",
        "contact_manager": "it_managers",
        "log_call": "it_managers",
        "report_supporting": "head_networking it_managers",
        "report_it": "head_networking it_managers",
        "dispatch": "assignee",
        "dispatch_meanwhile": "assignee",
        "report_from_site": "head_networking",
        "report_again": "head_networking",
        "pass_on": "it_managers requester",
        "send_update": "it_managers requester",
        "end": "head_networking staff_networking it_managers requester",
    },
    "server_outage": {
        "open_by_monitor": "staff_systems",
        "report_outage": "staff_systems",
        "end_false_alarm": "requester",
        "report_to_head": "head_systems",
        "order_staff": "assignee",
        "report_cause": "head_systems",
        "contact_outside": "contact",
        "follow_up_outside": "contact",
        "remind_follow_up": "head_systems",
        "end": "requester head_systems staff_systems",
    },
    "complaint": {
        "open_routine": "assignee",
        "hand_out_number": "requester",
        "distribute": "assignee",
        "resolve": "requester",
        "confirm": "assignee",
        "reopen": "assignee",
        "rate": "assignee",
        "close_silent": "requester",
        "warn_of_closing": "requester",
        "close": "requester",
    },
}
# The common moves: does the requester read it, has it no button, what is it in the history, who is told.
COMMON = {
    "take": (False, False, "system", ""),
    "assign": (False, False, "system", "assignee"),
    "hand_over": (False, False, "system", "member"),
    "reply": (True, True, "reply", "requester"),
    "note": (False, True, "note", ""),
    "attach": (False, False, "note", ""),
    "ask_requester": (True, False, "reply", "requester"),
    "hold": (False, False, "system", ""),
    "carry_on": (False, False, "system", ""),
    "answer": (True, True, "answer", "assignee"),
    "cancel": (True, False, "step", "requester"),
    "refuse": (True, False, "step", "requester"),
    "label": (False, False, "system", ""),
    "mend": (False, True, "system", "requester"),
    "add_copy": (False, True, "system", ""),  # who is asked gets a mail of their own
    "confirm_copy": (False, True, "system", ""),
    "remove_copy": (False, True, "system", ""),
    "leave_copy": (False, True, "system", ""),
    "merge": (False, False, "step", "requester"),
    "unmerge": (False, False, "step", "requester"),
    "receive": (False, True, "system", "requester"),
    "give_back": (False, True, "system", ""),
    "hear_answer": (False, True, "system", ""),
    "add_items": (False, True, "system", ""),
    "tick_item": (False, True, "system", ""),
    "drop_item": (False, True, "system", ""),
    "split": (False, False, "system", "requester"),
    "open_from_split": (False, True, "step", ""),
    "bring_reply": (True, True, "reply", ""),
    "bring_answer": (True, True, "answer", ""),
    "bring_note": (False, True, "note", ""),
    "tie": (False, False, "system", ""),
    "untie": (False, False, "system", ""),
    "open_outage": (False, False, "system", ""),
    "resolve_with_incident": (True, True, "step", "requester"),
    "release": (False, True, "system", ""),
    "warn_due": (False, True, "system", ""),  # these four: whoever rises above it gets a mail of their own
    "tell_overdue": (False, True, "system", ""),
    "tell_centre": (False, True, "system", ""),
    "tell_again": (False, True, "system", ""),
}
CANCEL_OF_WORK = (True, False, "step", "requester member")  # N: whoever was about to go to the place hears of it


def own_steps(procedure: str) -> list[Step]:
    return [step for step in catalog.get(procedure).steps.values() if not step.is_common]


def told(step: Step) -> str:
    return " ".join(word.value for word in step.tells)


def is_machines(step: Step) -> bool:
    return {word.value for word in step.by} <= {"monitor", "product"}


def test_the_requester_reads_exactly_the_steps_that_the_paper_tells_them():
    assert {key: {step.name for step in own_steps(key) if step.is_public} for key in PUBLIC} == {
        key: set(names.split()) for key, names in PUBLIC.items()
    }


def test_each_step_tells_those_whom_the_paper_names():
    assert {key: {step.name: told(step) for step in own_steps(key) if step.tells} for key in TOLD} == TOLD


def test_monitor_and_product_press_no_button_and_of_staff_only_what_has_a_page_of_its_own():
    assert {key: [step.name for step in own_steps(key) if is_machines(step) and not step.is_quiet] for key in TOLD} == {
        key: [] for key in TOLD
    }
    assert {
        key: {step.name for step in own_steps(key) if step.is_quiet and not is_machines(step)} for key in NO_BUTTON
    } == {key: set(names.split()) for key, names in NO_BUTTON.items()}


def test_only_what_moves_the_procedure_counts_as_a_step_of_it():
    assert {key: {step.name for step in own_steps(key) if step.kind == "system"} for key in NEWS} == {
        key: set(names.split()) for key, names in NEWS.items()
    }
    assert {step.kind for key in NEWS for step in own_steps(key)} == {"step", "system"}


def test_a_common_move_is_read_and_told_alike_in_every_procedure():
    found = {
        (key, step.name): (step.is_public, step.is_quiet, step.kind, told(step))
        for key, procedure in catalog.PROCEDURES.items()
        for step in procedure.steps.values()
        if step.is_common
    }
    expected = {(key, name): COMMON[name] for key, name in found} | {("network_installation", "cancel"): CANCEL_OF_WORK}
    assert found == expected
    assert {name for _key, name in found} == set(COMMON)
