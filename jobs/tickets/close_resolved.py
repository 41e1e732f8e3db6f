"""Closes resolved complaints whose requester stays silent, with a mail before (C6d, C6e)."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from jobs.base.product_steps import take_on_each
from models.base import setting
from models.base.db import db, utcnow
from models.tickets.ticket import Ticket

BATCH = 500


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
    return take_on_each("warn_of_closing", list(db.session.scalars(to_warn))) + take_on_each(
        "close_silent", list(db.session.scalars(to_close))
    )
