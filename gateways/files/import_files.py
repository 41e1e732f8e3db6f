"""The folders of files that wait to be imported; backups leave them out.

A people file has its row and waits for the worker; a small file waits a few hours for whoever looks at its preview.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from pathlib import Path

from flask import current_app

from gateways.files.file_store import MEGABYTE, FileStore

MOST_BYTES = 20 * MEGABYTE
MOST_PREVIEWED_BYTES = 5 * MEGABYTE
GRACE = timedelta(minutes=5)
"""A file just stored may have no row yet."""

PREVIEWED = timedelta(hours=12)
"""So long the file of a preview is kept."""


def shelf() -> FileStore:
    """The store under INSTANCE_PATH/imports."""
    return FileStore(Path(current_app.config["INSTANCE_PATH"]) / "imports")


def preview_shelf() -> FileStore:
    """The store of files that are looked at before they are taken in."""
    return FileStore(Path(current_app.config["INSTANCE_PATH"]) / "imports-previewed")


def forget_files(hashes_in_use: Collection[str]) -> int:
    """Delete what no unfinished import needs, and previews that were left; says how many."""
    return shelf().remove_unnamed(hashes_in_use, GRACE) + preview_shelf().remove_unnamed((), PREVIEWED)
