"""Surveys in the panel, and the survey form for a phone held in one hand (N4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from flask import abort, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from admin_views.frame.after_step import saying
from admin_views.frame.columns import period_of
from admin_views.frame.view import Choice, Column
from admin_views.installation.field_photos import keep_photo, keep_photos, one_photo, remove_photo
from admin_views.tickets.related_view import (
    TicketRelatedView,
    actor,
    is_from_script,
    typed_rows,
    unit_of_ticket,
    why_not,
)
from gateways.files.file_store import UploadRefused
from gateways.files.uploads import accept
from models.base.db import utcnow, write_transaction
from models.base.wording import Words, at_time
from models.installation.survey import (
    CABLES,
    GROUNDINGS,
    RESULTS,
    Survey,
    appointed,
    request_of,
    survey_of,
)
from models.tickets.ticket import Ticket
from procedures.engine.take_step import StepRefused, take_step
from procedures.installation.drafts import save_survey
from procedures.installation.price_catalogue import catalogue
from web.dates import on_date_at

POINT = ("location", "count", "remark")
MATERIAL = ("code", "description", "volume", "measure")
Lines = Sequence[Mapping[str, str]]  # of a table as typed, by column


class SurveyView(TicketRelatedView[Survey]):
    """/admin/survey/"""

    name_key = "survey"
    title = _l("Survey lapangan")
    empty = _l("Survey muncul di sini begitu surveyor ditunjuk (N3).")
    columns = [
        Column("ticket", _l("Tiket"), cell=lambda row: row.ticket.number, is_link=True, is_whole=True),
        Column("subject", _l("Perihal"), cell=lambda row: row.ticket.subject),
        Column("number", _l("Nomor"), is_whole=True),
        Column("round", _l("Putaran")),
        Column("result_label", _l("Hasil")),
        Column("sent_at", _l("Dikirim"), cell=lambda row: _when(row.sent_at)),
    ]
    searched = (Survey.number, Survey.distribution_point)
    filters = [
        Choice("result", _l("Hasil"), Survey.result, lambda: list(RESULTS.items())),
        unit_of_ticket(Survey),
        *period_of(Survey.saved_at),
    ]
    order = (Survey.saved_at,)
    shows = (Survey.ticket,)
    more_acts = {"fill": "fill", "photo": "fill"}

    def __init__(self) -> None:
        super().__init__(Survey)

    def href(self, row: Survey) -> str:
        return f"/admin/ticket/details/?id={row.ticket_id}"

    @expose("/fill/<int:pk>", methods=("GET", "POST"))
    def fill(self, pk: int) -> ResponseReturnValue:
        """The form: a draft is saved at every change; sending is the step N4."""
        ticket = self.ticket_of(pk)
        survey = survey_of(ticket)
        if survey is None:
            abort(404)
        if shut := why_not(ticket, "send_survey"):
            if is_from_script():
                return {"wrong": [shut]}, 409
            flash(shut, "error")
            return redirect(f"/admin/ticket/details/?id={pk}", 303)
        if request.method == "GET":
            return _survey_page(ticket, survey)
        return self._save(ticket.id)

    @expose("/photo/<int:pk>", methods=("POST",))
    def photo(self, pk: int) -> ResponseReturnValue:
        """One photo in one request, as a phone in the field sends them; the answer is JSON, `error` a sentence."""
        ticket = self.ticket_of(pk)
        if survey_of(ticket) is None:
            abort(404)
        if shut := why_not(ticket, "send_survey"):
            return {"error": shut}, 409
        file, sentence = one_photo()
        if file is None:
            return {"error": sentence}, 422
        with write_transaction():
            return keep_photo(survey_of(self.ticket_of(pk)) or abort(404), file)

    def _save(self, pk: int) -> ResponseReturnValue:
        points, materials = (
            typed_rows("point", POINT, "location count remark"),
            typed_rows("material", MATERIAL, "code description volume measure"),
        )
        try:
            files = accept(request.files.getlist("photos"))
        except UploadRefused as refused:
            return _again(self.ticket_of(pk), points, materials, [str(refused)])
        with write_transaction():
            survey = survey_of(self.ticket_of(pk)) or abort(404)
            wrong = save_survey(survey, request.form, points, materials)
            if not wrong:
                keep_photos(survey, files)
                remove_photo(survey, request.form.get("remove", ""))
        if is_from_script():
            return ({"wrong": wrong}, 422) if wrong else {"saved": at_time(utcnow())}
        if wrong:
            return _again(self.ticket_of(pk), points, materials, wrong)
        if request.form.get("do") != "send":
            return redirect(f"/admin/survey/fill/{pk}", 303)
        asked = catalogue().questions((survey_of(self.ticket_of(pk)) or abort(404)).materials)
        if asked and "sure" not in request.form:
            return _survey_page(self.ticket_of(pk), survey_of(self.ticket_of(pk)) or abort(404), questions=asked), 422
        try:
            with saying(_("Hasil survey terkirim."), actor()):
                take_step(pk, "send_survey", actor())
        except StepRefused as refused:
            gaps = [str(gap) for gap in (survey_of(self.ticket_of(pk)) or abort(404)).gaps()]
            sentence = _("Belum lengkap: %(gaps)s.", gaps=", ".join(gaps)) if gaps else refused.sentence
            return _again(self.ticket_of(pk), points, materials, [sentence])
        return redirect(f"/admin/ticket/details/?id={pk}", 303)


def _again(ticket: Ticket, points: Lines, materials: Lines, wrong: list[str]) -> ResponseReturnValue:
    survey = survey_of(ticket) or abort(404)
    return _survey_page(ticket, survey, points, materials, wrong), 422


def _survey_page(
    ticket: Ticket,
    survey: Survey,
    points: Lines | None = None,
    materials: Lines | None = None,
    wrong: Sequence[str] = (),
    questions: Sequence[Words] = (),
) -> str:
    crew, known = appointed(ticket, "survey"), catalogue()
    return render_template(
        "admin/installation/survey.html",
        ticket=ticket,
        survey=survey,
        asked=request_of(ticket),
        visit=crew[0] if crew else None,
        typed=request.form if wrong else None,
        points=points if points is not None else [{n: getattr(p, n) for n in POINT} for p in survey.points],
        materials=materials
        if materials is not None
        else [{n: getattr(m, n) for n in MATERIAL} for m in survey.materials],
        prices=known.items,
        marks=[known.remarks(one) for one in survey.materials] if materials is None else [],
        questions=questions,
        cables=CABLES,
        groundings=GROUNDINGS,
        results=RESULTS,
        wrong=list(wrong),
    )


def _when(moment: datetime | None) -> str:
    return on_date_at(moment) if moment else ""
