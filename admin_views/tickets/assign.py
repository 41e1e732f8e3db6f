"""The short list from which a ticket gets its person or another group: one press opens it, one chooses."""

from __future__ import annotations

import secrets
from typing import NamedTuple

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from admin_views.frame.address_values import row_named
from admin_views.tickets.related_view import actor
from admin_views.tickets.workbench.ticket_page import TicketDesk
from models.base.db import db
from models.base.wording import today
from models.organisation.delegation import Absence
from models.organisation.staff import Group, GroupMember, Staff
from models.tickets.ticket import Ticket
from procedures.engine import catalog
from procedures.engine.take_step import refusal
from web.lost_session import own_path

MOST_COUNTED = 99  # of one person's open tickets; beyond that a number says no more


class Colleague(NamedTuple):
    """Somebody who can be given the ticket, and how much lies with them."""

    id: int
    name: str
    initials: str
    open_tickets: int
    is_away: bool
    is_near: bool  # of the group where the ticket lies


class AssignDesk(TicketDesk):
    """/admin/assign/"""

    name_key = "assign"
    acts = {"index": "list"}

    def __init__(self) -> None:
        super().__init__(name="Petugas", endpoint="assign", url="/admin/assign")

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """Whom this ticket can be given to. `back` is where the choice leads afterwards; a script asks for the list."""
        pk = row_named("id")
        ticket = self.ticket(pk) if pk is not None and pk > 0 else abort(404)
        steps = catalog.get(ticket.procedure).steps
        refused = {name: refusal(steps[name], ticket, actor()) for name in ("take", "assign", "hand_over")}
        here = f"/admin/ticket/details/?id={ticket.id}"
        return render_template(
            "admin/tickets/assign_list.html"
            if request.headers.get("X-Requested-With")
            else "admin/tickets/assign.html",
            view=self,
            ticket=ticket,
            refused=refused,
            colleagues=[] if refused["assign"] else colleagues_of(ticket),
            groups=[] if refused["hand_over"] else _other_groups(ticket),
            back=own_path(request.args.get("back"), here),
            once=secrets.token_hex(12),
        )


def colleagues_of(ticket: Ticket) -> list[Colleague]:
    """Every active member of a group: those of this ticket's group first, then by what lies with them."""
    day = today()
    is_near = select(GroupMember.staff_id).where(
        GroupMember.group_id == ticket.group_id, GroupMember.staff_id == Staff.id
    )
    away = select(Absence.staff_id).where(
        Absence.staff_id == Staff.id, Absence.first_day <= day, Absence.last_day >= day
    )
    theirs = select(Ticket.id).where(Ticket.assignee_id == Staff.id, Ticket.is_open).correlate(Staff)
    load = select(func.count()).select_from(theirs.limit(MOST_COUNTED + 1).subquery()).scalar_subquery()
    query = select(Staff.id, Staff.name, load, away.exists(), is_near.exists())
    query = query.where(
        Staff.is_active, Staff.id.in_(select(GroupMember.staff_id)), Staff.id != (ticket.assignee_id or 0)
    )
    found = [Colleague(i, name, Staff(name=name).initials, *more) for i, name, *more in db.session.execute(query)]
    return sorted(found, key=lambda c: (not c.is_near, c.is_away, c.name))


def _other_groups(ticket: Ticket) -> list[Group]:
    query = select(Group).where(Group.is_active, Group.id != ticket.group_id).order_by(Group.name)
    query = query.options(selectinload(Group.members).joinedload(GroupMember.staff))
    return list(db.session.scalars(query))
