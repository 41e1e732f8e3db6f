"""The one page of a person, whether the register, a unit's contacts or a ticket knows them.

Its address names the row by which the reader knows them best: `p12` of the register of people, `c5` of the units'
contacts, `t99` a ticket's requester. All other addresses of the same person lead there.
"""

from __future__ import annotations

import re
from typing import Any

from flask import abort, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from admin_views.frame.address_values import not_a_value
from admin_views.frame.permissions import may
from admin_views.frame.view import person
from admin_views.tickets.people import caller_of_contact, caller_of_ticket
from admin_views.tickets.workbench.ticket_page import TicketDesk
from models.accounts.person import Person
from models.base.db import db
from models.organisation.unit import Contact
from models.tickets.ticket import Ticket
from procedures.tickets.callers import Caller, tickets_of_same

KEY = re.compile(r"(?P<kind>[pct])(?P<id>[1-9]\d{0,8})", re.ASCII)
VIEWS = {"p": "person", "c": "contact"}


class ProfileView(TicketDesk):
    """/admin/profile/"""

    name_key = "profile"
    title = _l("Halaman orang")
    acts = {"index": "list"}

    def __init__(self) -> None:
        super().__init__(name="Orang", endpoint="profile", url="/admin/profile")

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """The page, or the way to the address under which this person stands."""
        asked = request.args.get("id", "")
        read = KEY.fullmatch(asked) or (abort(404) if not asked else None)
        if read is None:
            raise not_a_value("id", asked)
        kind, pk = read["kind"], int(read["id"])
        own = self._of_ticket(pk) if kind == "t" else self._of_register(kind, pk)
        if own != asked:
            return redirect(f"/admin/profile/?id={own}", 303)
        return self._ticket_page(pk) if kind == "t" else self._register(kind).details_page(self._row(kind, pk))

    def _register(self, kind: str) -> Any:
        """The view of the register, if this person may open its rows."""
        if not may(person(), VIEWS[kind], "details"):
            abort(403)
        return next(view for view in self.admin._views if getattr(view, "name_key", "") == VIEWS[kind])

    def _row(self, kind: str, pk: int) -> Any:
        return self._register(kind).get_one(str(pk))

    def _of_register(self, kind: str, pk: int) -> str:
        row = self._row(kind, pk)
        return f"p{row.id}" if kind == "p" else known_as(caller_of_contact(row)) or f"c{row.id}"

    def _of_ticket(self, pk: int) -> str:
        ticket = self.ticket(pk)
        if not (ticket.requester_name or ticket.requester_email or ticket.requester_phone):
            abort(404)
        caller = caller_of_ticket(ticket)
        first = db.session.scalar(select(func.min(Ticket.id)).where(tickets_of_same(person(), caller)))
        return known_as(caller) or f"t{first or pk}"

    def _ticket_page(self, pk: int) -> str:
        """By the newest ticket of this requester: what they said last of themselves."""
        same = tickets_of_same(person(), caller_of_ticket(self.ticket(pk)))
        newest = db.session.scalar(select(func.max(Ticket.id)).where(same))
        ticket = self.ticket(newest or pk)
        return render_template("admin/accounts/profile.html", view=self, row=ticket, caller=caller_of_ticket(ticket))


def known_as(caller: Caller) -> str:
    """The register's row of this mail address, among what the reader may open: of people first, then of contacts."""
    if not caller.email:
        return ""
    for kind, model in (("p", Person), ("c", Contact)):
        if may(person(), VIEWS[kind], "details"):
            same = func.lower(model.email) == caller.email.lower()
            if found := db.session.scalar(select(func.min(model.id)).where(same)):
                return f"{kind}{found}"
    return ""
