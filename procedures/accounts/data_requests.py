"""Takes down a request about one's own data and answers it: a correction, or an objection to what is done with it.

What is granted of a correction is mended by the forms that there are (of the ticket, of the register). A granted
objection holds back every mail to that address about what was asked until then; the ticket's page stays readable.
"""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from wtforms import BooleanField, SelectField

from mails.accounts.data_notices import data_answered, data_requested
from models.accounts.identity_check import PROOF_KINDS
from models.accounts.person import Person
from models.base.columns.json_value import Json
from models.base.db import db, utcnow, write_transaction
from models.organisation import audit
from models.organisation.staff import Staff
from models.tickets.mailing.data_request import KINDS, OUTCOMES, DataRequest
from models.tickets.ticket import Ticket
from procedures.base.form_fields import StepForm, required, text_field

MOST_WAITING = 5  # of one ticket, so that nobody buries the desk under requests


class DataRequestForm(StepForm):
    """What the holder of a ticket asks on its page."""

    kind = SelectField(_l("Yang Anda minta"), choices=list(KINDS.items()))
    text = text_field(_l("Data mana, dan apa yang benar atau mengapa Anda berkeberatan"), 2_000)


class DeskDataRequestForm(DataRequestForm):
    """The same, taken down from somebody who is there and has shown who they are."""

    proof_kind = SelectField(_l("Bukti diri yang ditunjukkan"), choices=list(PROOF_KINDS.items()))
    is_present = BooleanField(
        _l("Orangnya hadir dan bukti dirinya cocok dengan register"),
        validators=[required(_l("Permintaan hanya dicatat dari orangnya sendiri yang hadir dengan bukti diri."))],
    )


class DataAnswerForm(StepForm):
    """The desk's answer, which the person reads."""

    outcome = SelectField(_l("Keputusan"), choices=list(OUTCOMES.items()))
    answer = text_field(_l("Jawaban, dibaca orangnya"), 2_000)


class RequestRefused(Exception):
    """It cannot be taken down or answered now; the text says why."""


def ask_by_holder(ticket_id: int, form: DataRequestForm, ip: str = "") -> int:
    """From the page of a ticket, by who holds it. The same request sent twice is one. Raises RequestRefused."""
    with write_transaction():
        ticket = db.session.get_one(Ticket, ticket_id, with_for_update={"key_share": True})
        waiting = select(DataRequest).where(DataRequest.ticket_id == ticket_id, DataRequest.answered_at.is_(None))
        rows = list(db.session.scalars(waiting).unique())
        same = next((row for row in rows if (row.kind, row.text) == (form.kind.data, form.text.data)), None)
        if same is not None:
            return same.id
        if len(rows) >= MOST_WAITING:
            raise RequestRefused(_("Permintaan Anda sebelumnya masih menunggu jawaban. Tunggu jawabannya dahulu."))
        row = DataRequest(
            kind=form.kind.data,
            ticket_id=ticket_id,
            name=ticket.requester_name,
            text=form.text.data,
            email=ticket.requester_email,
            language=ticket.language,
        )
        return _taken_down(row, None, {"kind": row.kind}, ip)


def ask_at_desk(person_id: int, by: Staff, form: DeskDataRequestForm, ip: str = "") -> int:
    """Taken down at the desk, of somebody in the register."""
    with write_transaction():
        person = db.session.get_one(Person, person_id)
        row = DataRequest(
            kind=form.kind.data,
            person_id=person_id,
            name=person.name,
            text=form.text.data,
            email=person.email,
            asked_by_id=by.id,
        )
        return _taken_down(row, by, {"kind": row.kind, "proof": form.proof_kind.data}, ip)


def _taken_down(row: DataRequest, by: Staff | None, facts: dict[str, str], ip: str) -> int:
    db.session.add(row)
    db.session.flush()
    audit.record(
        "data_asked", "DataRequest", row.id, staff=by, actor_name=row.name if by is None else "", diff=facts, ip=ip
    )
    data_requested(row)
    return row.id


def answer(request_id: int, by: Staff, form: DataAnswerForm, ip: str = "") -> None:
    """Answer it once; the person gets the sentence by mail. Raises RequestRefused where somebody else was first."""
    staff_id = by.id
    with write_transaction():
        query = select(DataRequest).where(DataRequest.id == request_id).with_for_update(of=DataRequest)
        row = db.session.scalars(query).unique().one()
        if row.answered_at is not None:
            raise RequestRefused(_("Permintaan ini sudah dijawab orang lain. Muat ulang halaman untuk membacanya."))
        row.outcome, row.answer = form.outcome.data, form.answer.data
        row.answered_at, row.answered_by_id = utcnow(), staff_id
        staff = db.session.get_one(Staff, staff_id)
        facts: dict[str, Json] = {"outcome": row.outcome, "kind": row.kind, "late": row.is_late}
        audit.record("data_answered", "DataRequest", row.id, staff=staff, diff=facts, ip=ip)
        data_answered(row)
