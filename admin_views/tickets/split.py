"""The page on which a complaint about two things is split: what the second is about, and what goes along to it."""

from __future__ import annotations

import secrets

from flask import abort, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _

from admin_views.frame.address_values import row_named
from admin_views.frame.after_step import saying
from admin_views.tickets.related_view import actor
from admin_views.tickets.workbench.ticket_page import TicketDesk, bench_of
from models.base.db import db
from models.tickets.ticket import Ticket
from procedures.engine import catalog
from procedures.engine.take_step import StepRefused, refusal, take_step
from procedures.tickets.splitting import SplitForm
from web.refusals import STATUS_OF
from web.row_ids import row_id


class SplitDesk(TicketDesk):
    """/admin/split/"""

    name_key = "split"
    acts = {"index": "list", "take": "split"}

    def __init__(self) -> None:
        super().__init__(name="Pecah jadi dua", endpoint="split", url="/admin/split")

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """The form, with the first ticket's words to shorten, or the sentence why it cannot be split now."""
        pk = row_named("id")
        ticket = self.ticket(pk) if pk is not None and pk > 0 else abort(404)
        step = catalog.get(ticket.procedure).steps.get("split") or abort(404)
        refused = refusal(step, ticket, actor())
        form = SplitForm(data={"description": ticket.description})
        return self._page(ticket, form, refused.sentence if refused else ""), STATUS_OF[refused.why] if refused else 200

    @expose("/take", methods=("POST",))
    def take(self) -> ResponseReturnValue:
        """Take the step; what cannot be is said on the form with everything that was typed and chosen."""
        pk = request.form.get("id", type=row_id)
        ticket = self.ticket(pk) if pk is not None and pk > 0 else abort(404)
        if "split" not in catalog.get(ticket.procedure).steps:
            abort(404)
        form, ticket_id, by = SplitForm(request.form), ticket.id, actor()
        try:
            with saying(_("Tiket dipecah; yang kedua terkait dari halaman ini."), by):
                take_step(ticket_id, "split", by, form, once=request.form.get("once", "")[:64] or None)
        except StepRefused as refused:
            db.session.rollback()
            ticket = self.ticket(ticket_id)
            return self._page(ticket, form, "" if form.errors else refused.sentence), STATUS_OF[refused.why]
        return redirect(bench_of(ticket_id), 303)

    def _page(self, ticket: Ticket, form: SplitForm, sentence: str = "") -> str:
        form.is_about(ticket)
        once = secrets.token_hex(12)
        return render_template(
            "admin/tickets/split.html", view=self, ticket=ticket, form=form, sentence=sentence, once=once
        )
