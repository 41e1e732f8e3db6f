"""Counts each day how the month goes, once for every head: their first screen only reads it."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from models.base.db import db, utcnow, write_transaction
from models.base.wording import today
from models.organisation.delegation import roles_of
from models.organisation.month_figure import MonthFigure, named
from models.organisation.roles import HEADS
from models.organisation.staff import Staff
from models.tickets.ticket import visible_to
from procedures.tickets.reports.month import month_until


def count_months() -> None:
    """Those whose figures end before yesterday, or were counted in other roles than they have today."""
    yesterday = today() - timedelta(days=1)
    kept = {row.staff_id: (row.last_day, row.roles) for row in db.session.scalars(select(MonthFigure))}
    for staff in db.session.scalars(select(Staff).where(Staff.is_active).order_by(Staff.id)).unique().all():
        roles = roles_of(staff)
        if roles.isdisjoint(HEADS) or kept.get(staff.id) == (yesterday, named(roles)):
            continue
        figures = month_until(yesterday, visible_to(staff))
        with write_transaction():
            db.session.merge(
                MonthFigure(
                    staff_id=staff.id,
                    roles=named(roles),
                    last_day=yesterday,
                    figures=figures.written(),
                    counted_at=utcnow(),
                )
            )
