"""The tickets in the panel: list, workbench, steps, files, the operator's entry."""

from __future__ import annotations

import secrets

from flask import abort, flash, redirect, render_template, request, send_file
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, select
from werkzeug.datastructures import MultiDict

from admin_views.frame import lost_words
from admin_views.frame.address_values import not_a_value, refuse_unknown, row_named
from admin_views.frame.enter_once import enter_once
from admin_views.frame.view import HouseView, address, person
from admin_views.tickets.caller import caller_facts, known_of
from admin_views.tickets.list import saved_filters
from admin_views.tickets.list.export import TicketExport
from admin_views.tickets.list.filter import KEYS, ListFilter
from admin_views.tickets.list.filter_words import list_head, words_of
from admin_views.tickets.list.full_text import HITS_CAP
from admin_views.tickets.list.nearest import nearest_words
from admin_views.tickets.list.row import drawn_rows, row_of
from admin_views.tickets.list.search import COUNT_CAP, TicketSearch
from admin_views.tickets.workbench.from_mail import step_from_mail
from admin_views.tickets.workbench.mail_preview import reference
from admin_views.tickets.workbench.press import StepPress
from admin_views.tickets.workbench.workbench import Workbench, ticket_with_related
from admin_views.tickets.workbench.workbench_rows import HISTORY_PARTS
from documents.tickets.slip import slip_facts
from gateways.files.file_store import FileDamaged, FileMissing, StoredFile, UploadRefused
from gateways.files.uploads import accept, store
from models.base.db import db, keep_house, utcnow, write_transaction
from models.base.wording import WIB
from models.organisation import audit
from models.tickets.merge import visible_with_merged
from models.tickets.ticket import Attachment, Ticket, visible_to
from procedures.base.form_fields import StepForm
from procedures.engine.declaration import Actor
from procedures.engine.take_step import StepRefused
from procedures.tickets.callers import note_call
from procedures.tickets.forms import EntryForm
from web.refusals import STATUS_OF
from web.row_ids import row_id


