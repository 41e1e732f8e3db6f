"""The former address of a requester's page leads to the one page of the person."""

from __future__ import annotations

from flask import abort, redirect
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import lazy_gettext as _l

from admin_views.frame.address_values import row_named
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
        """By a ticket that this person may see."""
        pk = row_named("id")
        ticket = self.ticket(pk) if pk is not None and pk > 0 else abort(404)
        return redirect(f"/admin/profile/?id=t{ticket.id}", 303)
