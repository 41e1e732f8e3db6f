"""RABs in the panel: lists, the editor of the draft, versions, comparison, files (N5)."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace

from flask import Response, abort, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from admin_views.frame.after_step import saying
from admin_views.frame.columns import period_of
from admin_views.frame.view import Choice, Column, person
from admin_views.tickets.related_view import TicketRelatedView, actor, typed_rows, unit_of_ticket, why_not
from gateways.files.import_table import TableRefused
from gateways.files.rab_files import RabFile, read_rab_file
from gateways.files.table_writer import FORMATS, Rupiah, table_bytes
from models.base.columns.shown import Shown
from models.base.db import db, write_transaction
from models.base.rupiah import BadAmount, read_rupiah, rupiah, volume_text
from models.base.wording import Words
from models.base.written import clean_line
from models.installation.rab import DECISIONS, SECTIONS, Rab, versions_of
from models.installation.survey import survey_of
from models.tickets.ticket import Ticket
from procedures.engine.take_step import StepRefused, take_step
from procedures.installation.drafts import save_built, save_rab
from procedures.installation.price_catalogue import catalogue, marks_of
from procedures.installation.rab_comparison import compare
from procedures.installation.rabs import draft_rab
from web.dates import on_date

LINE = ("section", "code", "description", "volume", "measure", "price")
TITLES = ("Bagian", "Kode", "Uraian", "Volume", "Satuan", "Harga satuan", "Jumlah")  # as the import knows them


class RabView(TicketRelatedView[Rab]):
    """/admin/rab/"""

    name_key = "rab"
    title = _l("RAB")
    empty = _l("RAB muncul di sini setelah survey lapangan (N5).")
    columns = [
        Column("ticket", _l("Tiket"), cell=lambda row: row.ticket.number, is_link=True, is_whole=True),
        Column("subject", _l("Pekerjaan"), cell=lambda row: row.ticket.subject),
        Column("number", _l("Nomor"), is_whole=True),
        Column("version", _l("Versi")),
        Column("decision_label", _l("Keadaan")),
        Column("total_rp", _l("Jumlah"), cell=lambda row: rupiah(row.total_rp), css="pk-c-num"),
        Column("valid_until", _l("Berlaku sampai"), cell=lambda row: on_date(row.valid_until)),
    ]
    searched = (Rab.number,)
    amounts = (Rab.total_rp,)
    filters = [
        Choice("decision", _l("Keadaan"), Rab.decision, lambda: [(k, v) for k, v in DECISIONS.items() if k]),
        unit_of_ticket(Rab),
        *period_of(Rab.saved_at),
    ]
    order = (Rab.saved_at,)
    shows = (Rab.ticket,)
    more_acts = {"fill": "fill", "compare": "details", "file": "details", "built": "fill"}
    details_template = "admin/installation/rab_details.html"

    def __init__(self) -> None:
        super().__init__(Rab)

    def facts(self, row: Rab) -> list[tuple[Words, Shown]]:
        return [(column.label, column.text(row)) for column in self.columns] + [
            (_l("Penyusun"), row.drafted_by.name),
            (_l("Diputuskan oleh"), row.decided_by.name if row.decided_by else ""),
            (_l("Catatan keputusan"), row.decision_note),
            (_l("Syarat dari survey"), _condition(row.ticket)),
        ]

    def details_extras(self, row: Rab) -> dict[str, Shown]:
        return {"versions": versions_of(row.ticket), "sections": SECTIONS, "marks": marks_of(row)}

    @expose("/fill/<int:pk>", methods=("GET", "POST"))
    def fill(self, pk: int) -> ResponseReturnValue:
        """The editor of the draft; submitting it is the step N5."""
        ticket = self.ticket_of(pk)
        if shut := why_not(ticket, "submit_rab"):
            flash(shut, "error")
            return redirect(f"/admin/ticket/details/?id={pk}", 303)
        with write_transaction():
            rab_id = draft_rab(self.ticket_of(pk), actor().staff).id
        if request.method == "GET":
            return _rab_page(self.ticket_of(pk), db.session.get_one(Rab, rab_id))
        return self._save(pk, rab_id)

    def _save(self, pk: int, rab_id: int) -> ResponseReturnValue:
        lines = typed_rows("line", LINE, "code description volume measure price")
        if request.form.get("do") == "import":
            return self._import(pk, rab_id, lines)
        with write_transaction():
            rab = db.session.get_one(Rab, rab_id)
            stale = request.form.get("seen", "") != str(rab.saved_at.timestamp())
            wrong = [_("Orang lain mengubah draf ini. Periksa isinya, lalu simpan lagi.")] if stale else []
            wrong = wrong or save_rab(rab, request.form, lines, person().id)
        if wrong:
            return _rab_page(self.ticket_of(pk), db.session.get_one(Rab, rab_id), lines, wrong), 422
        if request.form.get("do") != "send":
            flash(_("Draf RAB tersimpan."), "success")
            return redirect(f"/admin/rab/fill/{pk}", 303)
        rab = db.session.get_one(Rab, rab_id)
        if (asked := catalogue().questions(rab.lines)) and "sure" not in request.form:
            return _rab_page(self.ticket_of(pk), rab, asked=asked), 422
        try:
            with saying(_("RAB diajukan ke Kepala Pustikom."), actor()):
                take_step(pk, "submit_rab", actor())
        except StepRefused as refused:
            return _rab_page(self.ticket_of(pk), db.session.get_one(Rab, rab_id), lines, [refused.sentence]), 409
        return redirect(f"/admin/ticket/details/?id={pk}", 303)

    def _import(self, pk: int, rab_id: int, lines: list[dict[str, str]]) -> ResponseReturnValue:
        """Lines of a file are shown for review; nothing is saved yet and nothing typed is lost."""
        upload = request.files.get("import_file")
        wrong, status, read = [_("Pilih berkas CSV atau XLSX lebih dahulu.")], 422, None
        if upload and upload.filename:
            try:
                read = read_rab_file(upload.stream, upload.filename)
                lines, wrong, status = lines + [line.typed for line in read.lines], [], 200
            except TableRefused as refused:
                wrong = [str(refused)]
        return _rab_page(self.ticket_of(pk), db.session.get_one(Rab, rab_id), lines, wrong, read), status

    @expose("/compare/")
    def compare(self) -> ResponseReturnValue:
        """Two versions of one ticket's RAB, line by line."""
        after = self.get_one(request.args.get("id"))
        older = [rab for rab in versions_of(after.ticket) if rab.version < after.version]
        wanted = request.args.get("with", "")
        before = next((rab for rab in older if str(rab.id) == wanted), older[-1] if older else None)
        if before is None:
            abort(404)
        return render_template("admin/installation/rab_compare.html", view=self, before=before, after=after,
                               differences=compare(before, after), sections=SECTIONS)  # fmt: skip

    @expose("/file/<int:pk>.<kind>")
    def file(self, pk: int, kind: str) -> ResponseReturnValue:
        rab = self.get_one(str(pk))
        if kind not in FORMATS:
            abort(404)
        rows = [
            (str(SECTIONS[line.section]), line.code, line.description, line.volume, line.measure,
             Rupiah(line.price_rp), Rupiah(line.amount_rp))
            for line in rab.lines
        ]  # fmt: skip
        name = f"rab-{rab.ticket.number}-v{rab.version}.{kind}"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(table_bytes(kind, "RAB", TITLES, rows), mimetype=FORMATS[kind], headers=headers)

    @expose("/built/<int:pk>", methods=("GET", "POST"))
    def built(self, pk: int) -> ResponseReturnValue:
        """As-built volumes (N7): what was really used, by line of the agreed RAB."""
        ticket = self.ticket_of(pk)
        rab = next((one for one in reversed(versions_of(ticket)) if one.decision == "approved"), None)
        if rab is None or ticket.state not in ("installation", "testing", "recheck", "billing"):
            flash(_("Volume terpasang diisi setelah RAB disetujui dan sebelum tagihan terbit."), "error")
            return redirect(f"/admin/ticket/details/?id={pk}", 303)
        wrong: list[str] = []
        if request.method == "POST":
            rab_id = rab.id
            with write_transaction():
                wrong = save_built(db.session.get_one(Rab, rab_id), request.form)
            if not wrong:
                flash(_("Volume terpasang tersimpan."), "success")
                return redirect(f"/admin/ticket/details/?id={pk}", 303)
            ticket, rab = self.ticket_of(pk), db.session.get_one(Rab, rab_id)
        page = render_template("admin/installation/built.html", view=self, ticket=ticket, rab=rab, wrong=wrong,
                               typed=request.form if wrong else {})  # fmt: skip
        return page, 422 if wrong else 200


