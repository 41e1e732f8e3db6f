"""Runs long work in a thread beside the worker's other jobs."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

WAIT_SECONDS = 15  # for the turn in hand, when the worker ends
log = logging.getLogger("helpdesk")


@contextmanager
def running_beside(name: str, turn: Callable[[threading.Event], object], pause_seconds: float) -> Iterator[None]:
    """Take turn after turn in a thread of its own while the block runs; the event tells a turn to end early.

    A fault is logged and the next turn comes after the pause: a database that is away comes back.
    """
    ended = threading.Event()
    thread = threading.Thread(target=_take_turns, args=(name, turn, pause_seconds, ended), name=name, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join(timeout=WAIT_SECONDS)


def _take_turns(
    name: str, turn: Callable[[threading.Event], object], pause_seconds: float, ended: threading.Event
) -> None:
    while not ended.is_set():
        try:
            turn(ended)
        except Exception:  # told in the docstring above
            log.exception("%s fell over", name)
        ended.wait(pause_seconds)
