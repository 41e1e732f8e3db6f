"""Makes the tickets of routine work whose day has come (C2d)."""

from __future__ import annotations

from procedures.tickets.routine.open_due import open_due_routines


def open_routines() -> int:
    """Says how many tickets were made."""
    return open_due_routines()
