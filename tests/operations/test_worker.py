"""The worker: lanes that hold up no other, jobs that outlive a death and a wrong clock, an end that comes soon."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import timedelta

import pytest
from sqlalchemy import select, text

import models.base.db
from jobs.organisation import write_exports
from jobs.outages import asked_probes
from jobs.outages.watch import holder, take_watch
from jobs.tickets import bulk_acts
from jobs.worker import worker
from jobs.worker.lane import Job, Lane
from jobs.worker.timetable import LANES
from jobs.worker.worker import work_once
from models.accounts.people_import import PeopleImport
from models.base import heartbeat, write_lock
from models.base.db import db, utcnow, write_transaction
from models.base.heartbeat import MOST_DEATHS, Heartbeat, Sweep, end_sweep, take_sweep
from models.organisation.export import Export
from models.outages.outage import AskedProbe
from models.tickets.bulk_run import BulkRun
from models.tickets.outbox import Mail, MailState
from procedures.accounts import people_intake
from tests.outages.walk import opened, small_network
from tests.walk import file_complaint

MINUTE = timedelta(minutes=1)
NEVER = threading.Event()
CLAIMS = (write_exports.claim, bulk_acts.claim, people_intake.claim, asked_probes._claim)


def after(monkeypatch, **span):
    later = utcnow() + timedelta(**span)
    monkeypatch.setattr(models.base.db, "clock", lambda: later)


def take(name="tidy", every=MINUTE, who="a"):
    with write_transaction():
        return take_sweep(name, every, who)


def live(who):
    with write_transaction():
        heartbeat.beat(who, {})


def until(happened, seconds=10.0):
    """Wait for what another thread does."""
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)
        db.session.rollback()
    db.session.rollback()  # what is only read here must not keep the worker from writing (SQLite)


def test_z37_one_slow_job_holds_up_neither_mail_nor_the_sign_of_life(app, monkeypatch):
    file_complaint()
    held, stop = threading.Event(), threading.Event()
    slow = Job("print_documents", timedelta(0), lambda _ended: held.wait(30))
    lanes = [Lane("documents", [slow], "a"), Lane("mail", LANES["mail"], "a")]
    monkeypatch.setattr(worker, "BEAT_SECONDS", 0.05)
    threads = [lane.start(app, stop) for lane in lanes]
    until(lambda: lanes[0].at_work)
    life = threading.Thread(target=worker._live, args=(app, "a", lanes, stop))
    life.start()
    try:
        until(lambda: db.session.query(Mail).filter_by(state=MailState.SENT).count() == 3)
        until(lambda: (row := db.session.get(Heartbeat, "a")) and row.at_work.get("documents", [""])[0] == slow.name)
    finally:
        stop.set()
        held.set()
        for thread in (*threads, life):
            thread.join()


def test_job_that_fails_tells_why_and_stops_no_other(app):
    done = []

    def fail(_ended):
        raise OSError("disk full")

    jobs = [Job("fails", MINUTE, fail, is_sweep=True), Job("goes_on", MINUTE, done.append, is_sweep=True)]
    Lane("upkeep", jobs, "a").take_turn(NEVER)
    rows = {s.name: (s.last_error, s.worker) for s in db.session.query(Sweep)}
    assert (rows, len(done)) == ({"fails": ("OSError: disk full", ""), "goes_on": ("", "")}, 1)


def test_a_database_fault_of_a_job_is_told_in_one_line_without_the_statement(app):
    ask = Job(
        "asks", MINUTE, lambda _ended: db.session.execute(text("SELECT secret FROM no_such_table")), is_sweep=True
    )
    Lane("upkeep", [ask], "a").take_turn(NEVER)
    told = db.session.scalars(select(Sweep.last_error)).one()
    assert "no_such_table" in told and "\n" not in told and "SELECT" not in told and "Background" not in told


def test_one_of_two_workers_takes_a_recurring_job_and_again_only_when_it_is_due(app, monkeypatch):
    live("a")
    live("b")
    assert (take(who="a"), take(who="b")) == (True, False)
    with write_transaction():
        end_sweep("tidy", "a")
    assert take(who="b") is False
    after(monkeypatch, seconds=61)
    assert take(who="b") is True


def test_z17_job_of_a_killed_worker_goes_on_within_minutes_whatever_its_period(app, monkeypatch):
    a_day = timedelta(days=1)
    live("a")
    assert take(every=a_day, who="a")
    after(monkeypatch, minutes=3)
    live("b")
    assert take(every=a_day, who="b") is True


def test_z17_job_on_which_three_workers_died_waits_for_its_next_turn_and_is_told(app, monkeypatch):
    taken = []
    for n in range(MOST_DEATHS + 1):
        live(str(n))
        taken.append(take(who=str(n)))
        after(monkeypatch, minutes=3)
    row = db.session.get(Sweep, "tidy", populate_existing=True)
    assert (taken, row.worker, row.last_error) == ([True] * 3 + [False], "", "3 workers died while they were at it")
    assert take(who="later") is True


def test_worker_that_is_asked_to_end_frees_its_jobs_at_once(app):
    live("a")
    take(who="a", every=timedelta(days=1))
    with write_transaction():
        heartbeat.leave("a")
    assert (take(who="b"), db.session.get(Sweep, "tidy").deaths) == (True, 0)


def test_z36_clock_that_was_a_day_ahead_stops_no_job(app, monkeypatch):
    now = utcnow()
    with monkeypatch.context() as ahead:
        ahead.setattr(models.base.db, "clock", lambda: now + timedelta(days=1))
        live("a")
        ticket_id = file_complaint().id
        for lane in LANES.values():
            for job in lane:
                if job.is_sweep:
                    assert take(job.name, job.every, "a")
                    end_sweep(job.name, "a")
        db.session.commit()
    due = {job.name for lane in LANES.values() for job in lane if job.is_sweep}
    live("b")
    assert {
        job.name for lane in LANES.values() for job in lane if job.is_sweep and take(job.name, job.every, "b")
    } == due
    assert [h.worker for h in db.session.query(Heartbeat)] == ["b"]
    LANES["mail"][0].do(NEVER)
    assert {m.state for m in db.session.query(Mail).filter_by(ticket_id=ticket_id)} == {MailState.SENT}


def test_z36_work_that_was_in_hand_while_the_clock_was_ahead_is_taken_up_again(app, cast, monkeypatch):
    now = utcnow()
    outage_id = opened(small_network()).id
    with write_transaction():
        db.session.query(AskedProbe).delete()
    with monkeypatch.context() as ahead:
        ahead.setattr(models.base.db, "clock", lambda: now + timedelta(days=1))
        with write_transaction():
            rudi = cast["rudi"].id
            db.session.add(Export(staff_id=rudi, view="ticket", title="Tiket", format="csv"))
            db.session.add(BulkRun(staff_id=rudi, state="queued"))
            db.session.add(PeopleImport(name="a.csv", file_hash="0" * 64, size=1, made_by_id=rudi))
            db.session.add(AskedProbe(ticket_id=outage_id, kind="ping", target="127.0.0.1"))
        assert [bool(claim()) for claim in CLAIMS] == [True] * len(CLAIMS)
        assert [bool(claim()) for claim in CLAIMS] == [False] * len(CLAIMS), "each is in somebody's hand"
        assert (take_watch("a"), take_watch("b")) == (True, False)
    assert [bool(claim()) for claim in CLAIMS] == [True] * len(CLAIMS)
    assert take_watch("b")


@pytest.mark.slow
@pytest.mark.only("sqlite")  # PostgreSQL locks rows, not the house
def test_idle_worker_takes_the_write_lock_at_most_once_in_ten_seconds(app, monkeypatch):
    taken = []

    def note(connection, patience):
        taken.append(utcnow())
        take_lock(connection, patience)

    began, clock = utcnow(), [0.0]
    monkeypatch.setattr(models.base.db, "clock", lambda: began + timedelta(seconds=clock[0]))
    monkeypatch.setattr("jobs.worker.lane.time.monotonic", lambda: clock[0])
    lanes = [Lane(name, [j for j in jobs if not j.is_lasting], "a") for name, jobs in LANES.items()]
    take_lock = write_lock.take
    monkeypatch.setattr(write_lock, "take", note)
    while clock[0] < 720:  # the first two minutes are those of a new house, where every job has its first turn
        if clock[0] % worker.BEAT_SECONDS == 0:
            live("a")
        take_watch(holder())  # what the watch does beside its probes
        for lane in lanes:
            lane.take_turn(NEVER)
        clock[0] += 5
    later = [at for at in taken if at - began >= timedelta(seconds=120)]
    assert len(later) <= 60, f"{len(later)} times in ten minutes"


PROGRAM = """
import signal, sys, threading
from app import create_app
from jobs.worker import timetable, worker
from jobs.worker.lane import Job
def hang(_ended):
    print("hangs", flush=True)
    threading.Event().wait()
