"""Which outages are open is read from the outages, not from every open ticket; also where no statistics say so."""

from __future__ import annotations

import pytest

from models.base.db import db
from models.outages import open_outages


@pytest.mark.only("sqlite")  # without statistics it took the open tickets first: 0.3 s at a million
@pytest.mark.parametrize("ask", [open_outages._known, open_outages._open_places])
def test_every_ticket_is_reached_by_its_number_from_an_outage(app, ask):
    sql = str(ask().compile(db.engine))
    plan = db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", (0,) * sql.count("?")).all()
    steps = [row[-1] for row in plan if " ticket " in f" {row[-1]} "]
    assert steps == ["SEARCH ticket USING INTEGER PRIMARY KEY (rowid=?)"], plan
