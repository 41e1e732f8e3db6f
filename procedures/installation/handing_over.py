"""What the steps on the handing over of an installation write: the signing, and its sheet as a document (N7c, N7d)."""

from __future__ import annotations

import json
from collections.abc import Iterator

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from documents.installation.handover import HandoverSheet, compose_handover
from models.base.db import db, utcnow
from models.base.wording import today
from models.installation.handover import Handover, handovers_of
from models.installation.strokes import drawn, read_strokes
from models.installation.survey import request_of
from models.organisation.office_number import take_number
from models.tickets.issued_document import IssuedDocument, void_documents
from models.tickets.ticket import Ticket
from procedures.base.count_field import CountField
from procedures.base.documents import IN_INDONESIAN, issue, letterhead, signature
from procedures.base.form_fields import Fault, StepForm, line_field, text_field
from procedures.engine.declaration import Actor, Outcome
from procedures.engine.take_step import StepRefused
from procedures.installation.signature_field import SignatureField

NO_SIGNATURE = _l("Minta tanda tangannya di layar, atau lampirkan foto berita acara yang ditandatangani di kertas.")


class BuiltForm(StepForm):
    """How many points there are now, and what was installed."""

    points = CountField(_l("Jumlah titik terpasang"), 1, 5_000, ("titik", "titik jaringan", "port"))
    text = text_field(_l("Yang sudah dipasang"), 5_000)


class SigningForm(StepForm):
    """Who of the unit signs for what was installed: a name and a position, and a signature on the glass or on paper."""

    signed_by = line_field(_l("Nama penerima dari unit"), 120, needed=False)
    signed_as = line_field(_l("Jabatan penerima"), 120, needed=False)
    strokes = SignatureField(
        _l("Tanda tangan penerima"),
        description=_l("Tanpa layar sentuh: lampirkan foto berita acara yang ditandatangani di kertas."),
    )

    @property
    def is_signed(self) -> bool:
        return bool(self.signed_by.data or self.signed_as.data or self.strokes.strokes)

    def faults_together(self) -> Iterator[Fault]:
        yield from super().faults_together()
        if not self.is_signed:
            return
        if self.is_blank("signed_by"):
            yield "signed_by", _l("Tulis nama orang yang menandatangani.")
        if self.is_blank("signed_as"):
            yield "signed_as", _l("Tulis jabatan orang yang menandatangani.")
        if not (self.strokes.strokes or self.strokes.errors or self.files):
            yield "strokes", NO_SIGNATURE


class InstalledForm(BuiltForm, SigningForm):
    """N7c: the installers report that the connection is there; the unit's person may sign for it at once."""


class HandoverForm(SigningForm):
    """N7d: the unit's person signs later, or again; then the form asks why."""

    reason = text_field(
        _l("Alasan ditandatangani lagi"),
        2_000,
        needed=False,
        description=_l("Diisi bila berita acaranya sudah pernah ditandatangani."),
    )

    def faults_together(self) -> Iterator[Fault]:
        yield from super().faults_together()
        if not self.is_signed:
            yield "signed_by", _l("Tulis nama orang yang menandatangani.")


def sign_handover(ticket: Ticket, by: Actor, form: HandoverForm) -> Outcome:
    """N7d: another signing; the one before stays, and its sheet is no longer in force."""
    if handovers_of(ticket) and form.is_blank("reason"):
        sentence = _("Berita acaranya sudah ditandatangani. Tulis mengapa ditandatangani lagi.")
        form.reason.errors = [sentence]
        raise StepRefused(sentence, "form", form)
    signing = keep_signing(ticket, by, form, form.reason.data or "")
    return Outcome(text=signing.reason, data={"signed_by": named(signing)})


def named(signing: Handover) -> str:
    return f"{signing.signed_by}, {signing.signed_as}"


def keep_signing(ticket: Ticket, by: Actor, form: SigningForm, reason: str = "", installed: str = "") -> Handover:
    """A new row, never a changed one, with its sheet; by whoever of the staff stood there."""
    signing = Handover(
        ticket_id=ticket.id,
        signed_by=form.signed_by.data,
        signed_as=form.signed_as.data,
        strokes=json.dumps(form.strokes.strokes) if form.strokes.strokes else "",
        signed_at=form.strokes.signed_at or utcnow(),
        recorded_by_id=by.staff.id,
        recorded_by=by.staff,
        reason=reason,
    )
    db.session.add(signing)
    void_documents(ticket, "handover", _("Ditandatangani lagi"))
    signing.document_id = issue_handover(ticket, signing, installed).id
    return signing


@IN_INDONESIAN
def issue_handover(ticket: Ticket, signing: Handover, installed: str) -> IssuedDocument:
    """The sheet with the signature as it was drawn; signed on paper it says where the scan is."""
    asked = request_of(ticket)
    sheet = HandoverSheet(
        unit=ticket.unit.name if ticket.unit else "",
        place=asked.place,
        ticket_number=ticket.number,
        work=ticket.subject,
        points=str(asked.installed_points or ""),
        installed=installed,
        signed_by=signing.signed_by,
        signed_as=signing.signed_as,
        signed_at=signing.signed_at,
        drawing=drawn(read_strokes(signing.strokes)),
        reason=signing.reason,
        handed_over_by=signature(signing.recorded_by, caption="Yang menyerahkan,"),
    )
    number = take_number("handover", today())
    return issue(
        ticket,
        "handover",
        "Berita Acara Serah Terima",
        number,
        lambda who: compose_handover(who, letterhead(), sheet),
        public=True,
    )
