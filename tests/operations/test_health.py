"""Watched: what monitors are told, what the doctor sees, whom the worker tells; and that none of them falls over."""

from __future__ import annotations

import re
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import TimeoutError as PoolTimeout

import models.base.db
from doors import health
from jobs.operation import doctor
from jobs.operation.doctor import examine
from jobs.operation.watch_house import note_silence, watch_house
from jobs.worker.worker import work_once
from models.base import heartbeat
from models.base.db import db, utcnow, write_transaction
from models.base.health_check import HealthCheck
from models.base.heartbeat import Heartbeat, Sweep
from models.outages.network import WebService
from models.tickets.outbox import Mail
from procedures.operation import house_health, watched
from procedures.operation.house_health import Finding
from procedures.operation.schema_head import schema_head
from tests.browse import Person
from tests.processes import Process
from tests.walk import file_complaint

RUDI = "rudi@pustikom.example"


@pytest.fixture(autouse=True)
def asked_anew(monkeypatch):
    monkeypatch.setattr(health, "KEPT_SECONDS", 0.0)


@pytest.fixture
def worker(app):
    with write_transaction():
        heartbeat.beat("a", {})


def after(monkeypatch, **span):
    later = utcnow() + timedelta(**span)
    monkeypatch.setattr(models.base.db, "clock", lambda: later)


def words(answer):
    return dict(line.split(": ") for line in answer.text.splitlines() if ": " in line)


def said(name):
    return next(finding for finding in examine() if finding.name == name)


def told():
    return [
        (m.recipient, m.facts["check"], m.facts["is_well"])
        for m in db.session.query(Mail).filter_by(notice="check_turned")
    ]


def test_a_house_that_is_well_says_so_word_by_word(app, worker):
    answer = app.test_client().get("/healthz")
    assert (answer.status_code, answer.text.splitlines()[0]) == (200, "ok")
    assert words(answer) == dict.fromkeys(("database", "schema", "writable", "disk", "worker"), "ok")


def test_it_answers_though_nothing_else_does_and_tells_apart_what_is_bad(app, worker, monkeypatch):
    monkeypatch.setitem(house_health.SERVES, "database", _falls_over)
    monkeypatch.setitem(health.PUBLIC, "database", _falls_over)
    monkeypatch.setattr(house_health, "schema_head", lambda: "newer")
    monkeypatch.setattr(house_health, "LEAST_FREE", 2**60)
    monkeypatch.setitem(app.config, "INSTANCE_PATH", "/nowhere/at/all")
    after(monkeypatch, minutes=3)
    answer = app.test_client().get("/healthz")
    assert (answer.status_code, words(answer)["database"], words(answer)["schema"]) == (503, "bad", "bad")
    assert {words(answer)[name] for name in ("writable", "disk", "worker")} == {"bad"}
    assert "nowhere" not in answer.text
    assert app.test_client().get("/livez").text == "ok\n"


def _falls_over():
    raise RuntimeError("a fault of the look itself")


def test_livez_asks_no_database(app, monkeypatch):
    asked = []
    monkeypatch.setattr(db.session, "execute", asked.append)
    assert (app.test_client().get("/livez").status_code, asked) == (200, [])


@pytest.mark.only("sqlite")  # PostgreSQL says it by a setting
def test_z19_database_file_that_cannot_be_written_is_bad(app, tmp_path, monkeypatch):
    path = Path(db.engine.url.database)
    copy = tmp_path / "copy.db"
    shutil.copy(path, copy)
    monkeypatch.setattr(house_health.sqlite3, "connect", _read_only(house_health.sqlite3.connect, copy))
    finding = house_health.look("writable", watched.WATCHED["writable"])
    assert finding == Finding(
        "writable", False, "The database cannot be written: attempt to write a readonly database."
    )


def _read_only(connect, path):
    return lambda _path, **more: connect(f"file:{path}?mode=ro", uri=True, **more)


def test_head_of_the_schema_is_read_as_alembic_reads_it(app):
    assert db.session.scalar(text("SELECT version_num FROM alembic_version")) == schema_head()


