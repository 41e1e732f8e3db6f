"""Keeps every file that web, worker and commands write their owner's alone (security.md S21); said here once."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

OTHERS = stat.S_IRWXG | stat.S_IRWXO  # what a group and everybody may


def keep_private() -> None:
    """From here on this process and those that it starts write files of mode 0600 and folders of 0700.

    Libraries and programs that we call (SQLite with its journals, the readers of mail, printing) know no modes of ours.
    Whoever wants a file read by others says so at that file, as for the copy of the outage page.
    """
    os.umask(OTHERS)


def open_to_others(folder: Path) -> Iterator[Path]:
    """Everything below (and the folder itself) that others than its owner may read, write or enter.

    What goes away meanwhile is left out; links are not followed.
    """
    for place, _folders, files in os.walk(folder):
        for path in (Path(place), *(Path(place) / name for name in files)):
            try:
                found = path.lstat()
            except FileNotFoundError:
                continue
            if not stat.S_ISLNK(found.st_mode) and found.st_mode & OTHERS:
                yield path
