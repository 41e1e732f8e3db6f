"""What a step leaves for its request: that it is committed, or why it was refused; and its effect outside."""

from __future__ import annotations

import logging
from typing import NamedTuple

from flask import g, has_request_context
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from models.base.db import db
from procedures.engine.declaration import Actor, Effect, Given

log = logging.getLogger("helpdesk")


class CommittedAct(NamedTuple):
    """The ticket that this request moved: whatever fails afterwards, the answer leads there (security.md Z40)."""

    ticket_id: int
    number: str


def note_committed(ticket_id: int, number: str) -> None:
    """The step is committed."""
    if has_request_context():
        g.committed_act = CommittedAct(ticket_id, number)


def committed_act() -> CommittedAct | None:
    """What this request has done for good, if anything."""
    return g.get("committed_act") if has_request_context() else None


def note_refused(reason: str) -> None:
    """Why this request is refused, for the log; the first reason stays."""
    if has_request_context() and "refusal" not in g:
        g.refusal = reason


def noted_refusal() -> str:
    """The reason that was noted in this request, or nothing."""
    return str(g.get("refusal", ""))


def carry_out(effect: Effect, ticket_id: int, by: Actor, form: Given) -> None:
    """The outside effect of a committed step; a database that is busy or away leaves the rest to the worker.

    The intent is committed, so the reconcile job explains and mends it within minutes (security.md Z34).
    """
    try:
        effect(ticket_id, by, form)
    except (OperationalError, PoolTimeout):
        db.session.rollback()
        log.exception("what follows the step waits for the worker", extra={"ticket": ticket_id})
