"""The base of views over what hangs on a ticket: rows are seen with their ticket, by the ticket's row rule."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import abort, request
from sqlalchemy import select

from admin_views.frame.view import HouseView, address, person
from models.base.db import db
from models.base.written import is_written
from models.tickets.ticket import Ticket, visible_to
from procedures.engine import catalog
from procedures.engine.declaration import Actor
from procedures.engine.take_step import refusal


class TicketRelatedView(HouseView):
    """Rows with a `ticket_id`; nothing is written here but by the pages of the procedure."""

    newest_first = True

    def visible_tickets(self) -> Any:
        return select(Ticket.id).where(visible_to(person()))

    def is_seen(self, ticket_id: Any) -> Any:
        """The condition that this person may see the ticket, asked of the rows that are found, not of all tickets."""
        ticket = select(Ticket.id).where(Ticket.id == ticket_id, visible_to(person()))
        return ticket.correlate(ticket_id.class_).exists()

    def row_rule(self, query: Any) -> Any:
        return query.where(self.is_seen(self.model.ticket_id))

    def row_allowed(self, row: Any, act: str) -> bool:
        return act == "details" and self.may(act)

    def create_view(self) -> Any:
        abort(404)

    edit_view = delete_view = create_view

    def ticket_of(self, ticket_id: Any) -> Ticket:
        """The installation that this person may see, or 404."""
        text = str(ticket_id or "")
        if not (text.isascii() and text.isdecimal() and len(text) < 10):
            abort(404)
        query = select(Ticket).where(Ticket.id == int(text), Ticket.procedure == "network_installation")
        found = db.session.scalars(query.where(visible_to(person()))).unique().one_or_none()
        return found or abort(404)


def actor() -> Actor:
    staff = person()
    return Actor("staff", staff.name, staff, address())


def is_from_script() -> bool:
    """Did a script of the page send this, which reads the answer as JSON and shows no page?"""
    return request.headers.get("X-Requested-With") == "fetch"


def why_not(ticket: Ticket, step: str) -> str:
    """Why this person may not fill in what the step sends, or nothing; an unfinished form is no reason."""
    refused = refusal(catalog.get(ticket.procedure).steps[step], ticket, actor())
    if refused is None or (refused.why == "need" and "belum" in refused.sentence):
        return ""
    return refused.sentence


def typed_rows(prefix: str, names: Sequence[str], must: str) -> list[dict[str, str]]:
    """The rows of a table as typed: parallel fields `<prefix>-<name>`; rows whose columns are all empty are left out.

    `must` names the columns of which at least one is filled in a row that counts.
    """
    columns = {name: request.form.getlist(f"{prefix}-{name}") for name in names}
    length = max((len(values) for values in columns.values()), default=0)
    rows = [{name: (v[at] if at < len(v) else "") for name, v in columns.items()} for at in range(length)]
    return [row for row in rows if any(is_written(row[name]) for name in must.split())]
