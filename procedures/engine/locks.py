"""Tickets that a step touches beside its own: all are locked at its beginning, in one order for everybody.

Without it two steps that each have one of a pair wait for the other's (security.md Z39). SQLite has one lock for all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Protocol

from sqlalchemy import select

from models.base.db import db
from models.tickets.ticket import Ticket
from procedures.engine.declaration import Given


class Others(Protocol):
    """Says of a ticket and of what the step is taken with which other tickets it touches."""

    def __call__(self, ticket_id: int, given: Any, /) -> Iterable[int]: ...


OTHERS: dict[str, list[Others]] = {}  # by the name of the step, which means the same in every procedure


def also_touches(*steps: str) -> Callable[[Others], Others]:
    """The function says of a ticket and a form which other tickets these steps touch."""

    def declare(others: Others) -> Others:
        for step in steps:
            OTHERS.setdefault(step, []).append(others)
        return others

    return declare


def lock_together(ticket_id: int, step: str, form: Given) -> None:
    """Lock this ticket and those that the step touches too, lowest id first; inside the step's transaction."""
    if step not in OTHERS or db.engine.dialect.name == "sqlite":
        return
    locked: set[int] = set()
    while more := {ticket_id, *(other for others in OTHERS[step] for other in others(ticket_id, form))} - locked:
        if locked and min(more) < max(locked):
            db.session.rollback()  # a relation came meanwhile: all again, in order
            more, locked = more | locked, set()
        query = select(Ticket.id).where(Ticket.id.in_(more)).order_by(Ticket.id)
        db.session.execute(query.with_for_update(key_share=True))
        locked |= more
