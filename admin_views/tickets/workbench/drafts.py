"""Saves what is being typed on a workbench, for its writer, on whatever device."""

from __future__ import annotations

from collections.abc import Mapping

from flask import abort, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from admin_views.frame.view import person
from admin_views.tickets.workbench.ticket_page import TicketDesk, bench_of
from models.base.db import db, utcnow, write_transaction
from models.base.wording import WIB
from models.base.written import clean_line
from models.organisation.staff import Staff
from models.tickets.draft import Draft
from models.tickets.ticket import Ticket, visible_to
from procedures.engine import catalog
from procedures.engine.take_step import label_of
from web.row_ids import row_id

LONGEST = 60_000  # characters of all fields together
NOT_WORDS = ("csrf_token", "version", "once", "canned", "kept")
NOTHING = ("", "0")
MOST_SHOWN = 100


def place_of(ticket_id: int, step: str) -> str:
    return f"/admin/ticket/{ticket_id}/do/{step}"


class DraftDesk(TicketDesk):
    """/admin/draft/"""

    name_key = "draft"
    acts = {"index": "list", "keep": "keep"}

    def __init__(self) -> None:
        super().__init__(name="Draf", endpoint="draft", url="/admin/draft")

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """This person's drafts of tickets that they still see, the newest first."""
        return render_template("admin/tickets/drafts.html", view=self, drafts=_drafts_of(person()))

    @expose("/<int:pk>/<step>", methods=("POST",))
    def keep(self, pk: int, step: str) -> ResponseReturnValue:
        """Keep the form's words, or forget them where none are left. Asked by the script, or by a button."""
        ticket = self.ticket(pk)
        declared = catalog.get(ticket.procedure).steps.get(step)
        if declared is None or declared.opens:
            abort(404)
        fields = typed()
        if sum(len(word) for words in fields.values() for word in words) > LONGEST:
            abort(413)
        keep_for(person().id, place_of(pk, step), {} if "discard" in request.form else fields)
        said = _("Draf tersimpan pukul %(when)s.", when=f"{utcnow().astimezone(WIB):%H.%M} WIB")
        if request.headers.get("X-Requested-With") == "fetch":
            return {"said": said if fields else ""}
        if canned := request.form.get("canned", type=row_id):
            return redirect(bench_of(pk, f"&canned={canned}#balas"), 303)
        flash(_("Draf dibuang.") if "discard" in request.form else said, "success")
        return redirect(bench_of(pk), 303)


def _drafts_of(staff: Staff) -> list[tuple[Draft, Ticket, str]]:
    """Draft, ticket and the step's label; what belongs to a ticket that is no longer seen is left out."""
    rows = db.session.scalars(
        select(Draft)
        .where(Draft.staff_id == staff.id, Draft.place.startswith("/admin/ticket/"))
        .order_by(Draft.saved_at.desc())
        .limit(MOST_SHOWN)
    ).all()
    seen = select(Ticket).where(Ticket.id.in_({row.ticket_id for row in rows}), visible_to(staff))
    tickets = {ticket.id: ticket for ticket in db.session.scalars(seen).unique()}
    found = [(row, tickets.get(row.ticket_id or 0)) for row in rows]
    return [(row, ticket, label_of(ticket, row.place.rpartition("/")[2])) for row, ticket in found if ticket]


def typed() -> dict[str, list[str]]:
    """The form's words by field; nothing where all are empty."""
    fields = {name: words for name, words in request.form.lists() if name not in NOT_WORDS}
    return fields if any(clean_line(word) not in NOTHING for words in fields.values() for word in words) else {}


def keep_for(staff_id: int, place: str, fields: Mapping[str, str | list[str]]) -> None:
    """Keep or forget; two browsers of one person that save at once do not fail."""
    for _try in range(2):
        try:
            with write_transaction():
                if fields:
                    Draft.keep(staff_id, place, fields)
                else:
                    Draft.drop(staff_id, place)
            return
        except IntegrityError:
            db.session.rollback()
