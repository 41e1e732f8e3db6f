"""The page that asks before a ticket is merged into another, with both side by side."""

from __future__ import annotations

import secrets
from datetime import timedelta

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from sqlalchemy import and_, or_, select

from admin_views.frame.address_values import row_named
from admin_views.frame.view import person
from admin_views.tickets.related_view import actor
from admin_views.tickets.workbench.ticket_page import TicketDesk
from admin_views.tickets.workbench.workbench import ticket_with_related
from models.base.db import db, utcnow
from models.base.written import clean_line
from models.tickets.ticket import Ticket, visible_to
from models.tickets.ticket_number import LONGEST_PASTED
from procedures.engine import catalog
from procedures.engine.take_step import refusal, state_of
from procedures.tickets.merging import target_named, why_not_into

SAME_WITHIN = timedelta(days=60)
SAME_WEEK = timedelta(days=7)
MOST_SUGGESTED = 10


class MergeDesk(TicketDesk):
    """/admin/merge/"""

    name_key = "merge"
    acts = {"index": "list"}

    def __init__(self) -> None:
        super().__init__(name="Gabungkan", endpoint="merge", url="/admin/merge")

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """Choose the other ticket, then compare; `into` is its number as typed."""
        pk = row_named("id")
        ticket = self.ticket(pk) if pk is not None and pk > 0 else abort(404)
        step = catalog.get(ticket.procedure).steps.get("merge") or abort(404)
        refused, typed = refusal(step, ticket, actor()), clean_line(request.args.get("into", ""))[:LONGEST_PASTED]
        found = target_named(typed) if typed else None
        why = refused.sentence if refused else why_not_into(ticket, found, actor()) if typed else ""
        return render_template(
            "admin/tickets/merge.html",
            view=self,
            ticket=ticket,
            typed=typed,
            why=why,
            pair=[ticket, found] if found and not why else [],
            suggested=[] if refused else _suggested(ticket),
            state_of=state_of,
            once=secrets.token_hex(12),
        ), (409 if refused else 422 if why else 200)


def _suggested(ticket: Ticket) -> list[Ticket]:
    """Open tickets that may be about the same: of the same address, of the same unit, or of the same kind this week."""
    same_week = Ticket.created_at > ticket.created_at - SAME_WEEK
    alike = [and_(Ticket.category_id == ticket.category_id, same_week)] if ticket.category_id else []
    alike += [Ticket.requester_email == ticket.requester_email] if ticket.requester_email else []
    alike += [Ticket.unit_id == ticket.unit_id] if ticket.unit_id else []
    if not alike:
        return []
    query = ticket_with_related(select(Ticket)).where(
        visible_to(person()),
        Ticket.id != ticket.id,
        Ticket.procedure == ticket.procedure,
        Ticket.is_open,
        Ticket.created_at > utcnow() - SAME_WITHIN,
        or_(*alike),
    )
    return list(db.session.scalars(query.order_by(Ticket.created_at.desc()).limit(MOST_SUGGESTED)).unique())
