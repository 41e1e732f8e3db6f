"""The press of a step's button: the one entrance of taking a step and of looking at its mails first."""

from __future__ import annotations

from functools import partial

from flask import abort, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from sqlalchemy import select

from admin_views.frame.after_step import say
from admin_views.frame.list import ListPages
from admin_views.frame.view import address, person
from admin_views.tickets.workbench.mail_preview import Sent, preview_page, recalled
from admin_views.tickets.workbench.recipients_shown import recorded
from admin_views.tickets.workbench.reply_form import sent_step
from gateways.files.file_store import StoredFile, UploadRefused
from gateways.files.uploads import accept
from mails.queue import collected
from models.base.db import db, keep_house
from models.tickets.draft import Draft
from models.tickets.ticket import Ticket, visible_to
from procedures.base.form_fields import StepForm
from procedures.engine import catalog
from procedures.engine.declaration import Actor, Step
from procedures.engine.rehearsal import rehearse
from procedures.engine.take_step import StepRefused, take_step
from web.lost_session import own_path


class StepPress(ListPages[Ticket]):
    """A part of the tickets' view, which draws the workbench."""

    def bench(
        self,
        ticket: Ticket,
        failed: StepRefused | None = None,
        step: str = "",
        typed: StepForm | None = None,
        files: list[StoredFile] | None = None,
    ) -> ResponseReturnValue:
        """The workbench with what was refused or typed."""
        raise NotImplementedError

    @expose("/<int:pk>/do/<step>", methods=("POST",))
    def do(self, pk: int, step: str) -> ResponseReturnValue:
        """Take a step. A refusal shows the workbench again with its sentence and everything that was typed."""
        ticket = self.get_one(pk)
        declared = catalog.get(ticket.procedure).steps.get(step)
        if declared is None or declared.opens:
            abort(404)
        declared, form = sent_step(catalog.get(ticket.procedure), declared, request.form)
        staff = person()
        actor = Actor("staff", staff.name, staff, address())
        try:
            files = [*recalled(request.form.getlist("kept"), staff), *accept(request.files.getlist("attachments"))]
            if request.form.get("back"):
                return self.bench(ticket, None, step, form, files)
            sent = Sent(pk, _version(), request.form.get("once", "")[:64] or None, files)
            with collected() as found:
                page = self._pressed(declared, actor, form, sent)
            if page is not None:
                return page
        except UploadRefused as refused:
            return self._again(pk, StepRefused(str(refused), "form", form), step)
        except StepRefused as refused:
            refused.form = refused.form or form
            return self._again(pk, refused, step)
        self._forget_draft(pk, step)
        say(recorded(declared), found, actor)
        return self._onwards(pk)

    def _pressed(self, step: Step, by: Actor, form: StepForm, sent: Sent) -> ResponseReturnValue | None:
        """Take the step and give None; of one that previews its mails the page to look at first. Raises StepRefused."""
        take = partial(
            take_step, sent.ticket_id, step.name, by, form, version=sent.version, once=sent.once, files=sent.files
        )
        if not step.previews:
            take()
            return None
        seen, refused = request.form.get("seen", "")[:64], None
        if seen:
            try:
                take(seen=seen)
                return None
            except StepRefused as fault:
                if fault.why != "told":
                    raise
                refused = fault
        found = rehearse(sent.ticket_id, step.name, by, form, version=sent.version)
        if found.is_empty and "way" in form and form["way"].data != "email":  # told by telephone, letter or in person
            take(seen=found.seen)
            return None
        return preview_page(self, step, by, found, sent, refused)

    def _onwards(self, pk: int) -> ResponseReturnValue:
        """After a step: the ticket, or the list where it is seen no more; a script of the page is told where."""
        staff = person()
        asked = own_path(request.form.get("onwards"), "")
        if asked.startswith("/admin/") and not asked.startswith("/admin/ticket/details/"):
            to = asked  # the list from which it was pressed
        elif db.session.scalar(select(Ticket.id).where(Ticket.id == pk, visible_to(staff))) is None:
            to = "/admin/ticket/"
        else:
            to = f"/admin/ticket/details/?id={pk}"
        return {"to": to} if request.headers.get("X-Requested-With") == "fetch" else redirect(to, 303)

    def _again(self, pk: int, refused: StepRefused, step: str) -> ResponseReturnValue:
        db.session.rollback()
        return self.bench(self.get_one(pk), refused, step)

    def _forget_draft(self, pk: int, step: str) -> None:
        staff_id, place = person().id, f"/admin/ticket/{pk}/do/{step}"
        if db.session.get(Draft, (staff_id, place)) is not None:
            keep_house(lambda: Draft.drop(staff_id, place))


def _version() -> int | None:
    """The ticket's version that the person saw."""
    version = request.form.get("version", "")
    return int(version) if version.isascii() and version.isdecimal() and len(version) < 10 else None
