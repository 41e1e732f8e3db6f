"""Where a new ticket lies: the group of its category or the front desk, and the member with the fewest open ones."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm.attributes import set_committed_value

from models.base.db import db
from models.base.wording import today
from models.organisation.delegation import Absence
from models.organisation.roles import Division
from models.organisation.staff import Group, GroupMember, Staff
from models.organisation.unit import unit_with_name
from models.tickets.category import category_with_group
from models.tickets.ticket import Ticket
from procedures.tickets import forms
from procedures.tickets.routine.due_work import DueWork


def fill(ticket: Ticket, form: forms.ComplaintForm) -> None:
    """C1, C2: what the form says of a complaint; a suspicious one lies at the front desk."""
    ticket.requester_name, ticket.requester_email = form.name.data, form.email.data or ""
    ticket.requester_phone, ticket.subject, ticket.description = (
        form.phone.data or "",
        form.subject.data,
        form.description.data,
    )
    ticket.unit_id, ticket.category_id = form.unit.data or None, form.category.data
    set_committed_value(ticket, "unit", unit_with_name(ticket.unit_id))
    ticket.category = category_with_group(ticket.category_id)
    ticket.group = ticket.category.group if ticket.category and not ticket.suspicion else front_desk()
    ticket.group_id = ticket.group.id


def fill_routine(ticket: Ticket, work: DueWork) -> None:
    """C2d: the work lies with its group, and with its officer where the schedule names one."""
    ticket.subject, ticket.description, ticket.channel = work.title, work.description, "schedule"
    ticket.group, ticket.group_id, ticket.assignee_id = work.group, work.group.id, work.assignee_id
    if work.assignee_id is not None:
        ticket.assignee = db.session.get(Staff, work.assignee_id)


def front_desk() -> Group:
    """The group at the front desk, where everything without a better place lies."""
    query = select(Group).where(Group.division == Division.FRONT_DESK.value, Group.is_active).order_by(Group.id)
    return db.session.scalars(query).first() or db.session.scalars(select(Group).order_by(Group.id)).one()


def least_busy(group: Group) -> int | None:
    """The present member with the fewest open tickets; the smaller id where two are equal. None if all are away."""
    day = today()
    away = select(Absence.staff_id).where(Absence.first_day <= day, Absence.last_day >= day)
    load = select(func.count()).where(Ticket.assignee_id == Staff.id, Ticket.is_open).correlate(Staff).scalar_subquery()
    query = (
        select(Staff.id)
        .join(GroupMember)
        .where(GroupMember.group_id == group.id, Staff.is_active, Staff.id.not_in(away))
    )
    return db.session.scalar(query.order_by(load, Staff.id).limit(1))
