"""The words of an attached file, read in a child with limits of size, time and memory (security.md U4)."""

from __future__ import annotations

import atexit
from typing import BinaryIO

from gateways.guarded.parent import GuardedChild, NotDone

MOST_BYTES = 25 * 1024 * 1024
SECONDS = 20.0

__all__ = ["NotDone", "keys_of_file"]

_CHILD = GuardedChild("gateways.files.text_child", SECONDS, most=100)
atexit.register(_CHILD.close)


def keys_of_file(file: BinaryIO, content_type: str) -> list[str]:
    """The keys by which a file is found; NotDone says why there are none: damaged, locked, too large, too slow."""
    raw = file.read(MOST_BYTES + 1)
    if len(raw) > MOST_BYTES:
        raise NotDone(f"larger than {MOST_BYTES // (1024 * 1024)} MB")
    said, _files = _CHILD.ask(raw, content_type)
    return list(said["keys"])
