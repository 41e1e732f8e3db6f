"""A process with everything loaded that forks a worker at each word of its master: a start of milliseconds."""

from __future__ import annotations

import os
import signal
import sys
from datetime import timedelta

from app import create_app
from jobs.worker import outbox_rows, worker
from models.base import db as database


def main() -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those who are killed
    app = create_app()
    outbox_rows.LEASE = timedelta(seconds=float(os.environ["CHAOS_LEASE"]))
    with app.app_context():
        database.db.engine.dispose()
    for line in sys.stdin:
        _word, shift = line.split()
        if pid := os.fork():
            sys.stdout.write(f"{pid}\n")
            sys.stdout.flush()
            continue
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        _shift_clock(timedelta(seconds=float(shift)))
        with app.app_context():
            worker.work()
        os._exit(0)


def _shift_clock(ahead: timedelta) -> None:
    real = database.clock
    database.clock = lambda: real() + ahead


if __name__ == "__main__":
    main()
