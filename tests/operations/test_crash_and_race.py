"""Killed at the worst moment, and everybody at once: all or nothing, one of each (security.md Z1, R2, R3)."""

from __future__ import annotations

import json
from collections import Counter

import pytest
from sqlalchemy import func, select

from models.base.db import db
from models.tickets.outbox import Mail
from models.tickets.ticket import Attachment, Event, Ticket, TicketText
from tests.processes import Process

pytestmark = pytest.mark.slow

KEYS = ("SQLALCHEMY_DATABASE_URI", "INSTANCE_PATH", "BASE_URL", "MAIL_AS_FILES", "SECRET_KEY", "LINK_KEY")
PROCESSES, OPERATIONS = 8, 2_048
# Where the process is killed while it creates a ticket, from the first statement to just before the commit.
POINTS = [
    "engine.ask_form = die",
    "engine.catalog.new_number = die",
    "engine._arrive = die",
    "engine._at_once = die",
    "engine.add_alone = die",
    "record._write_event = die",
    "record.TicketText.add = die",
    "record.audit.record = die",
    "record.recipients = die",
    "real = quick_rows._insert_into; quick_rows._insert_into = lambda t, with_id=False: real(t, True) if with_id else die()",
    "db.session.registry().commit = die",
]
PROGRAM = """
import os, signal, sys
from app import create_app
from models.base.db import db
from models.base import bulk_insert as quick_rows
from procedures.engine import take_step as engine, record
from models.tickets.ticket import Ticket
from procedures.engine.take_step import StepRefused
from tests.walk import file_complaint, take
app = create_app({overrides})
def die(*_a, **_k): os.kill(os.getpid(), signal.SIGKILL)
with app.app_context():
    {patch}
    print(file_complaint().number, flush=True)
"""


def overrides(app) -> dict[str, str]:
    return {key: app.config[key] for key in KEYS}


@pytest.mark.parametrize("point", POINTS)
def test_z1_killed_while_creating_a_ticket_it_is_all_or_nothing(app, tmp_path, point):
    db.session.remove()
    program = PROGRAM.format(overrides=repr(overrides(app)), patch=point)
    killed = Process(program, tmp_path).end()
    assert (killed.returncode, killed.said) == (-9, ""), killed.fault[-800:]
    rows = [
        db.session.scalar(select(func.count()).select_from(t)) for t in (Ticket, Event, Mail, TicketText, Attachment)
    ]
    assert rows == [0, 0, 0, 0, 0]


def test_z1_an_acknowledged_ticket_is_whole(app, tmp_path):
    db.session.remove()
    program = (
        PROGRAM.format(overrides=repr(overrides(app)), patch="pass") + "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    killed = Process(program, tmp_path).end()
    assert killed.returncode == -9
    ticket = db.session.scalars(select(Ticket).where(Ticket.number == killed.said.strip())).unique().one()
    assert [e.number for e in ticket.events] == ["C1", "C3", "C4"]
    assert db.session.query(Mail).count() == 3


def test_eight_processes_and_two_thousand_operations_lose_and_double_nothing(app, tmp_path):
    db.session.remove()
    with app.app_context():
        db.engine.dispose()
    program = "from tests.operations.crowd import main; main({!r}, {}, {})"
    crowd = [
        Process(program.format(overrides(app), who, OPERATIONS // PROCESSES), tmp_path, str(who))
        for who in range(PROCESSES)
    ]
    numbers: list[str] = []
    for process in crowd:
        process.end()
        assert process.returncode == 0, process.fault[-1500:]
        numbers += json.loads(process.said)
    tickets = db.session.execute(select(Ticket.id, Ticket.number, Ticket.state)).all()
    assert sorted(numbers) == sorted(t.number for t in tickets)
    assert len(set(numbers)) == OPERATIONS // 4
    assert {t.state for t in tickets} == {"resolved"}
    steps = Counter(db.session.execute(select(Event.ticket_id, Event.step)).tuples())
    wanted = ("file_complaint", "hand_out_number", "distribute", "take", "follow_up", "reply", "resolve")
    assert steps == Counter({(t.id, step): 1 for t in tickets for step in wanted})
    mails = Counter(
        db.session.execute(
            select(Mail.ticket_id, Mail.notice, Mail.recipient).where(Mail.notice != "complaint_received")
        ).tuples()
    )
    assert max(mails.values()) == 1
    named = [i for m in db.session.query(Mail).filter_by(notice="complaint_received") for i in m.facts["tickets"]]
    assert sorted(named) == sorted(t.id for t in tickets)


def test_r2_eight_at_once_resolve_one_ticket_and_one_of_them_does(app, tmp_path):
    from tests.walk import complaint_at

    ticket_id = complaint_at("in_progress").id
    db.session.remove()
    program = PROGRAM.replace("print(file_complaint().number, flush=True)", "{act}").format(
        overrides=repr(overrides(app)),
        patch="pass",
        act=f"""
    for attempt in range(30):
        try:
            take(db.session.get(Ticket, {ticket_id}), "resolve", "tono", cause="a", solution="b"); print("did"); break
        except StepRefused as refused:
            print(refused.why); break
        except Exception:
            db.session.rollback()""",
    )
    crowd = [Process(program, tmp_path, str(n)) for n in range(8)]
    said = Counter(process.end().said.strip() for process in crowd)
    assert said == {"did": 1, "state": 7}
    assert db.session.query(Event).filter_by(step="resolve").count() == 1
    assert db.session.query(Mail).filter_by(notice="resolved").count() == 1
