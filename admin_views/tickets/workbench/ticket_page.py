"""The base of pages that do something beside a ticket's workbench: each asks the ticket's row rule first."""

from __future__ import annotations

from flask import abort
from sqlalchemy import select

from admin_views.frame.page import ClosedView
from admin_views.frame.view import person
from admin_views.tickets.workbench.workbench import ticket_with_related
from models.base.db import db
from models.tickets.ticket import Ticket, visible_to


class TicketDesk(ClosedView):
    """A closed page that knows how to find the one ticket it is about."""

    def ticket(self, pk: int) -> Ticket:
        """The ticket that this person may see, or 404."""
        query = ticket_with_related(select(Ticket).where(Ticket.id == pk, visible_to(person())))
        found: Ticket | None = db.session.scalars(query).unique().one_or_none() if pk < 2**31 else None
        return found or abort(404)


def bench_of(ticket_id: int, part: str = "") -> str:
    return f"/admin/ticket/details/?id={ticket_id}{part}"
