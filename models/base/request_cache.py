"""Remembers what a page has read of one ticket, for pages that ask for the same rows in many places.

It begins with begin_remembering(), which only pages call that write nothing from there on.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import wraps
from typing import Any, TypeVar

from flask import g, has_request_context

T = TypeVar("T")


def begin_remembering() -> None:
    """From here to the end of the request nothing is written."""
    if has_request_context():
        g.read_so_far = {}


def read_once(ask: Callable[..., T]) -> Callable[..., T]:
    """Ask the database once for the same arguments, the first being a row with an id."""

    @wraps(ask)
    def asked(row: Any, **more: Any) -> T:
        kept: dict[Hashable, T] | None = g.get("read_so_far") if has_request_context() else None
        if kept is None:
            return ask(row, **more)
        key = (ask.__module__, ask.__qualname__, row.id, *sorted(more.items()))
        if key not in kept:
            kept[key] = ask(row, **more)
        return kept[key]

    return asked
