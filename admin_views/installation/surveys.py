"""Surveys in the panel, and the survey form for a phone held in one hand (N4)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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
from procedures.installation.two_surveyors import (
    LABELS,
    TABLES,
    Differing,
    Filled,
    as_filled,
    as_shown,
    meet,
    read_shown,
)
from web.dates import on_date_at


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
        try:
            files = accept(request.files.getlist("photos"))
        except UploadRefused as refused:
            return _again(self.ticket_of(pk), [str(refused)])
        with write_transaction():
            survey = survey_of(self.ticket_of(pk)) or abort(404)
            meeting = meet(survey, read_shown(request.form.get("base", "")), list(_sent_fields()), _chosen())
            filled, wrong = meeting.filled, [] if meeting.differing else _saved(survey, meeting.filled)
            if not wrong and not meeting.differing:
                keep_photos(survey, files)
                remove_photo(survey, request.form.get("remove", ""))
        if is_from_script():
            return _to_script(wrong, meeting.differing)
        if meeting.differing:
            page = _survey_page(self.ticket_of(pk), _now(self.ticket_of(pk)), filled, differing=meeting.differing)
            return page, 409
        if wrong:
            return _again(self.ticket_of(pk), wrong)
        if request.form.get("do") != "send":
            return redirect(f"/admin/survey/fill/{pk}", 303)
        asked = catalogue().questions(_now(self.ticket_of(pk)).materials)
        if asked and "sure" not in request.form:
            return _survey_page(self.ticket_of(pk), _now(self.ticket_of(pk)), questions=asked), 422
        try:
            with saying(_("Hasil survey terkirim."), actor()):
                take_step(pk, "send_survey", actor())
        except StepRefused as refused:
            gaps = [str(gap) for gap in _now(self.ticket_of(pk)).gaps()]
            sentence = _("Belum lengkap: %(gaps)s.", gaps=", ".join(gaps)) if gaps else refused.sentence
            return _again(self.ticket_of(pk), [sentence])
        return redirect(f"/admin/ticket/details/?id={pk}", 303)


def _now(ticket: Ticket) -> Survey:
    return survey_of(ticket) or abort(404)


def _saved(survey: Survey, filled: Filled) -> list[str]:
    """Write the draft; the sentences for what cannot be taken."""
    return save_survey(survey, filled.values, filled.rows["point"], filled.rows["material"])


def _sent_fields() -> Iterable[tuple[str, str]]:
    return request.form.items(multi=True)


def _chosen() -> dict[str, str]:
    """What this person chose where two had filled a field differently, and which of the other's values that was."""
    return {
        name.removeprefix("choose-"): text for name, text in _sent_fields() if name.startswith(("choose-", "seen-"))
    }


def _to_script(wrong: list[str], differing: Sequence[Differing]) -> ResponseReturnValue:
    """What a form in the field is told of its draft: saved, refused, or to be compared."""
    if differing:
        labels = ", ".join(str(one.label) for one in differing)
        said = _("rekan Anda mengisi lain: %(fields)s. Tekan “Simpan draf” untuk membandingkan.", fields=labels)
        return {"wrong": [said], "differs": True}, 409
    return ({"wrong": wrong}, 422) if wrong else {"saved": at_time(utcnow())}


def _again(ticket: Ticket, wrong: list[str]) -> ResponseReturnValue:
    """The form with what was typed, and what is wrong with it."""
    typed = {name: typed_rows(name, columns, " ".join(columns)) for name, columns in TABLES.items()}
    filled = Filled({name: request.form.get(name, "") for name in LABELS if name not in TABLES}, typed)
    return _survey_page(ticket, _now(ticket), filled, wrong), 422


def _survey_page(
    ticket: Ticket,
    survey: Survey,
    typed: Filled | None = None,
    wrong: Sequence[str] = (),
    questions: Sequence[Words] = (),
    differing: Sequence[Differing] = (),
) -> str:
    crew, known = appointed(ticket, "survey"), catalogue()
    filled = typed or as_filled(survey)
    return render_template(
        "admin/installation/survey.html",
        ticket=ticket,
        survey=survey,
        asked=request_of(ticket),
        visit=crew[0] if crew else None,
        val=filled.values,
        points=filled.rows["point"],
        materials=filled.rows["material"],
        base=request.form.get("base", "") if typed else as_shown(survey),
        differing=differing,
        prices=known.items,
        marks=[] if typed else [known.remarks(one) for one in survey.materials],
        questions=questions,
        cables=CABLES,
        groundings=GROUNDINGS,
        results=RESULTS,
        wrong=list(wrong),
    )


def _when(moment: datetime | None) -> str:
    return on_date_at(moment) if moment else ""