def test_metrics_tell_requests_of_every_process_tickets_queues_and_jobs(app, worker, tmp_path):
    file_complaint()
    with write_transaction():
        db.session.add(Sweep(name="tidy", next_run_at=utcnow(), last_run_at=utcnow(), last_error="OSError: full"))
    client = app.test_client()
    client.get("/pengaduan")
    other = "from app import create_app; a = create_app({}); c = a.test_client(); [c.get('/livez') for _n in range(7)]"
    keys = ("SQLALCHEMY_DATABASE_URI", "INSTANCE_PATH", "METRICS_FOLDER")
    db.session.remove()
    assert Process(other.format({key: app.config[key] for key in keys}), tmp_path).end().returncode == 0
    shown = client.get("/metrics")
    assert shown.headers["Content-Type"].startswith("text/plain")
    figures = dict(re.findall(r"^(helpdesk_\S+) ([\d.e+]+)$", shown.text, re.MULTILINE))
    assert float(figures['helpdesk_requests_total{endpoint="doors.livez",method="GET",status="200"}']) >= 7
    assert float(figures['helpdesk_request_seconds_count{endpoint="public.complaint"}']) >= 1
    assert figures['helpdesk_open_tickets{procedure="complaint",state="with_group"}'] == "1.0"
    assert figures['helpdesk_outbox_mails{state="queued"}'] == "3.0"
    assert figures['helpdesk_job_failed{job="tidy"}'] == "1.0"
    assert figures["helpdesk_database_answers"] == "1.0"


def test_d10_methods_that_strangers_invent_are_counted_as_one_and_fill_no_memory(app):
    client = app.test_client()
    for word in ("BREW", "WHEN", "PROPFIND-7"):
        client.open("/pengaduan", method=word)
    shown = client.get("/metrics").text
    assert 'method="other"' in shown and not [word for word in ("BREW", "WHEN", "PROPFIND") if word in shown]


def test_d10_what_is_refused_is_counted_by_room_so_that_trying_every_address_fills_no_memory(app):
    client = app.test_client()
    for path in ("/admin/ticket/", "/admin/ticket/details/?id=1", "/admin/ticket/new/", "/no-such-page"):
        client.get(path, headers={"Accept": "application/json"})
    client.get("/tiket/PTK-00000-00000-0")
    shown = client.get("/metrics").text
    refused = set(re.findall(r'helpdesk_requests_total\{endpoint="([^"]+)",method="GET",status="4', shown))
    assert refused and not [place for place in refused if "." in place]
    assert 'helpdesk_request_seconds_count{endpoint="refused"}' in shown


@pytest.mark.parametrize("who", [{"REMOTE_ADDR": "10.1.2.3"}, {"HTTP_X_FORWARDED_FOR": "127.0.0.1"}])
def test_metrics_are_for_allowed_addresses_and_never_behind_a_proxy_that_nobody_told_of(app, who):
    assert app.test_client().get("/metrics", environ_overrides=who).status_code == 403


def test_metrics_show_the_processes_counts_though_the_database_is_away(app, monkeypatch):
    monkeypatch.setattr(health, "figures", _no_database)
    assert "helpdesk_database_answers 0.0" in app.test_client().get("/metrics").text


def _no_database():
    raise models.base.db.OperationalError("SELECT", {}, Exception("gone"))


def test_the_doctor_falls_over_nothing(app, monkeypatch):
    for name in (*watched.WATCHED, *doctor.SLOW):
        if name != "database":
            monkeypatch.setitem(watched.WATCHED if name in watched.WATCHED else doctor.SLOW, name, _falls_over)
    found = [f for f in examine() if f.name not in ("database", "setup")]
    assert {f.is_well for f in found} == {False} and len(found) == len(watched.WATCHED) + len(doctor.SLOW) - 1
    assert all("could not be looked at: RuntimeError" in f.sentence for f in found)


def test_the_doctor_sees_ages_of_queues_jobs_lanes_and_certificates(app, monkeypatch):
    work_once()
    file_complaint()
    with write_transaction():
        began = (utcnow() - timedelta(minutes=20)).isoformat()
        heartbeat.beat("a", {"mail": ["send_outbox", began], "watch": ["watch", began], "exports": ["x", began]})
        db.session.add(
            WebService(name="Portal", url="https://p.example/", certificate_ends_at=utcnow() + timedelta(days=3))
        )
    names = ("mails", "jobs", "lanes", "certificates", "clock")
    assert [said(name).is_well for name in names] == [True, True, False, False, True]
    assert re.search(r"lane mail has been at send_outbox since", said("lanes").sentence)
    assert "exports" not in said("lanes").sentence and "Portal on" in said("certificates").sentence
    with write_transaction():
        db.session.query(Mail).update({"not_before": utcnow() - timedelta(minutes=16)})
        db.session.query(Sweep).filter_by(name="tidy").update({"next_run_at": utcnow() - timedelta(hours=1)})
    assert (said("mails").is_well, said("jobs").sentence) == (
        False,
        "Of the recurring jobs, tidy has not run when its turn came.",
    )
    now = utcnow()
    monkeypatch.setattr(models.base.db, "clock", lambda: now - timedelta(days=1))
    assert not said("clock").is_well


