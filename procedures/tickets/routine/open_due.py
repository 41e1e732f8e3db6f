"""Makes the ticket of each routine whose day has come (C2d), exactly once for a day.

How it goes:
 1. the routine is locked; of two workers the second waits and finds the day made;
 2. of the days that have come since the last one made, the latest gets a ticket; the others, which passed while no
    worker ran or the schedule rested, are counted on it and make none;
 3. ticket, checklist and the day's row are one transaction: a worker that is killed leaves all of it or nothing.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select

from models.base.calendar import calendars
from models.base.db import db, utcnow, write_transaction
from models.base.wording import day_begins, local, today
from models.tickets.label import ChecklistItem
from models.tickets.routine.routine import Routine, RoutineTicket
from procedures.engine.declaration import PRODUCT
from procedures.engine.take_step import open_ticket
from procedures.tickets.routine.due_work import DueWork


def open_due_routines() -> int:
    """Each routine in its own transaction; says how many tickets were made."""
    ids = list(db.session.scalars(select(Routine.id).where(Routine.is_active).order_by(Routine.id)))
    return sum(open_due(routine_id) for routine_id in ids)


def is_routine_due() -> bool:
    """Has any routine a ticket to make now?"""
    return any(_due(each) for each in db.session.scalars(select(Routine).where(Routine.is_active)).unique())


def open_due(routine_id: int) -> bool:
    """Make the ticket that is due of this routine, if there is one."""
    if _due(db.session.get(Routine, routine_id)) is None:  # most days nothing is: no lock is taken for it
        return False
    with write_transaction():
        query = select(Routine).where(Routine.id == routine_id).execution_options(populate_existing=True)
        routine = db.session.scalars(query.with_for_update(of=Routine)).unique().one_or_none()
        due = _due(routine)
        if routine is None or due is None:
            return False
        day, missed = due
        work = DueWork(routine.title, routine.description, routine.group, _present(routine), day, missed)
        ticket = open_ticket("complaint", "open_routine", PRODUCT, work)
        db.session.add_all(ChecklistItem(ticket_id=ticket.id, text=line) for line in routine.lines)
        routine.made_on = day
        db.session.add(RoutineTicket(routine_id=routine.id, due_on=day, ticket_id=ticket.id, missed=missed))
    return True


def _due(routine: Routine | None) -> tuple[date, int] | None:
    """The day whose ticket is due now, and how many days before it have passed without one."""
    if routine is None or not routine.is_active:
        return None
    day, missed = routine.rule.latest(today(), routine.made_on)
    if day is None or utcnow() < opens_at(day, routine.group.division):
        return None
    return day, missed


def opens_at(day: date, division: str) -> datetime:
    """When the ticket of a day is made: as the division opens; on a day on which it does not, as the day begins."""
    begins = day_begins(day)
    opening = calendars().next_opening(begins, division)
    return opening if local(opening).date() == day else begins


def _present(routine: Routine) -> int | None:
    """Who does it, if they work here still."""
    return routine.assignee_id if routine.assignee is not None and routine.assignee.is_active else None
