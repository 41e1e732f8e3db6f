"""The page that prints QR labels, for every register whose rows bear one: layout, first free label, names or none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import BytesIO

from flask import render_template, request, send_file
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField

from admin_views.frame.reader import audit_export
from documents.organisation.qr_labels import LAYOUT_WORDS, LAYOUTS
from documents.press import print_guarded
from documents.typesetting import DocumentNotPrinted
from models.base.db import db, write_transaction
from models.base.wording import Words
from procedures.base.count_field import CountField
from procedures.base.form_fields import Fault, StepForm, required
from procedures.organisation.qr_labels import Labelled, label_sheet

MOST = 400  # labels in one print
MOST_SKIPPED = max(layout.on_a_sheet for layout in LAYOUTS.values()) - 1


class LabelForm(StepForm):
    """How the labels are to be printed."""

    layout = RadioField(
        _l("Lembar label A4"),
        choices=list(LAYOUT_WORDS.items()),
        default=next(iter(LAYOUTS)),
        validators=[required(_l("Pilih ukuran label."))],
    )
    skipped = CountField(
        _l("Label yang sudah terpakai di lembar pertama"),
        0,
        MOST_SKIPPED,
        needed=False,
        description=_l("Dihitung dari kiri atas; kosong berarti lembar baru."),
    )
    is_nameless = BooleanField(_l("Tanpa nama dan letak, untuk tempat yang dilewati umum"))

    def faults_together(self) -> Iterator[Fault]:
        layout = LAYOUTS.get(self.layout.data or "")
        if layout and (self.skipped.data or 0) >= layout.on_a_sheet:
            yield "skipped", _l("Lembar itu hanya berisi %(n)s label. Isi angka yang lebih kecil.", n=layout.on_a_sheet)


def label_page(view: str, heading: Words, back: tuple[str, Words], things: Sequence[Labelled]) -> ResponseReturnValue:
    """The form, and the sheets as PDF once it is sent; the things that this reader may see, and no more than MOST."""
    form = LabelForm(request.form if request.method == "POST" else None)
    is_wrong = request.method == "POST" and not form.validate()
    if request.method == "GET" or is_wrong or not things:
        return _form_page(form, heading, back, things), 422 if is_wrong else 200
    with write_transaction():
        sheet = label_sheet(things, str(form.layout.data), form.skipped.data or 0, bool(form.is_nameless.data))
    audit_export(view, len(things))
    db.session.rollback()  # no transaction is open while the press prints
    try:
        data = print_guarded(sheet)
    except DocumentNotPrinted:
        return render_template("admin/frame/no_document.html", view=None), 503
    return send_file(BytesIO(data), mimetype="application/pdf", as_attachment=True, download_name="label-qr.pdf")


def _form_page(form: LabelForm, heading: Words, back: tuple[str, Words], things: Sequence[Labelled]) -> str:
    return render_template("admin/frame/label_sheet.html", form=form, heading=heading, back=back, things=things)
