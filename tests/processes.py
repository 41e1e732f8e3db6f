"""Processes of their own for crashes and crowds, forked from one that has already loaded the program.

Each is a real process with an application and connections of its own, and may be killed; only the second and a
half that Python needs to import everything is spent once a test worker instead of once a process.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import traceback
from pathlib import Path
from pkgutil import resolve_name

from models.base.db import db

CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(
    ["app", "tests.walk", "tests.operations.crowd", "jobs.worker.send_outbox", "jobs.tickets.fetch_mail"]
)


class Process:
    """A program running by itself; `said` is what it printed, `fault` what it complained of."""

    def __init__(self, program: str, place: Path, name: str = "0") -> None:
        self._out, self._err = place / f"out-{name}", place / f"err-{name}"
        self._process = CONTEXT.Process(target=_run, args=(program, str(self._out), str(self._err)))
        self._process.start()

    def end(self, seconds: int = 300) -> Process:
        self._process.join(seconds)
        self.returncode = self._process.exitcode
        self.said, self.fault = self._out.read_text(), self._err.read_text()
        return self


def _run(program: str, out: str, err: str) -> None:
    for stream, path in ((1, out), (2, err)):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT), stream)
    sys.stdout, sys.stderr = os.fdopen(1, "w", closefd=False), os.fdopen(2, "w", closefd=False)
    try:
        exec(compile(program, "<program>", "exec"), {"__name__": "program"})  # noqa: S102  # the test's own text
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
        os._exit(1)
    sys.stdout.flush()


def die_at(point: tuple[str, int]) -> None:
    """Replace the named function so that its n-th call is the process's last."""
    where, turn = point
    owner, _dot, name = where.rpartition(".")
    target = db.session.registry() if owner.endswith("registry()") else resolve_name(owner)
    original, calls = getattr(target, name), iter(range(1, 1_000))

    def last(*args, **kwargs):
        if next(calls) == turn:
            os.kill(os.getpid(), signal.SIGKILL)
        return original(*args, **kwargs)

    setattr(target, name, last)
