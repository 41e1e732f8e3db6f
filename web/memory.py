"""Gives large pieces of memory back to the system at once, so that a web process stays small.

Hashing a password takes 19 MB. glibc keeps such a piece in the arena of each thread that hashed: four threads keep
78 MB for the rest of the process's life. With fixed thresholds, pieces of 1 MB and more are mapped and unmapped.
"""

from __future__ import annotations

import ctypes
import gc

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_ARENA_MAX = -1, -3, -8  # malloc.h
LARGE = 256 * 1024  # bytes


def give_memory_back() -> bool:
    """Set the thresholds for this process. False where the C library has none (musl, macOS): then nothing changes."""
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError):
        return False
    return bool(mallopt(M_MMAP_THRESHOLD, LARGE) and mallopt(M_TRIM_THRESHOLD, LARGE) and mallopt(M_ARENA_MAX, 1))


def leave_what_starting_took() -> bool:
    """Give back what only starting needed: compiling pages and reading libraries leaves holes of some 8 MB.

    Told before the workers part, else each keeps them. False where the C library cannot.
    """
    gc.collect()
    try:
        return bool(ctypes.CDLL(None).malloc_trim(0))
    except (AttributeError, OSError):
        return False
