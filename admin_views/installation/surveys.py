"""Surveys in the panel, and the survey form for a phone held in one hand (N4)."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from admin_views.frame.reader import address, person
from admin_views.frame.view import Choice, Column
from admin_views.tickets.related_view import TicketRelatedView, actor, typed_rows, why_not
from gateways.files.file_store import UploadRefused
from gateways.files.uploads import accept
from models.base.db import db, write_transaction
from models.base.wording import today
from models.installation.survey import (
    CABLES,
    GROUNDINGS,
    RESULTS,
    Survey,
    SurveyPhoto,
    appointed,
    request_of,
    survey_of,
)
from models.organisation import audit
from models.tickets.ticket import Attachment, Ticket
from procedures.engine.take_step import StepRefused, take_step
from procedures.installation.drafts import save_survey
from procedures.installation.price_catalogue import catalogue
from web.dates import on_date_at

POINT = ("location", "count", "remark")
MOST_PHOTOS = 60
MATERIAL = ("code", "description", "volume", "measure")


class SurveyView(TicketRelatedView):
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
    filters = [Choice("result", _l("Hasil"), Survey.result, lambda: list(RESULTS.items()))]
    order = (Survey.saved_at,)
    shows = (Survey.ticket,)
    more_acts = {"fill": "fill", "photo": "fill"}

    def __init__(self) -> None:
        super().__init__(Survey)

    def href(self, row: Any) -> str:
        return f"/admin/ticket/details/?id={row.ticket_id}"

    @expose("/fill/<int:pk>", methods=("GET", "POST"))
    def fill(self, pk: int) -> Any:
        """The form: a draft is saved at every change; sending is the step N4."""
        ticket = self.ticket_of(pk)
        survey = survey_of(ticket)
        if survey is None:
            abort(404)
        if shut := why_not(ticket, "send_survey"):
            flash(shut, "error")
            return redirect(f"/admin/ticket/details/?id={pk}", 303)
        if request.method == "GET":
            return _survey_page(ticket, survey)
        return self._save(ticket.id)

    @expose("/photo/<int:pk>", methods=("POST",))
    def photo(self, pk: int) -> Any:
        """One photo in one request, as a phone in the field sends them; the answer is JSON, `error` a sentence."""
        ticket = self.ticket_of(pk)
        if survey_of(ticket) is None:
            abort(404)
        if shut := why_not(ticket, "send_survey"):
            return {"error": shut}, 409
        try:
            files = accept(request.files.getlist("photos")[:1])
        except UploadRefused as refused:
            return {"error": str(refused)}, 422
        with write_transaction():
            survey = survey_of(self.ticket_of(pk)) or abort(404)
            if sentence := _no_photo(survey, files):
                return {"error": sentence}, 422
            _keep_photos(survey, files)
        return {"photos": len(survey.photos)}, 201

    def _save(self, pk: int) -> Any:
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
                _keep_photos(survey, files)
                _remove_photo(survey, request.form.get("remove", ""))
        if wrong:
            return _again(self.ticket_of(pk), points, materials, wrong)
        if request.form.get("do") != "send":
            return redirect(f"/admin/survey/fill/{pk}", 303)
        asked = catalogue().questions((survey_of(self.ticket_of(pk)) or abort(404)).materials)
        if asked and "sure" not in request.form:
            return _survey_page(self.ticket_of(pk), survey_of(self.ticket_of(pk)) or abort(404), questions=asked), 422
        try:
            take_step(pk, "send_survey", actor())
        except StepRefused as refused:
            gaps = [str(gap) for gap in (survey_of(self.ticket_of(pk)) or abort(404)).gaps()]
            sentence = _("Belum lengkap: %(gaps)s.", gaps=", ".join(gaps)) if gaps else refused.sentence
            return _again(self.ticket_of(pk), points, materials, [sentence])
        flash(_("Hasil survey terkirim."), "success")
        return redirect(f"/admin/ticket/details/?id={pk}", 303)


def _no_photo(survey: Survey, files: list[Any]) -> str:
    """Why this is not kept as a photo, or nothing."""
    if not files or not files[0].inline:
        return _("Pilih satu foto berupa JPEG, PNG, atau WebP.")
    if len(survey.photos) >= MOST_PHOTOS:
        return _("Satu survey memuat paling banyak %(n)s foto. Hapus yang tidak perlu.", n=MOST_PHOTOS)
    return ""


def _remove_photo(survey: Survey, photo_id: str) -> None:
    """Take a photo out of the draft; its file goes when no row names it any more. A sent survey keeps what it has."""
    photo = next((p for p in survey.photos if str(p.id) == photo_id), None)
    if photo is None:
        return
    kept = photo.attachment
    survey.photos.remove(photo)
    db.session.flush()
    db.session.delete(kept)
    diff = {"name": kept.name, "sha256": kept.sha256}
    audit.record("remove_photo", "Ticket", survey.ticket_id, staff=person(), diff=diff, ip=address())


def _keep_photos(survey: Survey, files: list[Any]) -> None:
    for file in files:
        kept = Attachment(
            ticket_id=survey.ticket_id,
            sha256=file.sha256,
            name=file.name,
            size=file.size,
            content_type=file.content_type,
            is_inline=file.inline,
            is_public=False,
        )
        db.session.add(kept)
        survey.photos.append(SurveyPhoto(attachment=kept, caption=request.form.get("caption", "")[:120]))


def _again(ticket: Ticket, points: Any, materials: Any, wrong: list[str]) -> Any:
    survey = survey_of(ticket) or abort(404)
    return _survey_page(ticket, survey, points, materials, wrong), 422


def _survey_page(
    ticket: Ticket, survey: Survey, points: Any = None, materials: Any = None, wrong: Any = (), questions: Any = ()
) -> str:
    crew, known = appointed(ticket, "survey"), catalogue()
    return render_template(
        "admin/installation/survey.html",
        ticket=ticket,
        survey=survey,
        asked=request_of(ticket),
        visit=crew[0] if crew else None,
        typed=request.form if wrong else None,
        latest_day=today().isoformat(),
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


def _when(moment: Any) -> Any:
    return on_date_at(moment) if moment else ""
