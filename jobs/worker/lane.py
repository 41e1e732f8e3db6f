"""A lane of the worker: a thread that takes turns at its own jobs, so that a slow one holds up no other lane.

How a turn goes:
 1. a job that finds its own rows simply looks, at its pace; what it finds it claims under a lease;
 2. a recurring job is asked for by its row in `sweep`: one of all workers does it, and only then is anything written;
 3. a fault is written to the log (and to the job's row) and the next job goes on: a database that is away comes back.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TypeAlias

from flask import Flask

from models.base import heartbeat
from models.base.db import db, utcnow, write_transaction
from web.metrics import timed_job

log = logging.getLogger("helpdesk")


Done: TypeAlias = int | dict[str, list[int]] | None  # what a job did, where it counts it


@dataclass(frozen=True)
class Job:
    """One job of the worker; `do` gets the signal on which it is to end early."""

    name: str
    every: timedelta
    do: Callable[[threading.Event], Done]
    is_sweep: bool = False  # one worker of all does each turn; else every worker looks for rows that it can claim
    is_lasting: bool = False  # it goes on until the worker ends
    once: Callable[[], Done] | None = None  # what a lasting job is for `work --once`
    is_wanted: Callable[[], bool] = lambda: True  # where it has nothing to do, it is not asked for


class Lane:
    """The jobs of one lane; `at_work` says which one is in hand, and since when."""

    LOOKS_EVERY = 5.0  # seconds between two looks for recurring jobs

    def __init__(self, name: str, jobs: Sequence[Job], worker: str) -> None:
        self.name, self.jobs, self.worker = name, jobs, worker
        self.at_work: tuple[str, str] | None = None
        self._next: dict[str, float] = {}  # by a clock that nobody sets

    def start(self, app: Flask, stop: threading.Event) -> threading.Thread:
        """Take turns until `stop`, in a thread of its own that does not keep the program alive."""
        thread = threading.Thread(target=self._go, args=(app, stop), name=self.name, daemon=True)
        thread.start()
        return thread

    def _go(self, app: Flask, stop: threading.Event) -> None:
        while not stop.is_set():
            try:
                with app.app_context():
                    self.take_turn(stop)
            except Exception:  # told at the top
                log.exception("lane fell over", extra={"lane": self.name})
            stop.wait(self._pause())

    def take_turn(self, stop: threading.Event) -> None:
        """Every job that is due, one after the other."""
        now = time.monotonic()
        due = [job for job in self.jobs if self._next.get(job.name, now) <= now and job.is_wanted()]
        swept = {job.name: job.every for job in due if job.is_sweep}
        mine = set(heartbeat.due_sweeps(swept, self.worker)) if swept else set()
        db.session.rollback()
        for job in due:
            if stop.is_set():
                return
            self._next[job.name] = now + (self.LOOKS_EVERY if job.is_sweep else job.every.total_seconds())
            if not job.is_sweep:
                self._do(job, stop)
            elif job.name in mine:
                self._sweep(job, stop)

    def do_once(self, job: Job, stop: threading.Event) -> None:
        """Do it now, whatever the timetable says."""
        once = job.once
        error = self._do(replace(job, do=lambda _stop: once()) if once else job, stop)
        if job.is_sweep:
            with write_transaction():
                heartbeat.take_sweep(job.name, job.every, self.worker, is_forced=True)
                heartbeat.end_sweep(job.name, self.worker, error)

    def _sweep(self, job: Job, stop: threading.Event) -> None:
        """A recurring job, if no other worker has taken it."""
        with write_transaction():
            is_mine = heartbeat.take_sweep(job.name, job.every, self.worker)
        if is_mine:
            error = self._do(job, stop)
            with write_transaction():
                heartbeat.end_sweep(job.name, self.worker, error)

    def _do(self, job: Job, stop: threading.Event) -> str:
        """Do it; the fault it ended with, as one line, or nothing."""
        self.at_work = (job.name, utcnow().isoformat())
        try:
            with timed_job(job.name):
                job.do(stop)
        except Exception as fault:  # one job's fault never stops the others
            db.session.rollback()
            log.exception("job failed", extra={"job": job.name})
            cause = getattr(fault, "orig", None) or fault  # the database's own words, without the statement
            return f"{type(cause).__name__}: {cause}".strip().splitlines()[0]
        finally:
            self.at_work = None
        return ""

    def _pause(self) -> float:
        now = time.monotonic()
        return min(max(min(self._next.values(), default=now + 1) - now, 0.05), self.LOOKS_EVERY)
