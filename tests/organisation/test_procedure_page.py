"""The procedures for staff: the paper's chart, and every numbered step that the public chart leaves out."""

from __future__ import annotations

import pytest

from procedures.engine import catalog
from tests.browse import Person
from tests.walk import complaint_at


@pytest.mark.parametrize("key", ["network_outage", "complaint"])
def test_staff_read_every_inner_move_and_the_public_reads_the_paper_alone(app, cast, key):
    steps = [step for step in catalog.get(key).steps.values() if step.number]
    page = Person(app, "tono").get(f"/admin/procedure/?key={key}").text
    assert [step.number for step in steps if f'<span class="pk-step-no">{step.number}</span>' not in page] == []
    public = Person(app).get(f"/prosedur/{catalog.get(key).slug}").text
    inner = [step.number for step in steps if step.number != step.line]
    assert inner and [number for number in inner if f">{number} " in public or f">{number}<" in public] == []


def test_a_ticket_leads_to_the_chart_of_its_procedure_and_a_wrong_key_is_refused(app, cast):
    tono, ticket = Person(app, "tono"), complaint_at("in_progress")
    assert "/admin/procedure/?key=complaint" in tono.get(f"/admin/ticket/details/?id={ticket.id}").text
    assert tono.get("/admin/procedure/?key=nothing").status_code == 400
    assert Person(app).get("/admin/procedure/").status_code == 302
