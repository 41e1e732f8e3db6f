"""The tickets of what is out now: the room that keeps outages says which they are, since tickets know nothing of it."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Select, false, select

from models.tickets.ticket import Ticket

_asked: list[Callable[[], Select[int]]] = []


def says_what_is_out(ask: Callable[[], Select[int]]) -> None:
    """Keep the one function that gives the ids of these tickets."""
    _asked[:] = [ask]


def out_now() -> Select[int]:
    """The ids of the open tickets of what does not answer; the row rule is not in it."""
    return _asked[0]() if _asked else select(Ticket.id).where(false())
