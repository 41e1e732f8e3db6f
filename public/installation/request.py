"""The public form for a network installation (N1), and the documents for whoever holds the ticket."""

from __future__ import annotations

from flask import Response, abort, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from documents.press import print_guarded
from documents.stored_document import file_of
from documents.typesetting import DocumentNotPrinted
from models.base import setting
from models.base.columns.shown import Shown
from models.base.db import db
from models.installation.rab import approved_rab
from models.installation.survey import survey_of
from models.tickets.issued_document import IssuedDocument, documents_of
from models.tickets.ticket import Ticket
from procedures.engine.take_step import StepRefused
from procedures.installation.forms import LetterForm
from procedures.tickets.case_file import case_file
from public.frame.blueprint import site
from public.tickets.form_nonce import new_nonce
from public.tickets.holder import holds
from public.tickets.open_from_form import TRAP, bring, holds_first, send
from public.tickets.status_parts import ticket_part
from public.tickets.uploads import Basket, collect

BEING_PRINTED = _l("Dokumen ini sedang dicetak. Coba lagi sebentar lagi.")


@site.route("/permohonan/pemasangan-jaringan", methods=["GET", "POST"])
def installation_request() -> ResponseReturnValue:
    """N1: the unit's letter with its scan; a refused form keeps its words, its files and its nonce."""
    form = LetterForm(request.form if request.method == "POST" else None)
    if request.method == "GET":
        return _letter_form_page(form, Basket())
    basket = collect()
    if "drop" in request.form:
        return _letter_form_page(form, basket)
    bring(form, basket)
    if not form.validate() or basket.refused:
        return _letter_form_page(form, basket), 422
    try:
        ticket = send("network_installation", "send_letter", form, basket)
    except StepRefused as refused:
        return _letter_form_page(refused.form or form, basket), 422
    return redirect(f"/tiket/{ticket.number}/bukti", 303)


def _letter_form_page(form: LetterForm, basket: Basket) -> str:
    return render_template(
        "public/installation/request.html",
        form=form,
        first_held=holds_first(form),
        basket=basket,
        nonce=request.form.get("nonce") or new_nonce(),
        trap=TRAP,
        most_files=setting.get("files_per_form"),
        megabytes=setting.get("file_megabytes"),
    )


@ticket_part("network_installation", "public/installation/documents.html")
def installation_papers(ticket: Ticket) -> dict[str, Shown] | None:
    """The holder's documents, and the RAB in question while its answer is awaited."""
    rab = approved_rab(ticket) if ticket.state == "unit_agreement" else None
    survey = survey_of(ticket) if rab else None
    condition = survey.condition_for_rab if survey else ""
    documents = documents_of(ticket, public_only=True)
    return {"documents": documents, "rab": rab, "condition": condition, "number": ticket.number}


@site.get("/tiket/<number>/dokumen/<int:document_id>", endpoint="ticket_paper")
def ticket_document(number: str, document_id: int) -> Response:
    """A document as issued, for this ticket's holder; everybody else gets the same 404 (security.md P3)."""
    query = (
        select(IssuedDocument.id, IssuedDocument.ticket_id, Ticket.link_generation, Ticket.closed_at)
        .join(Ticket, IssuedDocument.ticket_id == Ticket.id)
        .where(IssuedDocument.id == document_id, Ticket.number == number, IssuedDocument.is_public)
    )
    row = db.session.execute(query).one_or_none() if document_id < 2**31 else None
    if row is None or not holds(row.ticket_id, row.link_generation, row.closed_at):
        abort(404)
    try:
        data = file_of(document_id)
    except DocumentNotPrinted:
        abort(503, BEING_PRINTED)
    name = db.session.get_one(IssuedDocument, document_id).file_name
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Content-Security-Policy": "sandbox"}
    return Response(data, mimetype="application/pdf", headers=headers)


@site.get("/tiket/<number>/berkas-lengkap.pdf")
def whole_folder(number: str) -> Response:
    """The whole folder for its holder: the public edition, without internal notes or names of staff."""
    ticket = db.session.scalars(select(Ticket).where(Ticket.number == number)).unique().one_or_none()
    held = ticket is not None and holds(ticket.id, ticket.link_generation, ticket.closed_at)
    if ticket is None or not held or ticket.procedure != "network_installation":
        abort(404)
    headers = {
        "Content-Disposition": f'attachment; filename="berkas-{number}.pdf"',
        "Content-Security-Policy": "sandbox",
    }
    folder = case_file(ticket, internal=False)
    db.session.rollback()  # no transaction is open while the press prints
    try:
        data = print_guarded(folder)
    except DocumentNotPrinted:
        abort(503, BEING_PRINTED)
    return Response(data, mimetype="application/pdf", headers=headers)
