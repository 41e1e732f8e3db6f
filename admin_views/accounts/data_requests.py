"""The desk of requests about one's own data: what is asked, until when it is to be answered, and the answer."""

from __future__ import annotations

from dataclasses import dataclass

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from sqlalchemy import ColumnElement, select

from admin_views.frame.address_values import not_a_value
from admin_views.frame.view import Choice, Column, HouseView, address, person
from models.base.columns.shown import Shown
from models.base.db import db, utcnow
from models.base.wording import Words
from models.tickets.mailing.data_request import ANSWERED_WITHIN, KINDS, OUTCOMES, DataRequest
from models.tickets.ticket import Ticket, visible_to
from procedures.accounts.data_requests import DataAnswerForm, RequestRefused, answer
from web.dates import on_date_at


def how_it_stands(row: DataRequest) -> str:
    """Waiting, answered, and whether its three days are or were over."""
    said = str(row.outcome_label) if row.answered_at else _("Menunggu jawaban")
    if not row.is_late:
        return said
    late = _("terlambat") if row.answered_at is None else _("dijawab terlambat")
    return Markup('{}, <span class="pk-late">{}</span>').format(said, late)


@dataclass(frozen=True)
class RequestStanding(Choice):
    """Waiting, late or answered."""

    def condition(self, value: str) -> ColumnElement[bool]:
        if not self.words(value):
            raise not_a_value(self.key, value)
        waits = DataRequest.answered_at.is_(None)
        if value == "late":
            return waits & (DataRequest.asked_at < utcnow() - ANSWERED_WITHIN)
        return waits if value == "waiting" else DataRequest.answered_at.is_not(None)


class DataRequestView(HouseView[DataRequest]):
    name_key = "data_request"
    title = _l("Permintaan data pribadi")
    intro = _l("UU 27/2022: koreksi dan keberatan dijawab dalam 3 × 24 jam.")
    empty = _l("Pemohon meminta koreksi atau berkeberatan di halaman tiketnya; di meja dicatat dari halaman orangnya.")
    columns = [
        Column("asked_at", _l("Diminta"), cell=lambda r: on_date_at(r.asked_at), is_link=True),
        Column("kind_label", _l("Jenis")),
        Column("name", _l("Nama")),
        Column("due_at", _l("Dijawab sebelum"), cell=lambda r: on_date_at(r.due_at)),
        Column("outcome", _l("Keadaan"), cell=how_it_stands),
    ]
    searched = (DataRequest.name, DataRequest.email)
    filters = [
        Choice("kind", _l("Jenis"), DataRequest.kind, lambda: list(KINDS.items())),
        RequestStanding(
            "standing", _l("Keadaan"), DataRequest.outcome,
            lambda: [("waiting", _l("Menunggu jawaban")), ("late", _l("Terlambat")), ("answered", _l("Dijawab"))],
        ),
    ]  # fmt: skip
    newest_first = True
    order = (DataRequest.asked_at,)
    details_template = "admin/accounts/data_request.html"
    more_acts = {"answer_view": "answer"}

    def __init__(self) -> None:
        super().__init__(DataRequest)

    def facts(self, row: DataRequest) -> list[tuple[Words, Shown]]:
        by = row.asked_by.name if row.asked_by else _("Pemegang tiket")
        said: list[tuple[Words, Shown]] = [
            *super().facts(row),
            (_l("Email"), row.email),
            (_l("Dicatat"), by),
            (_l("Isi permintaan"), row.text),
        ]
        if row.answered_at is not None:
            who = row.answered_by.name if row.answered_by else ""
            said += [(_l("Dijawab"), f"{on_date_at(row.answered_at)}, {who}"), (_l("Jawaban"), row.answer)]
        return said

    def details_extras(self, row: DataRequest) -> dict[str, Shown]:
        seen = select(Ticket).where(Ticket.id == row.ticket_id, visible_to(person()))
        ticket = db.session.scalars(seen).unique().first() if row.ticket_id else None
        may_answer = row.answered_at is None and self.may("answer")
        return {"ticket": ticket, "answer": DataAnswerForm() if may_answer else None}

    @expose("/answer/", methods=("POST",))
    def answer_view(self) -> ResponseReturnValue:
        """The answer goes to the person by mail and stands on the page of their ticket."""
        row, form, sentence = self.get_one(request.args.get("id")), DataAnswerForm(request.form), ""
        if form.validate():
            try:
                answer(row.id, person(), form, address())
            except RequestRefused as refused:
                db.session.rollback()
                sentence = str(refused)
            else:
                flash(_("Jawaban tersimpan dan dikirim."), "success")
                return redirect(self.href(row), 303)
        row = self.get_one(request.args.get("id"))
        extras = {**self.details_extras(row), "sentence": sentence}
        extras["answer"] = form if self.may("answer") and row.answered_at is None else None
        page = render_template(self.details_template, view=self, row=row, facts=self.facts(row), typed=form, **extras)
        return page, 422


assert set(OUTCOMES) == {"granted", "refused"}  # the mail has a sentence for each
