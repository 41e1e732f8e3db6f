"""The worker: its lanes side by side, each in a thread, and its sign of life in another; any number may run."""

from __future__ import annotations

import logging
import os
import secrets
import signal
import socket
import threading
import time

from flask import Flask, current_app

from jobs.operation.watch_house import note_silence
from jobs.worker.lane import Lane
from jobs.worker.timetable import LANES
from models.base import heartbeat
from models.base.db import db, write_transaction

BEAT_SECONDS, BEAT_AGAIN_SECONDS = 30.0, 3.0
END_SECONDS, LEAVE_SECONDS = 3.5, 1.0  # of the five in which it is gone: for what is in hand, and for its leave
log = logging.getLogger("helpdesk")


def work_once() -> None:
    """Run every job one time, whatever the timetable says, and end."""
    name, never = new_name(), threading.Event()
    with write_transaction():
        heartbeat.beat(name, {})
    for lane in (Lane(lane, jobs, name) for lane, jobs in LANES.items()):
        for job in lane.jobs:
            lane.do_once(job, never)


def work() -> None:
    """Run until SIGTERM or SIGINT; what is in hand has five seconds to come to its end."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # the application itself
    name = new_name()
    lanes = [Lane(lane, jobs, name) for lane, jobs in LANES.items()]
    _note_silence()
    life = threading.Thread(target=_live, args=(app, name, lanes, stop), name="sign of life", daemon=True)
    life.start()
    threads = [lane.start(app, stop) for lane in lanes]
    log.info("worker %s has %s lanes", name, len(lanes))
    stop.wait()
    _end(app, name, [life, *threads])


def new_name() -> str:
    """A name that no worker had before: in a container every one is process 7 of the same host."""
    return f"{socket.gethostname()[:50]}:{os.getpid()}:{secrets.token_hex(3)}"


def _note_silence() -> None:
    try:
        note_silence()
    except Exception:  # a database that is away: the worker begins all the same, and tells of its own silence later
        log.exception("nobody knows for how long no worker was there")
    finally:
        db.session.remove()


def _live(app: Flask, name: str, lanes: list[Lane], stop: threading.Event) -> None:
    """Say every half minute that this worker lives and what its lanes are at, whatever they are at."""
    while not stop.is_set():
        pause = BEAT_SECONDS
        try:
            with app.app_context(), write_transaction():
                heartbeat.beat(name, {lane.name: list(at) for lane in lanes if (at := lane.at_work)})
        except Exception:  # the database is busy or away: it comes back, and the sign with it
            log.exception("no sign of life could be written")
            pause = BEAT_AGAIN_SECONDS
        stop.wait(pause)


def _end(app: Flask, name: str, threads: list[threading.Thread]) -> None:
    """Wait for what is in hand, free what is left, and go; a lane that hangs keeps nobody here."""
    until = time.monotonic() + END_SECONDS
    for thread in threads:
        thread.join(max(0.0, until - time.monotonic()))
    leave = threading.Thread(target=_leave, args=(app, name), name="leave", daemon=True)
    leave.start()
    leave.join(LEAVE_SECONDS)
    hanging = [thread.name for thread in (*threads, leave) if thread.is_alive()]
    log.info("worker %s ends", name, extra={"lane": ", ".join(hanging)})
    if hanging:
        logging.shutdown()
        os._exit(0)  # Python would wait for threads that hang; what they held ends with its lease
    db.engine.dispose()


def _leave(app: Flask, name: str) -> None:
    """Without it (a database that is busy or away) its jobs come free when its sign of life is old."""
    try:
        with app.app_context(), write_transaction():
            heartbeat.leave(name)
    except Exception:  # told above
        log.exception("worker could not take its leave")