timetable.LANES["documents"][:] = [Job("print_documents", timetable.SECOND, hang)]
with create_app({overrides}).app_context():
    worker.work()
"""


@pytest.mark.slow
@pytest.mark.only("sqlite")  # nothing of it asks the database much
def test_worker_that_is_asked_to_end_is_gone_within_five_seconds_though_a_job_hangs(app):
    keys = ("SQLALCHEMY_DATABASE_URI", "INSTANCE_PATH", "BASE_URL", "MAIL_AS_FILES", "SECRET_KEY", "LINK_KEY")
    program = PROGRAM.format(overrides={key: app.config[key] for key in keys})
    db.session.remove()
    run = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, env=os.environ)
    assert run.stdout.readline() == b"hangs\n"
    until(lambda: db.session.query(Heartbeat).count())
    began = time.monotonic()
    run.send_signal(signal.SIGTERM)
    assert run.wait(10) == 0
    assert time.monotonic() - began < 5
    assert db.session.scalars(select(Heartbeat.ended_at)).one() is not None


def test_every_job_runs_once_when_asked_and_says_so(app):
    work_once()
    names = {job.name for lane in LANES.values() for job in lane if job.is_sweep}
    assert {s.name: (s.last_error, s.worker) for s in db.session.query(Sweep)} == dict.fromkeys(names, ("", ""))
