"""Keeps backup and restore from working at the same time on one installation; the lock goes with its process."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import current_app

from jobs.operation.archive import BackupRefused


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """BackupRefused when a backup or a restore is at work."""
    instance = Path(current_app.config["INSTANCE_PATH"])
    instance.mkdir(parents=True, exist_ok=True)
    with (instance / ".backup.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BackupRefused("A backup or a restore is at work: try again when it has ended.") from None
        yield
