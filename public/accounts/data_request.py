"""The page where who holds a ticket asks for a correction of their data, or objects to what is done with it."""

from __future__ import annotations

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from models.base.db import db
from models.tickets.mailing.data_request import DataRequest
from procedures.accounts.data_requests import DataRequestForm, RequestRefused, ask_by_holder
from public.frame.blueprint import site
from public.tickets.holder import holds
from public.tickets.holder_steps import row_of
from public.tickets.lookup import unknown_page
from public.tickets.status import holder_ticket


@site.get("/tiket/<number>/data-pribadi")
def data_page(number: str) -> ResponseReturnValue:
    """What was asked from this ticket and answered, and the form; for its holder alone."""
    row = row_of(number)
    if row is None:
        return unknown_page(number[:60])
    if not holds(row.id, row.link_generation, row.closed_at):
        return redirect(f"/tiket/{row.number}", 303)
    return _page(row.number, DataRequestForm(None))


@site.post("/tiket/<number>/data-pribadi")
def ask_about_data(number: str) -> ResponseReturnValue:
    """It is taken down with the time until which it is to be answered."""
    row = row_of(number)
    if row is None:
        return unknown_page(number[:60])
    form = DataRequestForm(request.form)
    if not holds(row.id, row.link_generation, row.closed_at):
        return _page(row.number, form, _("Masukkan kode akses dulu. Yang Anda tulis tetap ada."), 403)
    sentence = ""
    if form.validate():
        try:
            ask_by_holder(row.id, form, request.remote_addr or "")
        except RequestRefused as refused:
            db.session.rollback()
            sentence = str(refused)
        else:
            flash(_("Permintaan Anda tercatat. Jawabannya datang dalam 3 × 24 jam."))
            return redirect(f"/tiket/{row.number}/data-pribadi", 303)
    return _page(row.number, form, sentence, 422)


def _page(number: str, form: DataRequestForm, sentence: str = "", status: int = 200) -> ResponseReturnValue:
    ticket = holder_ticket(number)
    mine = select(DataRequest).where(DataRequest.ticket_id == ticket.id).order_by(DataRequest.id.desc())
    asked = list(db.session.scalars(mine).unique()) if status != 403 else []
    page = render_template(
        "public/accounts/data_request.html",
        ticket_number=number,
        to=ticket.requester_email if status != 403 else "",
        form=form,
        asked=asked,
        sentence=sentence,
        is_shut=status == 403,
    )
    return page, status
