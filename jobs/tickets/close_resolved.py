"""Closes resolved complaints whose requester stays silent, with a mail before; only by the procedure's own steps."""

from __future__ import annotations

import logging
from datetime import timedelta

from sqlalchemy import select

from models.base import setting
from models.base.db import db, utcnow
from models.tickets.ticket import Ticket
from procedures.engine.declaration import PRODUCT
from procedures.engine.take_step import StepRefused, take_step

BATCH = 500
log = logging.getLogger("helpdesk")


def close_resolved() -> int:
    """C6d and C6e for every complaint that is due; says how many steps were taken."""
    days, before = int(setting.get("close_after_days")), int(setting.get("warn_before_close_days"))
    now = utcnow()
    resolved = (
        select(Ticket.id)
        .where(Ticket.procedure == "complaint", Ticket.state == "resolved")
        .order_by(Ticket.id)
        .limit(BATCH)
    )
    to_warn = resolved.where(
        Ticket.warned_at.is_(None), Ticket.resolved_at <= now - timedelta(days=max(days - before, 0))
    )
    to_close = resolved.where(
        Ticket.resolved_at <= now - timedelta(days=days), Ticket.warned_at <= now - timedelta(days=before)
    )
    return _take("warn_of_closing", list(db.session.scalars(to_warn))) + _take(
        "close_silent", list(db.session.scalars(to_close))
    )


def _take(step: str, ids: list[int]) -> int:
    taken = 0
    for ticket_id in ids:
        try:
            take_step(ticket_id, step, PRODUCT)
            taken += 1
        except StepRefused as refused:  # somebody moved it meanwhile
            log.info("%s refused: %s", step, refused.sentence)
    return taken
