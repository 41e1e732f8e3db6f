"""Every form of every step with nothing filled in, and with only what nobody sees: the same is wrong with both."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, FileField, RadioField, SelectField, SelectMultipleField

from procedures.engine import catalog
from tests.databases import once

pytestmark = once

CHOSEN = (SelectField, RadioField, SelectMultipleField, BooleanField, FileField)  # never typed
BLANKS = ("", "   ", "\u200b\u2060", "\u00a0\u3164\ufeff", "\t")

# Steps whose form asks for nothing that must be there: typed by hand from the papers.
NOTHING_NEEDED = {
    "request_change",  # chosen by buttons; P1 itself says which of them is missing
    "approve_rab", "attach", "change_password", "close", "follow_up", "inform", "label", "ping", "ping_again",
}  # fmt: skip


def forms() -> dict[str, type[Any]]:
    """One step for each form, `procedure.step`."""
    return {
        f"{procedure.key}.{step.name}": step.asks
        for procedure in catalog.PROCEDURES.values()
        for step in procedure.steps.values()
        if step.asks
    }


def errors_of(form_class: type[Any], blank: str | None) -> dict[str, list[str]]:
    """What the form says to a browser that sends each box with `blank` in it, or no box at all."""
    boxes = [field.name for field in form_class() if not isinstance(field, CHOSEN)]
    form = form_class(MultiDict({} if blank is None else dict.fromkeys(boxes, blank)))
    return {} if form.validate() else {name: [str(e) for e in found] for name, found in form.errors.items()}


@pytest.mark.parametrize("blank", BLANKS, ids=ascii)
def test_a_form_with_only_blanks_is_a_form_with_nothing_filled_in(app, blank):
    for name, form_class in {form: (name, form) for name, form in forms().items()}.values():
        assert errors_of(form_class, blank) == errors_of(form_class, None), name


def test_nothing_filled_in_passes_only_where_the_paper_asks_for_nothing(app):
    passed = {name.partition(".")[2] for name, form_class in forms().items() if not errors_of(form_class, None)}
    assert passed == NOTHING_NEEDED


# Rules between fields, of which one may be empty: each is asked though the field it speaks of is empty.
@pytest.mark.parametrize(
    ("name", "typed", "wrong"),
    [
        ("complaint.file_complaint", {"name": "Andi", "subject": "x", "description": "x", "category": "1"}, "email"),
        ("complaint.enter_complaint", {"name": "Andi", "subject": "x", "description": "x", "phone": "\u200b"}, "email"),
        ("network_outage.log_call", {"way": "phone", "text": "Lampu mati."}, "name"),
        ("network_outage.contact_manager", {"way": "phone", "text": "Lampu mati.", "finding": "it"}, "name"),
        ("network_outage.report_outage", {"subject": "x", "description": "x", "reporter_name": "Andi"}, "unit"),
        ("network_outage.send_update", {"text": "x", "estimate_reason": "Menunggu PLN"}, "recovers_at"),
        ("network_installation.send_letter", {"acknowledged_by": "Pak Dekan"}, "acknowledged_as"),
        ("network_installation.send_letter", {"acknowledged_as": "Dekan"}, "acknowledged_by"),
        ("network_installation.send_letter", {}, "letter_number"),
        ("network_installation.answer_rab", {"answer": "decline", "decided_by": "x", "decided_as": "x"}, "reason"),
        ("network_installation.enter_disposition", {"text": "Mohon disurvey."}, "files"),
        ("network_installation.record_payment", {"amount": "1000", "payer": "x"}, "files"),
        ("unit_email.send_request", {"acknowledged_by": "Pak Dekan"}, "acknowledged_as"),
        ("password_change.compare", {"result": "no_match"}, "result"),
    ],
)  # fmt: skip
def test_a_rule_between_fields_is_asked_though_its_field_is_empty(app, name, typed, wrong):
    form = forms()[name](MultiDict(typed))
    assert not form.validate()
    assert form.errors[wrong]
