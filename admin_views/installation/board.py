"""All installations by desk, with the time each has lain there; and the operator's entry (N1b)."""

from __future__ import annotations

import secrets
from typing import Any

from flask import Response, abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, func, select, union_all
from sqlalchemy.orm import joinedload
from werkzeug.datastructures import MultiDict
from werkzeug.utils import redirect

from admin_views.frame.enter_once import enter_once
from admin_views.frame.view import person
from admin_views.installation.reports import AGES, newest_bills, open_overpayments, owed_by_unit
from admin_views.tickets.related_view import TicketRelatedView, actor
from documents.press import print_guarded
from documents.stored_document import file_of
from documents.typesetting import DocumentNotPrinted
from gateways.files.file_store import UploadRefused
from gateways.files.uploads import accept
from models.base.db import db, utcnow
from models.base.wording import WIB
from models.installation.bill import Bill
from models.tickets.issued_document import IssuedDocument
from models.tickets.ticket import Ticket, visible_to
from procedures.engine import catalog
from procedures.engine.take_step import StepRefused
from procedures.installation.forms import LetterEntryForm
from procedures.tickets.case_file import case_file
from web.refusals import STATUS_OF

SHOWN = 20  # of each desk on the board


class InstallationView(TicketRelatedView[Ticket]):
    """/admin/installation/"""

    name_key = "installation"
    title = _l("Papan pemasangan")
    more_acts = {"enter": "create", "reports": "reports", "document": "paper", "case": "paper"}

    def __init__(self) -> None:
        super().__init__(Ticket)

    def row_rule(self, query: Any) -> Any:
        return query.where(visible_to(person()), Ticket.procedure == "network_installation")

    def details_view(self) -> ResponseReturnValue:
        abort(404)

    export_view = details_view

    @expose("/")
    def index_view(self) -> ResponseReturnValue:
        states = catalog.get("network_installation").open_states
        tickets = list(db.session.scalars(self._longest_waiting([state.value for state in states])).unique())
        counted = self.row_rule(select(Ticket.state, func.count())).where(Ticket.is_open).group_by(Ticket.state)
        counts = dict(db.session.execute(counted).tuples().all())
        desks = [
            (state, counts.get(state.value, 0), [t for t in tickets if t.state == state.value]) for state in states
        ]
        return render_template("admin/installation/board.html", view=self, desks=desks, count=sum(counts.values()))

    def _longest_waiting(self, states: list[str]) -> Select[Any]:
        """Of each desk the tickets that have lain there longest."""
        here = self.row_rule(select(Ticket.id)).where(Ticket.is_open).order_by(Ticket.since_at, Ticket.id)
        ids = union_all(*(select(here.where(Ticket.state == state).limit(SHOWN).subquery()) for state in states))
        named = (joinedload(Ticket.unit), joinedload(Ticket.assignee).lazyload("*"))
        return select(Ticket).where(Ticket.id.in_(ids)).order_by(Ticket.since_at, Ticket.id).options(*named)

    @expose("/new/", methods=("GET", "POST"))
    def enter(self) -> ResponseReturnValue:
        """N1b: the operator enters a paper letter."""
        now = utcnow().astimezone(WIB).strftime("%Y-%m-%dT%H:%M")
        if request.method == "GET":
            return self._entry(LetterEntryForm(MultiDict({"received_at": now})), secrets.token_hex(16))
        form, nonce = LetterEntryForm(request.form), request.form.get("nonce", "")[:64] or secrets.token_hex(16)
        try:
            files = accept(request.files.getlist("attachments"))
            ticket = enter_once("network_installation", "enter_letter", actor(), form, nonce, files)
        except UploadRefused as refused:
            form.validate()
            return self._entry(form, nonce, str(refused)), 422
        except StepRefused as refused:
            return self._entry(refused.form or form, nonce, refused.sentence), STATUS_OF[refused.why]
        return redirect(f"/admin/ticket/slip/?id={ticket.id}", 303)

    def _entry(self, form: LetterEntryForm, nonce: str, sentence: str = "") -> str:
        return render_template("admin/installation/entry.html", view=self, form=form, nonce=nonce, sentence=sentence)

    @expose("/paper/<int:pk>")
    def document(self, pk: int) -> ResponseReturnValue:
        """A document as issued, for whoever may see its ticket."""
        query = select(IssuedDocument.id).where(
            IssuedDocument.id == pk, IssuedDocument.ticket_id.in_(self.visible_tickets())
        )
        if pk >= 2**31 or db.session.scalar(query) is None:
            abort(404)
        try:
            data = file_of(pk)
        except DocumentNotPrinted:
            return render_template("admin/frame/no_document.html", view=self), 503
        return pdf(data, db.session.get_one(IssuedDocument, pk).file_name)

    @expose("/case/<int:pk>")
    def case(self, pk: int) -> ResponseReturnValue:
        """The whole folder as it is now, internal edition, or the public one to hand out."""
        ticket = self.ticket_of(pk)
        internal = request.args.get("edition") != "public"
        name, folder = (
            f"berkas-{ticket.number}{'-internal' if internal else ''}.pdf",
            case_file(ticket, internal=internal),
        )
        db.session.rollback()  # no transaction is open while the press prints
        try:
            return pdf(print_guarded(folder), name)
        except DocumentNotPrinted:
            return render_template("admin/frame/no_document.html", view=self), 503

    @expose("/reports/")
    def reports(self) -> ResponseReturnValue:
        """RAB against bill, and what units still owe, by age."""
        is_seen = self.is_seen(Bill.ticket_id)
        return render_template(
            "admin/installation/reports.html", view=self, bills=newest_bills(is_seen), owed=owed_by_unit(is_seen),
            over=open_overpayments(is_seen),
            ages=[label for _days, label in AGES],
        )  # fmt: skip


def pdf(data: bytes, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Content-Security-Policy": "sandbox"}
    return Response(data, mimetype="application/pdf", headers=headers)
