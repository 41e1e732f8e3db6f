"""The complaint form (C1)."""

from __future__ import annotations

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from models.base import setting
from models.base.retention import PERIODS
from models.organisation.qr_label import QrLabel, label_of
from procedures.engine.take_step import StepRefused
from procedures.tickets.forms import ComplaintForm
from public.frame.blueprint import site
from public.outages.known_outages import KnownOutages, add_person, known_outages
from public.tickets.form_nonce import new_nonce
from public.tickets.open_from_form import TRAP, looks_typed, send
from public.tickets.suggestions import suggested_for
from public.tickets.uploads import Basket, collect
from web.row_ids import row_id

ON_THE_WAY = frozenset({"drop", "suggest", "propose"})  # presses that show the form again and send nothing


@site.route("/pengaduan", methods=["GET", "POST"])
def complaint() -> ResponseReturnValue:
    """The form; a refused one keeps its words, its files and its nonce."""
    form = ComplaintForm(request.form if request.method == "POST" else None)
    typed = request.values.get("label", "")
    label = label_of(typed) if typed else None
    if request.method == "GET":
        form.description.data = _("Label %(code)s. ", code=label.spoken) if label else ""
        return _complaint_form_page(form, Basket(), label)
    basket = collect()
    if "propose" in request.form:
        form.category.data = _proposed(form)
    if not ON_THE_WAY.isdisjoint(request.form):
        return _complaint_form_page(form, basket, label)
    known = [] if request.form.get("anyway") else known_outages(form)
    if (known or basket.refused) and (not form.validate() or basket.refused):  # else the step validates it
        return _complaint_form_page(form, basket, label), 422
    chosen = next((o for o in known if str(o.ticket_id) == request.form.get("affected")), None)
    if chosen and not form.email.data:
        return _complaint_form_page(form, basket, label, known, needs_email=True), 422
    if chosen and looks_typed():
        return add_person(form, chosen.ticket_id)
    if known and not chosen:  # what looks machine-made is sent below, and waits for the operator
        return _complaint_form_page(form, basket, label, known)
    try:
        ticket = send("complaint", "file_complaint", form, basket, label=label)
    except StepRefused:
        return _complaint_form_page(form, basket, label), 422
    return redirect(f"/tiket/{ticket.number}/bukti", 303)


def _proposed(form: ComplaintForm) -> int:
    """The kind of problem that was pressed, if it is on offer; else what was chosen stays."""
    pressed = request.form.get("propose", type=row_id)
    if pressed and pressed in dict(form.category.choices):
        return int(pressed)
    return int(form.category.data or 0)


def _complaint_form_page(
    form: ComplaintForm,
    basket: Basket,
    label: QrLabel | None,
    known: KnownOutages = (),
    needs_email: bool = False,
) -> str:
    is_asked = "suggest" in request.form or "propose" in request.form
    return render_template(
        "public/tickets/complaint.html",
        suggested=suggested_for(form.subject.data or "", form.description.data or "") if is_asked else None,
        known=known,
        needs_email=needs_email,
        form=form,
        basket=basket,
        label=label,
        nonce=request.form.get("nonce") or new_nonce(),
        trap=TRAP,
        most_files=setting.get("files_per_form"),
        megabytes=setting.get("file_megabytes"),
        identity_days=PERIODS["identity"].days,
    )
