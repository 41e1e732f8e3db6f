"""What units still owe for installations, by age, and the newest bills beside their RABs."""

from __future__ import annotations

from datetime import timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import aliased, joinedload

from models.base.db import db
from models.base.wording import today
from models.installation.bill import SENT, Bill, Payment, paid_of_bill
from models.organisation.unit import Unit
from models.tickets.ticket import Ticket

AGES = (
    (0, _l("Belum jatuh tempo")),
    (30, _l("1–30 hari")),
    (90, _l("31–90 hari")),
    (100_000, _l("Lebih dari 90 hari")),
)
MOST_BILLS = 100


def owed_by_unit(is_seen: ColumnElement[bool]) -> list[tuple[str, list[int], int]]:
    """Unit, amounts in rupiah by age of the overdue days, sum; the greatest debtor first.

    The database adds up: a row comes back for each unit and age, however many bills there are.
    """
    age = case(*((Bill.due_on >= today() - timedelta(days=days), at) for at, (days, _label) in enumerate(AGES[:-1])),
               else_=len(AGES) - 1)  # fmt: skip
    bills = (
        select(Ticket.unit_id, age.label("age"), (Bill.total_rp - paid_of_bill()).label("rest_rp"))
        .join(Ticket, Ticket.id == Bill.ticket_id)
        .where(is_seen, *SENT)
        .subquery()
    )
    sums = (
        select(Unit.name, bills.c.age, func.sum(bills.c.rest_rp))
        .select_from(bills)
        .outerjoin(Unit, Unit.id == bills.c.unit_id)
        .where(bills.c.rest_rp != 0)
        .group_by(Unit.id, Unit.name, bills.c.age)
    )
    table: dict[str, list[int]] = {}
    for unit, at, rest in db.session.execute(sums):
        table.setdefault(unit or _("Tanpa unit"), [0] * len(AGES))[at] += int(rest)
    return sorted(((unit, ages, sum(ages)) for unit, ages in table.items()), key=lambda row: -row[2])


def open_overpayments(is_seen: ColumnElement[bool]) -> list[Payment]:
    """Payments of which something is still to be returned or stands to a unit's credit, the oldest first."""
    second = aliased(Payment)
    is_reversed = select(second.id).where(second.reverses_id == Payment.id).exists()
    query = select(Payment).join(Bill).where(is_seen, Payment.over_rp > 0, Payment.returned_on.is_(None), ~is_reversed)
    query = query.order_by(Payment.recorded_at, Payment.id).limit(MOST_BILLS)
    named = joinedload(Payment.bill).joinedload(Bill.ticket).joinedload(Ticket.unit)
    return list(db.session.scalars(query.options(named)).unique())


def newest_bills(is_seen: ColumnElement[bool]) -> list[Bill]:
    """The newest bills with their work and RAB, at most MOST_BILLS."""
    query = select(Bill).where(is_seen, *SENT).order_by(Bill.issued_at.desc(), Bill.id.desc()).limit(MOST_BILLS)
    return list(db.session.scalars(query.options(joinedload(Bill.ticket), joinedload(Bill.rab))).unique())
