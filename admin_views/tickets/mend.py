"""Puts one fact of a ticket right: a small window beside it, or the same as a page."""

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
from procedures.tickets.mending import FACTS, MendForm
from web.refusals import STATUS_OF
from web.row_ids import row_id


class MendDesk(TicketDesk):
    """/admin/mend/"""

    name_key = "mend"
    acts = {"index": "list", "save": "mend"}

    def __init__(self) -> None:
        super().__init__(name="Betulkan", endpoint="mend", url="/admin/mend")

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """The form of one fact as it stands now; a script asks for the form alone."""
        pk = row_named("id")
        ticket = self.ticket(pk) if pk is not None and pk > 0 else abort(404)
        key = request.args.get("fact", "")
        fact = FACTS.get(key) or abort(404)
        if not fact.is_of(ticket):
            abort(404)
        refused = refusal(catalog.get(ticket.procedure).steps["mend"], ticket, actor())
        now = fact.typed(ticket)
        form = MendForm(data={"fact": key, "was": now, "value": now})
        return self._page(ticket, form, refused.sentence if refused else ""), STATUS_OF[refused.why] if refused else 200

    @expose("/save", methods=("POST",))
    def save(self) -> ResponseReturnValue:
        """Take the step; what cannot be is said on the form with everything that was typed."""
        pk = request.form.get("id", type=row_id)
        ticket = self.ticket(pk) if pk is not None and pk > 0 else abort(404)
        form = MendForm(request.form)
        form.is_about(ticket)
        if form.fact.data not in FACTS:
            abort(404)
        ticket_id = ticket.id
        by, words = actor(), _("%(what)s dibetulkan.", what=str(FACTS[form.fact.data].label))
        try:
            with saying(words, by):
                take_step(ticket_id, "mend", by, form, once=request.form.get("once", "")[:64] or None)
        except StepRefused as refused:
            db.session.rollback()
            sentence = "" if form.errors else refused.sentence
            ticket = self.ticket(ticket_id)
            if refused.why == "stale":  # the next sending is about what stands there now
                form.was.data = FACTS[form.fact.data].typed(ticket)
            return self._page(ticket, form, sentence), STATUS_OF[refused.why]
        return redirect(bench_of(ticket_id), 303)

    def _page(self, ticket: Ticket, form: MendForm, sentence: str = "") -> str:
        is_part = "X-Requested-With" in request.headers
        return render_template(
            "admin/tickets/mend_form.html" if is_part else "admin/tickets/mend.html",
            view=self,
            ticket=ticket,
            form=form,
            fact=FACTS[form.fact.data],
            sentence=sentence,
            once=secrets.token_hex(12),
        )
