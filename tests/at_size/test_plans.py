"""How a list is found: along an index that holds all it is filtered by, so that a rare filter reads no ticket in vain."""

from __future__ import annotations

import pytest
from sqlalchemy import event

from models.base.db import db
from tests.at_size.test_at_size import narrowed
from tests.browse import Person


def plans(app, person, address):
    """Each line of the plans by which the page's lists of tickets are read."""
    asked = []

    def heard(_connection, _cursor, statement, parameters, *_more):
        asked.append((statement, parameters))

    with app.app_context():
        engine = db.engine
        event.listen(engine, "before_cursor_execute", heard)
        try:
            assert person.client.get(address).status_code == 200
        finally:
            event.remove(engine, "before_cursor_execute", heard)
        lists = [(s, p) for s, p in asked if s.startswith(("SELECT", "WITH")) and "anon_" in s and "told" in s]
        with engine.connect() as connection:
            return [
                row[-1]
                for statement, parameters in lists
                for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            ]


@pytest.mark.only("sqlite")  # its planner names each index and whether it is enough; a small PostgreSQL scans anyway
@pytest.mark.parametrize("sort", ["newest", "due", "quiet"])
def test_a_list_of_all_tickets_reads_only_its_index_whatever_the_filter(large, sort):
    with large.app_context():
        chosen = [
            address
            for address in narrowed()
            if address.startswith(("state", "channel", "unit", "step", "since", "until"))
        ]
    sari, read = Person(large, "sari"), []
    for address in chosen:
        read += plans(large, sari, f"/admin/ticket/?{address}&sort={sort}")
    lists = [line for line in read if "ix_ticket_list_" in line]
    assert len(lists) >= len(chosen)
    assert [line for line in lists if "COVERING" not in line] == []
    scans = [line for line in read if line.startswith("SCAN ticket") and "ix_ticket_paused" not in line]
    assert [line for line in scans if "COVERING" not in line] == []
