"""The worker: runs the jobs of the timetable in turn, and shows a sign of life; several may run."""

from __future__ import annotations

import logging
import os
import signal
import socket
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import current_app

from jobs.organisation.write_exports import exporting, write_exports
from jobs.outages.watch import watch_once, watching
from jobs.tickets.bulk_acts import acting, run_bulk_acts
from jobs.worker.timetable import TIMETABLE
from models.base.db import db, utcnow, write_transaction
from models.base.heartbeat import Heartbeat, Sweep, claim_sweep

PAUSE_SECONDS = 1.0
BEAT_EVERY = timedelta(seconds=20)
log = logging.getLogger("helpdesk")


def work_once() -> None:
    """Run every job one time, whatever the timetable says, and end."""
    beat()
    for name, (_every, job) in TIMETABLE.items():
        _run(name, job)
    _run("watch", watch_once)
    _run("write_exports", write_exports)
    _run("act_for_many", run_bulk_acts)


def work() -> None:
    """Run until SIGTERM or SIGINT; the job in hand is finished first."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # the application itself
    with watching(app), exporting(app), acting(app):
        _take_turns_until(stop)


def _take_turns_until(stop: threading.Event) -> None:
    last = None
    while not stop.is_set():
        try:
            if last is None or utcnow() - last >= BEAT_EVERY:
                beat()
                last = utcnow()
            take_turns()
        except Exception:  # a database that is away comes back; the worker must still be there
            db.session.rollback()
            log.exception("worker turn failed")
        finally:
            db.session.remove()
        stop.wait(PAUSE_SECONDS)


def take_turns() -> None:
    """Run each job whose turn it is and that no other worker has taken."""
    for name, (every, job) in TIMETABLE.items():
        with write_transaction():
            mine = claim_sweep(name, every)
        if mine:
            _run(name, job)


def _run(name: str, job: Callable[[], Any]) -> None:
    """One job's fault never stops the others; doctor shows it."""
    error = ""
    try:
        job()
    except Exception as fault:  # recorded below
        db.session.rollback()
        error = f"{type(fault).__name__}: {fault}"[:300]
        log.exception("job failed", extra={"job": name})
    with write_transaction():
        sweep = db.session.get(Sweep, name)
        if sweep is None:
            db.session.add(Sweep(name=name, next_run_at=utcnow(), last_run_at=utcnow(), last_error=error))
        else:
            sweep.last_error = error


def beat() -> None:
    """Say that this worker is alive; the signs of workers that are long gone are removed."""
    name = f"{socket.gethostname()}:{os.getpid()}"
    with write_transaction():
        db.session.query(Heartbeat).filter(Heartbeat.beat_at < utcnow() - timedelta(days=1)).delete()
        row = db.session.get(Heartbeat, name)
        if row is None:
            db.session.add(Heartbeat(worker=name, beat_at=utcnow()))
        else:
            row.beat_at = utcnow()
