"""The page of the person behind a ticket: who it is, how they are reached, what else they asked."""

from __future__ import annotations

from flask import abort, render_template
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import lazy_gettext as _l

from admin_views.frame.address_values import row_named
from admin_views.tickets.people import caller_of_ticket
from admin_views.tickets.workbench.ticket_page import TicketDesk


class RequesterView(TicketDesk):
    """/admin/requester/"""

    name_key = "requester"
    title = _l("Pemohon")
    acts = {"index": "list"}

    def __init__(self) -> None:
        super().__init__(name="Pemohon", endpoint="requester", url="/admin/requester")

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """By a ticket that this person may see; one without a requester has no such page."""
        pk = row_named("id")
        ticket = self.ticket(pk) if pk is not None and pk > 0 else abort(404)
        if not (ticket.requester_name or ticket.requester_email or ticket.requester_phone):
            abort(404)
        return render_template("admin/tickets/requester.html", view=self, row=ticket, caller=caller_of_ticket(ticket))
