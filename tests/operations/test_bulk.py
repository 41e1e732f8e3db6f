"""Bulk data: every state of every procedure is there, and the product works on it as on walked tickets."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from sqlalchemy import func, select, text

from jobs.bulk import seed
from jobs.bulk.samples import is_left_out, walked_samples
from jobs.bulk.words import RARE_AT_ONCE, RARE_HITS, Wording
from models.base.db import db, utcnow
from models.organisation.staff import Staff
from models.tickets.ticket import Event, Participant, Ticket, TicketText
from models.tickets.ticket_number import Number, read_number
from procedures.engine import catalog
from procedures.engine.declaration import Actor
from procedures.engine.take_step import refusal, steps_of, take_step
from tests.browse import Person
from tests.walk import file_complaint, form_of

pytestmark = pytest.mark.slow

TICKETS = 300


@pytest.fixture(scope="module")
def samples():
    """The walks are the same for each test: they are walked once."""
    return {}


@pytest.fixture
def bulk(app, samples, monkeypatch):
    """A house with a few hundred bulk tickets."""

    def once():
        if "walked" not in samples:
            samples["walked"] = walked_samples()
        return samples["walked"]

    monkeypatch.setattr(seed, "walked_samples", once)
    assert sum(seed.add_tickets(TICKETS)) == TICKETS
    return list(db.session.scalars(select(Ticket).order_by(Ticket.id)).unique())


def test_bulk_makes_every_state_of_every_procedure_with_open_ones_a_quarter(bulk):
    made = Counter((ticket.procedure, ticket.state) for ticket in bulk)
    lying = {
        (procedure.key, state.value)
        for procedure in catalog.PROCEDURES.values()
        for state in procedure.states
        if made[procedure.key, state.value] or not is_left_out(procedure, state)
    }
    assert len(bulk) == TICKETS
    assert lying - set(made) == set()
    assert all(isinstance(read_number(ticket.number), Number) for ticket in bulk)
    assert {ticket.is_open for ticket in bulk if not catalog.get(ticket.procedure).state(ticket.state).final} == {True}


def test_every_desk_opens_on_the_workbench_and_on_the_status_page(app, bulk):
    budi, stranger = Person(app, "budi"), Person(app)  # the head of the centre sees all
    seen = {}
    for ticket in bulk:
        seen.setdefault((ticket.procedure, ticket.state), (ticket.id, ticket.number))
    db.session.rollback()
    for (procedure, state), (ticket_id, number) in seen.items():
        page = budi.get(f"/admin/ticket/details/?id={ticket_id}", check=False)
        assert (procedure, state, page.status_code) == (procedure, state, 200)
        assert number in page.text
        assert stranger.get(f"/tiket/{number}", check=False).status_code == 200


def test_bulk_tickets_pass_the_engines_checks_and_move_on(app, bulk):
    """Every step is asked of somebody; one complaint of each desk is moved on by its own assignee."""
    cast = {person.username: person for person in db.session.scalars(select(Staff)).unique()}
    states = {}
    for ticket in bulk:
        states.setdefault((ticket.procedure, ticket.state), ticket)
    for ticket in states.values():
        for step in steps_of(ticket):
            for person in (cast["budi"], cast["rina"], cast["sari"]):
                refusal(step, ticket, Actor("staff", person.name, person))
    ticket = states["complaint", "in_progress"]
    who = ticket.assignee
    form = form_of("complaint", "resolve", cause="Kabel lepas.", solution="Kabel dipasang.")
    event = take_step(ticket, "resolve", Actor("staff", who.name, who), form, version=ticket.version)
    assert (event.from_state, event.to_state) == ("in_progress", "resolved")


def test_what_bulk_leaves_agrees_with_itself(bulk):
    """The last step's target is the ticket's state; nobody's time lies ahead; who worked on it is a participant."""
    last = dict(
        db.session.execute(
            select(Event.ticket_id, Event.to_state).where(
                Event.id.in_(select(func.max(Event.id)).where(Event.to_state != "").group_by(Event.ticket_id))
            )
        ).all()
    )
    assert [t.number for t in bulk if last[t.id] != t.state] == []
    newest = db.session.scalar(select(func.max(Event.at)))
    assert newest <= utcnow() and max(t.created_at for t in bulk) <= utcnow()
    parts = set(db.session.execute(select(Participant.ticket_id, Participant.staff_id)).tuples())
    assert [t.number for t in bulk if t.assignee_id and (t.id, t.assignee_id) not in parts] == []
    replies = db.session.scalar(select(func.count()).where(Event.kind == "reply"))
    worked = sum(1 for t in bulk if t.procedure == "complaint" and t.assignee_id)
    assert 1.5 <= replies / worked <= 2.5


def test_bulk_words_are_found_and_a_rare_one_in_few_tickets(app, bulk):
    words = db.session.scalar(select(TicketText.words).where(TicketText.ticket_id == bulk[-1].id))
    rare = re.search(r"\bkode\s(\w+)", words)[1]
    if db.engine.dialect.name == "sqlite":
        found = text("SELECT count(*) FROM ticket_fts WHERE ticket_fts MATCH :word")
    else:
        found = text("SELECT count(*) FROM ticket_text WHERE tsv @@ plainto_tsquery('simple', :word)")
    count = db.session.scalar(found, {"word": rare})
    assert 1 <= count <= 5


@pytest.mark.only("sqlite")  # on PostgreSQL autocommit is the driver's
def test_large_amounts_leave_the_planner_its_statistics(app, samples, monkeypatch):
    monkeypatch.setattr(seed, "INDEX_FROM", 10)
    if "walked" in samples:
        monkeypatch.setattr(seed, "walked_samples", lambda: samples["walked"])
    assert sum(seed.add_tickets(300)) == 300
    db.session.rollback()
    assert "ticket" in db.session.scalars(text("SELECT tbl FROM sqlite_stat1")).all()


def test_bulk_added_twice_takes_no_number_or_id_twice(app, bulk):
    assert sum(seed.add_tickets(150)) == 150
    assert db.session.scalar(select(func.count(Ticket.id))) == TICKETS + 150
    assert file_complaint().id > TICKETS + 150


def test_production_gets_no_bulk_tickets_by_mistake(app, monkeypatch):
    monkeypatch.setitem(app.config, "HELPDESK_ENV", "production")
    answer = app.test_cli_runner().invoke(args=["seed-bulk", "--tickets", "1"])
    assert answer.exit_code == 1
    assert "production" in answer.output
    assert db.session.scalar(select(func.count(Ticket.id))) == 0


@pytest.mark.only("sqlite")  # no database is asked
@pytest.mark.parametrize("texts", [3_000, 12_000])
def test_a_rare_word_stands_in_five_texts_however_many_there_are(texts):
    words = Wording(seed=texts)
    found = Counter(re.search(r"Kode (\w+)\.", words.body())[1] for _ in range(texts))
    whole = [word for word, times in found.items() if times == RARE_HITS]
    assert max(found.values()) == RARE_HITS and len(found) - len(whole) <= RARE_AT_ONCE
    assert len(whole) > (texts / RARE_HITS - RARE_AT_ONCE) / 2
    assert not set(" ".join(words.fragments).lower().split()) & set(found)
