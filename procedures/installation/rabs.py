"""What N5, N6 and the unit's answer write: RABs, from draft to decision."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from flask_babel import gettext as _

from models.base import setting
from models.base.db import db, utcnow
from models.base.typed_number import read_share, spelled
from models.base.wording import rupiah, today
from models.installation.rab import Rab, RabLine, approved_rab, latest_rab, price_list
from models.installation.survey import SurveyMaterial, survey_of
from models.organisation.office_number import take_number
from models.organisation.staff import Staff
from models.tickets.issued_document import void_documents
from models.tickets.ticket import Ticket
from procedures.engine.declaration import Actor, Outcome, State
from procedures.engine.take_step import StepRefused
from procedures.installation import documents as documents
from procedures.installation import forms as asks
from procedures.installation.letters import acting_for


def draft_rab(ticket: Ticket, by: Staff) -> Rab:
    """The draft in hand; a new version begins as a copy of the last, the first one with the survey's material."""
    last = latest_rab(ticket)
    if last is not None and last.is_draft:
        return last
    survey = survey_of(ticket)
    percent = str(setting.get("ppn_percent")).strip()
    typed_day = last.valid_until if last and last.is_validity_typed and last.valid_until >= today() else None
    rab = Rab(
        ticket_id=ticket.id,
        version=last.version + 1 if last else 1,
        drafted_by_id=by.id,
        drafted_by=by,
        valid_until=typed_day or today() + timedelta(days=int(setting.get("rab_valid_days"))),
        is_validity_typed=typed_day is not None,
        working_days=last.working_days if last else 5,
        notes=last.notes if last else "",
        points=last.points if last else (survey.point_total or None) if survey else None,
        ppn_percent=spelled(percent) if percent else None,
        ppn_base=str(read_share(str(setting.get("ppn_base")))),
    )
    rab.lines = [_copy(line) for line in last.lines] if last else _from_survey(survey.materials if survey else [])
    rab.add_up()
    db.session.add(rab)
    db.session.flush()
    return rab


def _copy(line: RabLine) -> RabLine:
    names = ("position", "section", "code", "description", "volume", "measure", "price_rp")
    return RabLine(**{name: getattr(line, name) for name in names})


def _from_survey(materials: Sequence[SurveyMaterial]) -> list[RabLine]:
    prices = {item.code: item for item in price_list(today())}
    lines = []
    for position, needed in enumerate(materials, 1):
        item = prices.get(needed.code)
        lines.append(
            RabLine(
                position=position,
                section=item.section if item else "material",
                code=needed.code,
                description=needed.description,
                volume=needed.volume,
                measure=needed.measure,
                price_rp=item.price_rp if item else 0,
            )
        )
    return lines


def submit_rab(ticket: Ticket, by: Actor) -> Outcome:
    """N5: the draft is closed for good and waits for the decision."""
    rab = latest_rab(ticket)
    if rab is None:
        raise StepRefused(_("RAB belum diisi. Isi barisnya di halaman RAB."), "need")
    if rab.valid_until < today():
        raise StepRefused(_("Masa berlaku RAB sudah lewat. Ubah tanggal berlakunya."), "need")
    rab.submit(by.staff)
    words = _(
        "Versi %(n)s, %(total)s, %(days)s hari kerja.", n=rab.version, total=rupiah(rab.total_rp), days=rab.working_days
    )
    return Outcome(text=words, data={"version": rab.version, "total_rp": rab.total_rp, "rab": rab.id})


def decide_rab(ticket: Ticket, by: Actor, decision: str, note: str, step: str = "refuse_rab") -> Rab:
    rab = latest_rab(ticket)
    if rab is None or rab.is_draft or rab.decision:
        raise StepRefused(_("Versi RAB ini bukan yang terakhir diajukan. Muat ulang halaman."), "stale")
    rab.decide(decision, by.staff, acting_for(ticket, by, step), note)
    rab.decided_by = by.staff
    return rab


def approve_rab(ticket: Ticket, by: Actor, note: str) -> Outcome:
    """N6: the approved version gets its number and its document."""
    rab = decide_rab(ticket, by, "approved", note, "approve_rab")
    rab.number = take_number("rab", today())
    db.session.flush()
    documents.issue_rab(ticket, rab)
    return Outcome(text=note, data={"version": rab.version, "number": rab.number, "total_rp": rab.total_rp})


def return_rab(ticket: Ticket, by: Actor, note: str) -> Outcome:
    """N6: a new version begins as a copy of the returned one."""
    rab = decide_rab(ticket, by, "returned", note, "return_rab")
    drafted_by = rab.drafted_by
    draft_rab(ticket, drafted_by)
    return Outcome(text=note, data={"version": rab.version})


def revise_rab(ticket: Ticket, by: Actor, reason: str) -> None:
    rab = approved_rab(ticket)
    if rab is not None:
        rab.decision, rab.decision_note = "replaced", reason
        void_documents(ticket, "rab", _("Diganti RAB baru."))
    draft_rab(ticket, by.staff)


def answer_rab(ticket: Ticket, by: Actor, form: asks.AnswerForm, agreed: State, declined: State) -> Outcome:
    """N6b: who decides for the unit, and how."""
    rab = approved_rab(ticket)
    wants_letter = by.kind == "staff" or bool(setting.get("unit_answer_needs_letter"))
    if wants_letter and not form.files:
        form.lack_files(_("Lampirkan surat jawaban yang ditandatangani pimpinan unit."))
        raise StepRefused(_("Surat jawaban unit belum dilampirkan."), "form", form)
    if rab is None:
        raise StepRefused(_("Tidak ada RAB yang menunggu jawaban."), "stale")
    rab.answered_at, rab.is_agreed = utcnow(), form.answer.data == "agree"
    rab.answered_by = f"{form.decided_by.data}, {form.decided_as.data}"
    data = {"agreed": rab.is_agreed, "decided_by": rab.answered_by}
    return Outcome(agreed if rab.is_agreed else declined, form.reason.data or "", data)


def note_reminded(ticket: Ticket) -> None:
    rab = approved_rab(ticket)
    if rab is not None:
        rab.reminded_at = utcnow()
