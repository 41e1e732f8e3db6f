"""Locks: SQLite's one write lock is waited for in turn and held for writes, tickets are locked in one order."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections import Counter

import pytest
from sqlalchemy import event, select

from models.base import write_lock
from models.base.db import db, keep_house, write_transaction
from models.base.setting import Setting
from models.organisation.sessions import StaffSession
from models.tickets.issued_document import IssuedDocument
from models.tickets.merge import Merge
from models.tickets.ticket import Event, Ticket
from procedures.engine.take_step import StepRefused
from tests.browse import Person
from tests.operations.test_crash_and_race import overrides
from tests.processes import Process
from tests.walk import complaint_at, file_complaint, take

EIGHT = 8
ROUNDS = 40  # of two who join and take apart at one moment; 38 of them met a deadlock in version 0.3
INSTALLATION = """
from app import create_app
from tests.installation.installation_walk import installation_at
with create_app({overrides}).app_context():
    print(installation_at("closed").number)
"""


@pytest.mark.only("sqlite")  # PostgreSQL has no such lock
def test_eight_processes_each_take_an_installation_from_letter_to_payment_and_meet_no_lock(app, tmp_path):
    db.session.remove()
    program = INSTALLATION.format(overrides=overrides(app))
    crowd = [Process(program, tmp_path, str(n)) for n in range(EIGHT)]
    for process in crowd:
        assert process.end().returncode == 0, process.fault[-1500:]
    states = Counter(db.session.scalars(select(Ticket.state)))
    numbers = list(db.session.scalars(select(IssuedDocument.number)))
    assert (states, len(numbers), len(set(numbers))) == ({"closed": EIGHT}, 7 * EIGHT, 7 * EIGHT)
    bills = sorted(db.session.scalars(select(IssuedDocument.number).where(IssuedDocument.kind == "bill")))
    assert [int(number.split("/")[0]) for number in bills] == list(range(1, EIGHT + 1)), "gapless"


def holding(app, kind="IMMEDIATE") -> sqlite3.Connection:
    """Somebody else who writes, until the connection is closed."""
    path = app.config["SQLALCHEMY_DATABASE_URI"].removeprefix("sqlite:///")
    holder = sqlite3.connect(path, isolation_level=None, timeout=5, check_same_thread=False)
    holder.execute(f"BEGIN {kind}")
    return holder


@pytest.mark.only("sqlite")  # as above
def test_step_is_thought_about_and_refused_while_somebody_else_writes(app):
    ticket = complaint_at("in_progress")
    db.session.rollback()
    holder = holding(app)
    with pytest.raises(StepRefused) as wrong_role:
        take(ticket, "resolve", "hadi", cause="a", solution="b")
    with pytest.raises(StepRefused) as incomplete:
        take(ticket, "resolve", "tono", cause="", solution="b")
    holder.close()
    assert (wrong_role.value.why, incomplete.value.why) == ("hidden", "form")


@pytest.mark.only("sqlite")  # as above
def test_nothing_is_locked_before_the_first_word_is_written(app, monkeypatch):
    ticket_id, seen = complaint_at("in_progress").id, []
    db.session.remove()
    ticket = db.session.get(Ticket, ticket_id)
    locked, take_lock = [], write_lock.take

    def note(*args):
        locked.append(len(seen))
        take_lock(*args)

    def read(_connection, _cursor, statement, *_more):
        seen.append(statement)

    monkeypatch.setattr(write_lock, "take", note)
    event.listen(db.engine, "after_cursor_execute", read)
    try:
        take(ticket, "resolve", "tono", cause="a", solution="b")
    finally:
        event.remove(db.engine, "after_cursor_execute", read)
    assert len(locked) == 1
    assert all(statement.lstrip().startswith(("SELECT", "BEGIN")) for statement in seen[: locked[0]])
    assert not seen[locked[0]].startswith("SELECT") and locked[0] >= 3


@pytest.mark.only("sqlite")  # as above
def test_ticket_that_somebody_moved_meanwhile_is_thought_about_once_more(app, monkeypatch):
    ticket_id = complaint_at("in_progress").id
    db.session.remove()
    moved, take_lock = [], write_lock.take

    def overtaken(connection, patience):
        if not moved:
            moved.append(True)
            with app.app_context():
                take(db.session.get(Ticket, ticket_id), "note", "rina", text="Sudah dicek.")
                db.session.remove()
        take_lock(connection, patience)

    monkeypatch.setattr(write_lock, "take", overtaken)
    take(db.session.get(Ticket, ticket_id), "note", "tono", text="Menunggu suku cadang.")
    notes = [e.text for e in db.session.query(Event).filter_by(ticket_id=ticket_id, kind="note").order_by(Event.id)]
    assert notes == ["Sudah dicek.", "Menunggu suku cadang."]


@pytest.mark.only("sqlite")  # as above
def test_whoever_has_waited_long_is_served_beside_newcomers(app):
    holder, got = holding(app), threading.Event()

    def wait():
        with app.app_context():
            with write_transaction():
                got.set()
            db.session.remove()

    waiting = threading.Thread(target=wait)
    waiting.start()
    time.sleep(0.05)
    assert not got.is_set()
    holder.close()
    assert got.wait(1)
    waiting.join()


@pytest.mark.only("sqlite")  # as above
def test_z40_housekeeping_that_meets_a_lock_is_left_out_and_soon(app):
    holder, began = holding(app), time.monotonic()
    assert keep_house(lambda: db.session.add(Setting(key="seen", value=1))) is None
    assert time.monotonic() - began < 1
    holder.close()
    assert keep_house(lambda: db.session.add(Setting(key="seen", value=1)) or "done") == "done"


@pytest.mark.only("sqlite")  # as above
@pytest.mark.parametrize("kind", ["IMMEDIATE", "EXCLUSIVE"])
def test_z40_act_that_was_committed_is_answered_though_what_follows_meets_a_lock(app, monkeypatch, kind):
    monkeypatch.setattr("models.base.db.BUSY_SECONDS", 0.2)
    ticket_id = complaint_at("in_progress").id
    tono = Person(app, "tono")
    token = tono.token()
    db.session.query(StaffSession).update({"seen_at": StaffSession.created_at})
    db.session.commit()
    db.session.remove()
    db.engine.dispose()
    holders = []
    monkeypatch.setattr("procedures.engine.acts.note_committed", _then(lambda: holders.append(holding(app, kind))))
    answer = tono.client.post(
        f"/admin/ticket/{ticket_id}/do/reply", data={"csrf_token": token, "text": "Kami periksa."}
    )
    holders[0].close()
    assert (answer.status_code, answer.location) == (303, f"/admin/ticket/details/?id={ticket_id}")
    assert db.session.query(Event).filter_by(ticket_id=ticket_id, kind="reply").count() == 1


def _then(follow):
    from procedures.engine import acts

    noted = acts.note_committed

    def note(*args):
        noted(*args)
        follow()

    return note


@pytest.mark.only("postgresql")  # SQLite has one lock for all
def test_z39_merging_and_taking_apart_at_once_meet_no_deadlock(app):
    first, second, third = file_complaint(), file_complaint(email="b@x.example"), file_complaint(email="c@x.example")
    ids, numbers = [t.id for t in (first, second, third)], [t.number for t in (first, second, third)]
    for ticket_id in ids:
        take(db.session.get(Ticket, ticket_id), "take", "tono")
    db.session.remove()
    faults, start = [], threading.Barrier(2)

    def go(*acts):
        with app.app_context():
            for name, at, fields in acts:
                start.wait()
                try:
                    take(db.session.get(Ticket, ids[at]), name, "tono", **fields)
                except StepRefused:
                    db.session.rollback()
                except Exception as fault:  # counted below
                    db.session.rollback()
                    faults.append(repr(fault))
            db.session.remove()

    into, out = ("merge", 2, {"into": numbers[0]}), ("unmerge", 2, {"reason": "Lain."})
    other_in, other_out = ("merge", 0, {"into": numbers[2]}), ("merge", 1, {"into": numbers[2]})
    threads = [
        threading.Thread(target=go, args=[into, out] * (ROUNDS // 2)),
        threading.Thread(target=go, args=[other_in, other_out] * (ROUNDS // 2)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    joined = db.session.query(Merge).filter(Merge.undone_at.is_(None)).all()
    assert not {merge.ticket_id for merge in joined} & {merge.target_id for merge in joined}
    steps = Counter(db.session.scalars(select(Event.step)))
    assert steps["merge"], "they did meet"
