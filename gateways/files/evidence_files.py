"""The key of the seals and the last seal, in files beside the database: readable by their owner alone (0600).

`audit_key` makes the seals; `audit_head` holds the last one, written with each turn; `audit_heads` gets a line a day.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from flask import current_app

from models.base.whole_file import written_aside


@dataclass(frozen=True)
class Head:
    """One seal of the chain as it was kept outside the database; `at` is when everything before it was sealed."""

    seq: int
    value: str
    at: datetime


def key() -> bytes:
    return str(current_app.config["AUDIT_KEY"]).encode()


def last_head() -> Head | None:
    """The last seal as this installation knows it; None before the first."""
    path = _folder() / "audit_head"
    return _read(path.read_text()) if path.exists() else None


def kept_heads() -> list[Head]:
    """One seal of each day, oldest first."""
    path = _folder() / "audit_heads"
    return [_read(line) for line in path.read_text().splitlines() if line] if path.exists() else []


def keep_head(head: Head) -> bool:
    """Write the last seal; True where it is the first of its day, which is kept for good and mailed."""
    with written_aside(_folder() / "audit_head") as file:
        file.write(_line(head).encode())
    heads = kept_heads()
    if heads and heads[-1].at.date() >= head.at.date():
        return False
    with open(os.open(_folder() / "audit_heads", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a") as daily:
        daily.write(_line(head))
        daily.flush()
        os.fsync(daily.fileno())
    return True


def begin_again_from(head: Head | None) -> None:
    """After a restore: what was sealed after the backup is gone by intent, and the chain goes on from there."""
    kept = [one for one in kept_heads() if head is not None and one.seq <= head.seq]
    with written_aside(_folder() / "audit_heads") as file:
        file.write("".join(map(_line, kept)).encode())
    if head is None:
        (_folder() / "audit_head").unlink(missing_ok=True)
    else:
        with written_aside(_folder() / "audit_head") as file:
            file.write(_line(head).encode())


def _folder() -> Path:
    return Path(current_app.config["INSTANCE_PATH"])


def _line(head: Head) -> str:
    return json.dumps({**asdict(head), "at": head.at.isoformat()}) + "\n"


def _read(line: str) -> Head:
    facts = json.loads(line)
    return Head(int(facts["seq"]), str(facts["value"]), datetime.fromisoformat(facts["at"]))
