"""Remembers when this installation was last backed up, by timetable or by hand, for whoever looks after it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from flask import current_app

from models.base.db import utcnow


def note_backup() -> None:
    """A backup has just been made."""
    _file().write_text(utcnow().isoformat())


def last_backup_at() -> datetime | None:
    """When the last backup of this installation was made; a restore does not change it."""
    try:
        return datetime.fromisoformat(_file().read_text())
    except (FileNotFoundError, ValueError):
        return None


def _file() -> Path:
    return Path(current_app.config["INSTANCE_PATH"]) / "last-backup"
