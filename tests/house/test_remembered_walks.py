"""Who asks for a walk that was taken before gets just what it would leave: rows, numbers, files' names and ages."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select, text

from models.base.db import db, utcnow, write_transaction
from models.organisation.unit import Unit
from models.tickets.ticket import Event, Ticket
from procedures.engine import take_step
from tests.browse import Person
from tests.installation.installation_walk import dispose, installation_at
from tests.outages.walk import network_outage_at, small_network
from tests.walk import complaint_at

STEPS = 3  # from the letter to the survey


@pytest.fixture
def taken(app):
    """The steps that are really taken from here on."""
    really, names = take_step.record, []

    def record(ticket, move, *more, **options):
        names.append(move.step.name)
        return really(ticket, move, *more, **options)

    take_step.record = record  # a patch of pytest's would have every walk taken
    yield names
    take_step.record = really


def rows() -> dict[str, list]:
    """Every row of every table."""
    found = {}
    for table in db.metadata.sorted_tables:
        columns = [column for column in table.columns if not column.computed]
        found[table.name] = sorted(str(tuple(row)) for row in db.session.execute(select(*columns)))
    return found


@pytest.fixture
def first(app) -> tuple[dict[str, list], float]:
    """The rows after the first walk, and how old its ticket was then."""
    ticket = installation_at("survey")
    return rows(), (utcnow() - ticket.received_at).total_seconds()


def test_a_walk_that_was_taken_is_not_taken_again_and_leaves_the_same_rows(first, house, taken):
    application, store = house
    was, age = first
    again(application, store)
    ticket = installation_at("survey")
    assert taken == []
    assert rows() == was
    assert (utcnow() - ticket.received_at).total_seconds() == pytest.approx(age, abs=1)
    dispose(installation_at("disposition"))  # what follows is written behind it
    assert db.session.query(Ticket).count() == 2 and taken.count("dispose") == 1
    assert db.session.scalar(select(func.count(Event.id))) > len(was["event"])


def test_a_test_that_wrote_something_walks_itself(first, house, taken):
    again(*house)
    with write_transaction():
        db.session.add(Unit(code="NEW", name="Unit baru", kind="bureau"))
    ticket = installation_at("survey")
    assert len(taken) == STEPS and ticket.state == "survey"
    assert db.session.query(Unit).filter_by(code="NEW").count() == 1


def test_a_test_that_patched_something_walks_itself(first, house, taken, monkeypatch):
    again(*house)
    monkeypatch.setitem(house[0].config, "BASE_URL", "http://elsewhere")
    installation_at("survey")
    assert len(taken) == STEPS


def test_two_walks_in_a_row_are_remembered_as_two(app, house, taken):
    one, two = complaint_at("resolved"), complaint_at("in_progress")
    numbers, was = (one.number, two.number), rows()
    del taken[:]
    again(*house)
    one, two = complaint_at("resolved"), complaint_at("in_progress")
    assert (taken, (one.number, two.number), one.state, two.state) == ([], numbers, "resolved", "in_progress")
    assert rows() == was


def test_rows_by_name_are_remembered_by_name_and_a_walk_about_given_rows_is_taken(app, house, taken):
    names = set(small_network())
    again(*house)
    nodes = small_network()
    assert {name: node.name for name, node in nodes.items()} == {name: name for name in names}
    network_outage_at("reported", nodes)
    assert taken == ["open_by_monitor"]


def test_who_logs_in_before_a_walk_stays_logged_in_whichever_of_both_is_remembered(app, house):
    for _time in range(4):
        again(*house)
        tono = Person(app, "tono")
        ticket = installation_at("survey")
        assert tono.get(f"/admin/ticket/details/?id={ticket.id}").status_code == 200
        assert tono.post(f"/admin/ticket/{ticket.id}/do/reply", {"text": "Kami datang besok."}).status_code == 303


def test_after_a_remembered_walk_the_house_is_put_back(first, house):
    again(*house)
    installation_at("survey")
    again(*house)
    assert db.session.query(Ticket).count() == db.session.query(Event).count() == 0
    assert db.session.execute(text("SELECT count(*) FROM installation_request")).scalar() == 0


def again(application, store) -> None:
    """As at the start of the next test."""
    from tests.conftest import put_back

    db.session.remove()
    put_back(application, store)
