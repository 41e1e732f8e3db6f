"""Counts the due times of open tickets anew after the calendar has changed, some hundred at a time.

The newest wish that waits stands for all before it. A run that is cut off goes on behind the last ticket it reached,
and what was counted twice comes out the same.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select, update

from models.base import setting
from models.base.calendar import DueRecount, calendars
from models.base.db import db, utcnow, write_transaction
from models.organisation import audit
from models.tickets.ticket import Ticket
from procedures.engine.due import counted_anew

BATCH = 200
BY = "recount_due"


def is_recount_asked() -> bool:
    """Has a wish waited until every process counts by the new calendar, and so no later step by the old one?"""
    known = DueRecount.asked_at < utcnow() - 2 * timedelta(seconds=setting.CACHE_SECONDS)
    return db.session.scalar(select(DueRecount.id).where(DueRecount.done_at.is_(None), known).limit(1)) is not None


def recount_due() -> int:
    """Says how many due times moved."""
    setting.stored()  # what this process remembers of the calendar may be of before
    moved = 0
    while (found := _next_batch()) is not None:
        moved += found
    return moved


def _next_batch() -> int | None:
    """How many moved among the next tickets; None when nothing is asked any more. One transaction, with its record."""
    with write_transaction():
        waits = select(DueRecount).where(DueRecount.done_at.is_(None)).order_by(DueRecount.id.desc()).limit(1)
        asked = db.session.scalars(waits.with_for_update()).one_or_none()
        if asked is None:
            return None
        tickets = _tickets_after(asked.reached)
        if not tickets:
            _end(asked)
            return 0
        moved = _recount(tickets)
        asked.reached, asked.moved = tickets[-1].id, asked.moved + moved
        return moved


def _tickets_after(reached: int) -> list[Ticket]:
    """In the order of their ids, held until the transaction ends: a step that is taken meanwhile comes after."""
    query = select(Ticket).where(Ticket.id > reached, Ticket.is_open, Ticket.due_at.is_not(None))
    query = query.order_by(Ticket.id).limit(BATCH).with_for_update(of=Ticket, key_share=True)
    return list(db.session.scalars(query.execution_options(populate_existing=True)).unique())


def _recount(tickets: list[Ticket]) -> int:
    moved = 0
    for ident, due in counted_anew(tickets, calendars()).items():
        ticket = next(one for one in tickets if one.id == ident)
        if due == ticket.due_at:
            continue
        before, ticket.due_at = ticket.due_at, due
        diff = {"due_at": [before.isoformat() if before else None, due.isoformat() if due else None]}
        audit.record("due_recounted", "Ticket", ident, actor_name=BY, diff=diff)
        moved += 1
    return moved


def _end(asked: DueRecount) -> None:
    """This wish and those before it are fulfilled."""
    done = update(DueRecount).where(DueRecount.id <= asked.id, DueRecount.done_at.is_(None))
    db.session.execute(done.values(done_at=utcnow()))
