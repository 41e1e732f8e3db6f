"""What the installations' room shows on the page of a unit: budget plans that await its answer, bills unpaid."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from admin_views.frame.page_parts import add_part
from admin_views.frame.permissions import may
from admin_views.frame.view import person
from models.base.columns.shown import Shown
from models.base.db import db
from models.base.wording import today
from models.installation.bill import Bill
from models.installation.rab import Rab
from models.organisation.unit import Unit
from models.tickets.ticket import Ticket, visible_to

BILLED = ("bill_signature", "payment")  # where a bill in force is not paid yet


def rabs_of_unit(unit: Unit) -> dict[str, Shown] | None:
    """N6b: plans that were sent to the unit and that it has not answered."""
    staff = person()
    if not may(staff, "rab", "list"):
        return None
    query = select(Rab).join(Ticket).where(
        Ticket.unit_id == unit.id, visible_to(staff), Ticket.state == "unit_agreement",
        Rab.decision == "approved", Rab.answered_at.is_(None),
    )  # fmt: skip
    query = query.options(joinedload(Rab.ticket)).order_by(Rab.valid_until, Rab.id)
    newest = {rab.ticket_id: rab for rab in db.session.scalars(query).unique()}
    return {"rabs": list(newest.values()), "today": today()}


def bills_of_unit(unit: Unit) -> dict[str, Shown] | None:
    """Bills in force of which something is owed, the first due first, and the sum of all."""
    staff = person()
    if not may(staff, "bill", "list"):
        return None
    query = select(Bill).join(Ticket, Ticket.id == Bill.ticket_id).where(
        Ticket.unit_id == unit.id, visible_to(staff), Ticket.state.in_(BILLED), Bill.cancelled_at.is_(None)
    )  # fmt: skip
    query = query.options(joinedload(Bill.payments), joinedload(Bill.ticket)).order_by(Bill.due_on, Bill.id)
    bills = [bill for bill in db.session.scalars(query).unique() if bill.outstanding_rp]
    return {"bills": bills, "sum_rp": sum(bill.outstanding_rp for bill in bills), "today": today()}


add_part("unit", "admin/installation/unit_bills.html", bills_of_unit)
add_part("unit", "admin/installation/unit_rabs.html", rabs_of_unit)