class TicketView(StepPress, TicketExport, HouseView[Ticket]):
    """/admin/ticket/"""

    name_key = "ticket"
    title = _l("Semua tiket")
    more_acts = {
        "do": "do",
        "file": "file",
        "enter": "create",
        "slip": "slip",
        "filters": "list",
        "save_filter": "list",
        "change_filter": "list",
    }
    form = EntryForm

    def __init__(self) -> None:
        super().__init__(Ticket)

    def row_rule(self, query: Select[Ticket]) -> Select[Ticket]:
        return query.where(visible_to(person()))

    def row_allowed(self, row: Ticket, act: str) -> bool:
        return act == "details" and self.may(act)

    # A ticket is changed by steps alone: Flask-Admin's own doors for writing do not exist here.
    def create_view(self) -> ResponseReturnValue:
        abort(404)

    edit_view = delete_view = create_view

    @expose("/")
    def index_view(self) -> ResponseReturnValue:
        staff = person()
        refuse_unknown(request.args, self.known())
        chosen, with_options = ListFilter.read(staff, request.args), "panel" in request.args
        told = words_of(chosen, with_options)
        if told.default and not request.args:
            return redirect(told.default)
        found = TicketSearch(chosen, request.args).found()
        return render_template(
            "admin/tickets/list.html",
            view=self,
            chosen=chosen,
            address=chosen.address,
            found=found,
            nearest="" if found.count or chosen.is_too_long else nearest_words(staff, chosen.search),
            rows=drawn_rows(found.rows),
            row_of=row_of,
            panel=with_options,
            cursor_past=bool(found.count),
            count_cap=COUNT_CAP,
            hits_cap=HITS_CAP,
            **list_head(chosen, told, with_options),
        )

    def known(self) -> set[str]:
        return {*KEYS, "panel", "after", "before"}

    @expose("/filters/")
    def filters(self) -> ResponseReturnValue:
        return saved_filters.page()

    @expose("/filters/save", methods=("POST",))
    def save_filter(self) -> ResponseReturnValue:
        return saved_filters.save()

    @expose("/filters/<int:pk>", methods=("POST",))
    def change_filter(self, pk: int) -> ResponseReturnValue:
        return saved_filters.change(pk)

    @expose("/details/")
    def details_view(self) -> ResponseReturnValue:
        ticket = self.get_one(request.args.get("id"))
        return self.bench(ticket, **step_from_mail(ticket, row_named("from_mail")))

    def rows(self) -> Select[Ticket]:
        return ticket_with_related(super().rows())

    def bench(
        self,
        ticket: Ticket,
        failed: StepRefused | None = None,
        step: str = "",
        typed: StepForm | None = None,
        files: list[StoredFile] | None = None,
    ) -> ResponseReturnValue:
        staff = person()
        actor = Actor("staff", staff.name, staff, address())
        kept = [(reference(file, staff), file.name) for file in files or []]
        bench = Workbench(
            ticket,
            staff,
            actor,
            failed,
            step,
            row_named("before"),
            typed=typed,
            kept_files=kept,
            canned=row_named("canned"),
            part=_part_of_history(),
        )
        status = STATUS_OF[failed.why] if failed else 200
        return render_template(
            "admin/tickets/workbench.html", view=self, bench=bench, ticket=ticket, parts=HISTORY_PARTS
        ), status

    @expose("/file/<int:pk>")
    def file(self, pk: int) -> ResponseReturnValue:
        """A file of a ticket that this person may see; shown in the page only when it is a re-encoded image."""
        row = (
            db.session.scalars(
                select(Attachment).join(Ticket).where(Attachment.id == pk, visible_with_merged(person()))
            ).one_or_none()
            if pk < 2**31
            else None
        )
        if row is None:
            abort(404)
        try:
            stream = store().open(row.sha256)
        except (FileMissing, FileDamaged):
            flash(
                _(
                    "Berkas “%(name)s” rusak atau hilang di penyimpanan. Mintalah administrator memulihkannya.",
                    name=row.name,
                ),
                "error",
            )
            return redirect(f"/admin/ticket/details/?id={row.ticket_id}", 303)
        answer = send_file(stream, mimetype=row.content_type, as_attachment=not row.is_inline, download_name=row.name)
        answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'; style-src 'none'"
        return answer

    @expose("/new/", methods=("GET", "POST"))
    def enter(self) -> ResponseReturnValue:
        """C2: the operator enters what came by phone, letter, WhatsApp, mail or in person."""
        staff = person()
        if request.method == "GET":
            now = utcnow().astimezone(WIB)
            starts = {"received_at": now.strftime("%Y-%m-%dT%H:%M"), "language": "id", "channel": "phone"}
            form = EntryForm(MultiDict(starts | known_of(caller_facts(staff)["taken"])))
            lost_words.give_back(form)
            return self._entry_page(form, secrets.token_hex(16))
        form = EntryForm(request.form)
        if joined := request.form.get("join", type=row_id):
            return self._join_call(joined, form)
        nonce = request.form.get("nonce", "")[:64] or secrets.token_hex(16)
        try:
            files = accept(request.files.getlist("attachments"))
            actor = Actor("staff", staff.name, staff, address())
            ticket = enter_once("complaint", "enter_complaint", actor, form, nonce, files)
        except UploadRefused as refused:
            form.validate()
            return self._entry_page(form, nonce, str(refused)), 422
        except StepRefused as refused:
            return self._entry_page(
                refused.form or form, nonce, "" if refused.why == "form" else refused.sentence
            ), STATUS_OF[refused.why]
        ticket_id = ticket.id
        keep_house(lost_words.forget)
        return redirect(f"/admin/ticket/slip/?id={ticket_id}", 303)

    def _join_call(self, ticket_id: int, form: EntryForm) -> ResponseReturnValue:
        """The call is about a ticket that is open already: what was said stands on it as a note."""
        ticket, nonce = self.get_one(str(ticket_id)), request.form.get("nonce", "")[:64] or secrets.token_hex(16)
        staff = person()
        try:
            note_call(ticket.id, Actor("staff", staff.name, staff, address()), form, nonce)
        except StepRefused as refused:
            db.session.rollback()
            return self._entry_page(form, nonce, refused.sentence), STATUS_OF[refused.why]
        flash(_("Isi pembicaraan dicatat pada tiket ini."), "success")
        return redirect(f"/admin/ticket/details/?id={ticket_id}", 303)

    def _entry_page(self, form: EntryForm, nonce: str, sentence: str = "") -> str:
        facts = caller_facts(person())
        return render_template(
            "admin/tickets/entry.html", view=self, form=form, nonce=nonce, sentence=sentence, **facts
        )

    @expose("/slip/")
    def slip(self) -> ResponseReturnValue:
        """The number and access code to hand over: read aloud, printed, by WhatsApp; each look is on record."""
        ticket_id = self.get_one(request.args.get("id")).id
        with write_transaction():
            audit.record("slip", "Ticket", ticket_id, staff=person(), ip=address())
        ticket = self.get_one(str(ticket_id))
        return render_template("admin/tickets/slip.html", view=self, ticket=ticket, slip=slip_facts(ticket))


def _part_of_history() -> str:
    part = request.args.get("history", "")
    if part not in HISTORY_PARTS:
        raise not_a_value("history", part)
    return part
