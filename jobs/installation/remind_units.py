"""Reminds units that have not answered a RAB (N6f), and of bills that fall due (N8e)."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import or_, select

from jobs.base.product_steps import take_on_each
from models.base import setting
from models.base.db import db
from models.base.wording import today
from models.installation.bill import Bill
from models.installation.rab import Rab
from models.tickets.ticket import Ticket

REMIND_BEFORE_DAYS = 5  # working days or not: before the RAB's validity ends
AGAIN_AFTER_DAYS = 7


def remind_units() -> int:
    """N6f and N8e for every ticket that is due; says how many steps were taken."""
    return take_on_each("remind_unit", _silent_units()) + take_on_each("remind_payment", _bills_due())


def _silent_units() -> list[int]:
    query = select(Ticket.id).join(Rab, Rab.ticket_id == Ticket.id)
    return list(
        db.session.scalars(
            query.where(
                Ticket.state == "unit_agreement",
                Rab.decision == "approved",
                Rab.reminded_at.is_(None),
                Rab.valid_until <= today() + timedelta(days=REMIND_BEFORE_DAYS),
            )
        )
    )


def _bills_due() -> list[int]:
    """Bills near their due date that were never told of, and late ones again every week."""
    before = today() + timedelta(days=int(setting.get("bill_remind_days")))
    near = Bill.reminded_on.is_(None) & (Bill.due_on <= before)
    late = (Bill.due_on < today()) & (Bill.reminded_on <= today() - timedelta(days=AGAIN_AFTER_DAYS))
    query = select(Ticket.id).join(Bill, Bill.ticket_id == Ticket.id)
    return list(
        db.session.scalars(query.where(Ticket.state == "payment", Bill.cancelled_at.is_(None), or_(near, late)))
    )
