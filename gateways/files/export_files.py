"""Stores the files of exports until they are fetched or out of date, under random names."""

from __future__ import annotations

import re
import secrets
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from time import time
from typing import BinaryIO

from flask import current_app

from models.base.whole_file import written_aside

NAME = re.compile(r"[0-9a-f]{32}")


class ExportFileMissing(LookupError):
    """No file of this name is on disk."""


def folder() -> Path:
    return Path(current_app.config["INSTANCE_PATH"]) / "exports"


@contextmanager
def new_file() -> Iterator[tuple[str, BinaryIO]]:
    """A random name and a file to write; at the end of the block it stands there whole, after a fault not at all."""
    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    name = secrets.token_hex(16)
    with written_aside(folder() / name) as file:
        yield name, file


def open_file(name: str) -> BinaryIO:
    """The file, ready to read. ExportFileMissing."""
    if not NAME.fullmatch(name):
        raise ExportFileMissing(name)
    try:
        return (folder() / name).open("rb")
    except FileNotFoundError as missing:
        raise ExportFileMissing(name) from missing


def remove(name: str) -> None:
    if NAME.fullmatch(name):
        (folder() / name).unlink(missing_ok=True)


def remove_unnamed(names_in_use: Collection[str], older_than: timedelta) -> int:
    """Delete what no row names, and halves that a crash left, once nobody can be writing them; says how many."""
    newest, kept, gone = time() - older_than.total_seconds(), set(names_in_use), 0
    for path in folder().glob("*"):
        if path.name not in kept and path.stat().st_mtime < newest:
            path.unlink(missing_ok=True)
            gone += 1
    return gone
