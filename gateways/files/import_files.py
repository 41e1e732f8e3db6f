"""The folder of people files that wait to be imported; backups leave it out."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from pathlib import Path

from flask import current_app

from gateways.files.file_store import MEGABYTE, FileStore

MOST_BYTES = 20 * MEGABYTE
GRACE = timedelta(minutes=5)
"""A file just stored may have no row yet."""


def shelf() -> FileStore:
    """The store under INSTANCE_PATH/imports."""
    return FileStore(Path(current_app.config["INSTANCE_PATH"]) / "imports")


def forget_files(hashes_in_use: Collection[str]) -> int:
    """Delete what no unfinished import needs; says how many."""
    return shelf().remove_unnamed(hashes_in_use, GRACE)