def _rab_page(
    ticket: Ticket,
    rab: Rab,
    lines: list[dict[str, str]] | None = None,
    wrong: Sequence[str] = (),
    read: RabFile | None = None,
    asked: Sequence[str] = (),
) -> str:
    as_saved = [
        {"section": line.section, "code": line.code, "description": line.description, "measure": line.measure,
         "volume": volume_text(line.volume), "price": rupiah(line.price_rp).removeprefix("Rp"),
         "amount": rupiah(line.amount_rp)}
        for line in rab.lines
    ]  # fmt: skip
    known = catalogue()
    return render_template(
        "admin/installation/rab.html", ticket=ticket, rab=rab, lines=as_saved if lines is None else lines,
        wrong=wrong, typed=request.form if lines is not None else None, read=read, sections=SECTIONS,
        prices=known.items, before=_version_before(rab), asked=asked, condition=_condition(ticket),
        marks=[known.remarks(line) for line in (rab.lines if lines is None else map(_as_line, lines))],
    )  # fmt: skip


def _as_line(row: dict[str, str]) -> SimpleNamespace:
    """A typed row as far as the catalogue looks at it; a price that cannot be read is none."""
    try:
        price_rp = read_rupiah(row.get("price", ""))
    except BadAmount:
        price_rp = None
    return SimpleNamespace(
        code=clean_line(row.get("code", "")), measure=clean_line(row.get("measure", "")), price_rp=price_rp
    )


def _condition(ticket: Ticket) -> str:
    survey = survey_of(ticket)
    return survey.condition_for_rab if survey else ""


def _version_before(rab: Rab) -> Rab | None:
    return db.session.scalars(select(Rab).where(Rab.ticket_id == rab.ticket_id, Rab.version == rab.version - 1)).first()
