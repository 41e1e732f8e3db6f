"""What the holder does on the status page: open it with the code, answer, confirm, reopen, rate."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from models.base.db import db
from models.organisation.staff import Group
from models.tickets.ticket import Ticket
from models.tickets.ticket_number import Number, read_number
from procedures.base.form_fields import StepForm
from procedures.engine import catalog
from procedures.engine.declaration import Actor, Step
from procedures.engine.take_step import StepRefused, take_step
from public.frame.blueprint import site
from public.tickets.form_nonce import FIELD, read_nonce
from public.tickets.holder import forget, grant, holds, try_code
from public.tickets.lookup import unknown_page
from public.tickets.merged_ticket import COLUMNS
from public.tickets.status import holder_page, holder_ticket, number_page
from public.tickets.uploads import Basket, collect
from web.refusals import STATUS_OF
from web.row_ids import row_id


@site.post("/tiket/<number>/kode")
def enter_code(number: str) -> ResponseReturnValue:
    """The access code opens the rest of the page; words typed before the session was lost come back."""
    row = row_of(number)
    if row is None:
        return unknown_page(number[:60])
    ticket = holder_ticket(row.number)
    kept_text = request.form.get("kept_text", "")[:10_000]
    if not try_code(ticket, request.form.get("code", "")):
        error = _(
            "Kode ini tidak dapat dipakai sekarang. Cocokkan dengan bukti atau email Anda, atau buka lewat tautan."
        )
        return number_page(row_of(number), error, 403, kept_text)
    grant(ticket.id, ticket.link_generation)
    if kept_text:
        return holder_page(ticket, "answer", _answer_form(ticket, kept_text))
    return redirect(f"/tiket/{ticket.number}", 303)


@site.post("/tiket/<number>/lupakan")
def forget_here(number: str) -> ResponseReturnValue:
    """On a shared computer: the next reader of the page sees what the number alone shows."""
    row = row_of(number)
    if row is None:
        return unknown_page(number[:60])
    forget(row.id)
    flash(_("Tiket ini dilupakan pada perangkat ini. Untuk membukanya lagi, pakai kode akses atau tautan dari email."))
    return redirect(f"/tiket/{row.number}", 303)


@site.post("/tiket/<number>/langkah/<name>")
def take(number: str, name: str) -> ResponseReturnValue:
    """One step of the requester or the unit, with what was typed and the files."""
    row = row_of(number)
    if row is None:
        return unknown_page(number[:60])
    if not holds(row.id, row.link_generation, row.closed_at):
        return number_page(row, _("Masukkan kode akses dulu. Yang Anda tulis tetap ada."), 403, _typed())
    ticket = holder_ticket(row.number)
    step = catalog.get(ticket.procedure).steps.get(name)
    if step is None or _never_of_holder(step):
        abort(404)
    basket = collect()
    form = step.asks(request.form) if step.asks else None
    if "drop" in request.form or basket.refused:
        return holder_page(ticket, name, form, basket, status=422 if basket.refused else 200)
    return _taken(ticket, step, form, basket)


def _taken(ticket: Ticket, step: Step, form: StepForm | None, basket: Basket) -> ResponseReturnValue:
    actor = Actor("requester", ticket.requester_name, ip=request.remote_addr or "")
    number = ticket.number
    try:
        take_step(
            ticket.id,
            step.name,
            actor,
            form,
            version=request.form.get("version", type=row_id),
            once=read_nonce(request.form.get(FIELD)).id,
            files=basket.files,
        )
    except StepRefused as refused:
        problem = "" if refused.why == "form" else refused.sentence
        return holder_page(holder_ticket(number), step.name, form, basket, problem, STATUS_OF[refused.why])
    flash(_done(step))
    return redirect(f"/tiket/{number}", 303)


def _done(step: Step) -> str:
    if step.name == "answer":
        return _("Jawaban Anda sudah kami terima.")
    if step.name == "add_copy":
        return _("Kami bertanya ke alamat itu lewat email; ia dikabari setelah menjawab ya.")
    if step.name == "rate":
        return _("Terima kasih atas penilaian Anda.")
    return _("Tercatat: %(what)s.", what=step.label)


def _never_of_holder(step: Step) -> bool:
    return not any(word in ("requester", "unit") for word in step.by) or step.opens


def row_of(number: str) -> Any:
    read = read_number(number)
    if not isinstance(read, Number):
        return None
    return db.session.execute(select(*COLUMNS).join(Group).where(Ticket.number == read.text)).one_or_none()


def _typed() -> str:
    return next((request.form[name] for name in ("text", "reason") if request.form.get(name)), "")[:10_000]


def _answer_form(ticket: Ticket, text: str) -> StepForm | None:
    asks = catalog.get(ticket.procedure).steps["answer"].asks
    return asks(data={"text": text}) if asks else None