def test_administrators_are_told_once_when_a_check_turns_bad_and_once_when_it_is_well_again(app, worker, monkeypatch):
    (Path(app.config["INSTANCE_PATH"]) / "last-backup").unlink(missing_ok=True)
    monkeypatch.setattr(house_health, "LEAST_FREE", 2**60)
    assert [watch_house() for _n in range(4)] == [0, 2, 0, 0], "disk and, as nobody has made one, backup"
    assert (RUDI, "disk", False) in told()
    monkeypatch.setattr(house_health, "LEAST_FREE", 1)
    assert (watch_house(), watch_house()) == (1, 0)
    assert [one for one in told() if one[1] == "disk"] == [(RUDI, "disk", False), (RUDI, "disk", True)]


def test_check_that_fails_once_is_looked_at_again_before_anybody_is_told(app, worker, monkeypatch):
    for least in (2**60, 1, 2**60, 1):
        with monkeypatch.context() as once:
            once.setattr(house_health, "LEAST_FREE", least)
            watch_house()
    assert [one for one in told() if one[1] == "disk"] == []


def test_administrators_learn_from_the_next_worker_that_none_was_there(app, worker, monkeypatch):
    after(monkeypatch, hours=2)
    note_silence()
    with write_transaction():
        heartbeat.beat("b", {})
    watch_house()
    assert [one for one in told() if one[1] == "worker"] == [(RUDI, "worker", True)]
    assert db.session.get(HealthCheck, "worker").is_well
    note_silence()
    assert db.session.get(HealthCheck, "worker").is_well, "a second worker beside it tells of no silence"


def test_sign_of_a_worker_that_is_long_gone_hangs_no_lane(app):
    with write_transaction():
        began = utcnow() - timedelta(hours=3)
        db.session.add(Heartbeat(worker="dead", beat_at=began, at_work={"mail": ["send_outbox", began.isoformat()]}))
    assert said("lanes").is_well


def test_every_refusal_is_logged_with_its_reason(app, caplog):
    caplog.set_level("INFO", "helpdesk")
    ticket_id = file_complaint().id
    tono, stranger = Person(app, "tono"), Person(app)
    tono.client.get("/admin/staff/new/")
    tono.client.post(
        f"/admin/ticket/{ticket_id}/do/resolve", data={"csrf_token": tono.token(), "cause": "", "solution": ""}
    )
    tono.client.post(f"/admin/ticket/{ticket_id}/do/reply", data={"text": "x"})
    stranger.client.post("/api/alerts", headers={"Authorization": "Bearer salah"})
    stranger.client.get("/metrics", environ_overrides={"REMOTE_ADDR": "10.0.0.9"})
    reasons = [r.reason for r in caplog.records if r.message == "refused"]
    assert reasons == [
        "right: create of staff is not for staff_networking",
        "step: form (cause, solution)",
        "The CSRF token is missing.",
        "unknown token",
        "/metrics is not for this address",
    ]


def test_z21_a_process_that_never_reached_the_database_answers_every_page_with_its_own_503(app, monkeypatch):
    """As a web process that was started while the database was down: nothing is known from before."""
    paths = sorted(r.rule for r in app.url_map.iter_rules() if "GET" in r.methods and not r.arguments)
    db.session.remove()
    monkeypatch.setattr(db.engine.pool, "_timeout", 0.0)
    held = []
    with pytest.raises(PoolTimeout):
        while True:
            held.append(db.engine.connect())
    answers = {}
    try:
        for path in (path for path in paths if path not in ("/healthz", "/metrics")):
            app.extensions.pop("settings_cache", None)
            app.extensions.pop("readiness", None)
            answer = app.test_client().get(path)
            answers[path] = answer.status_code
            assert answer.status_code < 500 or (answer.status_code, answer.headers["Retry-After"]) == (503, "5"), path
            assert answer.status_code < 500 or "Sistem sedang sibuk" in answer.text
    finally:
        for connection in held:
            connection.close()
    assert {answers[path] for path in ("/", "/pengaduan", "/tiket", "/gangguan")} == {503}
