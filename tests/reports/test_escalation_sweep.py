"""What lets late tickets rise asks the same few statements a batch, however many tickets wait."""

from __future__ import annotations

from jobs.tickets import escalate as sweep
from models.base.db import db
from tests.databases import once
from tests.tickets.test_workbench import Statements
from tests.walk import complaint_at


@once
def test_a_sweep_of_which_nothing_rises_asks_two_statements_a_batch(app, cast, monkeypatch):
    monkeypatch.setattr(sweep, "BATCH", 4)
    for _each in range(8):
        complaint_at("in_progress")
    db.session.rollback()
    with Statements(app) as asked:
        assert sweep.escalate() == 0
    of_tickets = [each for each in asked.found if "FROM ticket" in each]
    of_rungs = [each for each in asked.found if "FROM event" in each]
    assert (len(of_tickets), len(of_rungs)) == (3, 2)  # two batches, each its tickets and their rungs; then none
    assert len(asked.found) <= 3 + 2 + 4, asked.found  # what a sweep reads once: the calendar, the settings, the groups
