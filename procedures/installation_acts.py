"""What the steps of an installation write: letters, dispositions, surveys, RABs, tests; they move no ticket."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select, update

from mails.recipients import Recipient
from models import setting
from models.db import db, utcnow
from models.installation import QualityTest, Recheck, TestPoint, latest_test
from models.issued_paper import void_papers
from models.letter import Disposition, RequestLetter
from models.office_number import take_number
from models.rab import Rab, RabLine, approved_rab, latest_rab, price_list
from models.staff import Division, Group, Staff
from models.survey import Appointment, InstallationRequest, Survey, SurveyMaterial, appointed, survey_of
from models.ticket import Participant, Ticket
from models.wording import on_date, on_date_at, rupiah
from procedures import catalog
from procedures import installation_papers as papers
from procedures.complaint import front_desk
from procedures.declaration import Actor, Outcome
from procedures.engine import StepRefused
from procedures.installation_bills import (
    cancel_bill,
    cosign_bill,
    issue_bill,
    note_payment_reminded,
    owed_by_rab,
    record_payment,
)
from procedures.installation_forms import today
from procedures.rights import right_to

__all__ = ["cancel_bill", "cosign_bill", "issue_bill", "note_payment_reminded", "record_payment"]


def letter_of(ticket: Ticket) -> RequestLetter:
    return db.session.scalars(select(RequestLetter).where(RequestLetter.ticket_id == ticket.id)).one()


def acting_for(ticket: Ticket, by: Actor, step_name: str) -> str:
    """In whose name a delegate takes this step, worded; empty in one's own."""
    right = right_to(catalog.get(ticket.procedure).steps[step_name], ticket, by)
    return right.on_behalf_of if right else ""


def receive_letter(ticket: Ticket, form: Any, by: str) -> Outcome:
    """N1: the letter gets its agenda number and its receipt; the folder lies at the front desk."""
    ticket.requester_name, ticket.requester_email = form.name.data, form.email.data or ""
    ticket.requester_phone, ticket.subject = form.phone.data or "", form.subject.data
    ticket.description, ticket.unit_id = form.purpose.data, form.unit.data
    ticket.group = front_desk()
    ticket.group_id = ticket.group.id
    db.session.add(ticket)
    db.session.flush()
    db.session.refresh(ticket, ["unit"])
    letter = RequestLetter(
        ticket_id=ticket.id,
        agenda_number=take_number("agenda", today()),
        number=form.letter_number.data,
        dated_on=form.letter_date.data,
        subject=form.subject.data,
        signed_by=form.signed_by.data,
        signed_as=form.signed_as.data,
        acknowledged_by=form.acknowledged_by.data or "",
        acknowledged_as=form.acknowledged_as.data or "",
        received_at=ticket.received_at,
    )
    asked = InstallationRequest(
        ticket_id=ticket.id,
        building=form.building.data,
        floor=form.floor.data or "",
        room=form.room.data or "",
        points=form.points.data,
        purpose=form.purpose.data,
        contact_name=form.contact_name.data or form.name.data,
        contact_phone=form.contact_phone.data or form.phone.data or "",
        contact_email=form.email.data or "",
    )
    db.session.add_all([letter, asked])
    db.session.flush()
    papers.issue_letter_receipt(ticket, letter, by if ticket.channel == "letter" else "Meja Layanan")
    return Outcome(text="", data={"agenda": letter.agenda_number})


def dispose(ticket: Ticket, by: Actor, form: Any, on_paper: bool = False) -> Outcome:
    """N2: the instruction, its sheet, and the folder's way to the networking division."""
    number = take_number("disposition", today())
    letter = letter_of(ticket)
    letter.dispositions.append(
        Disposition(
            agenda_number=number,
            made_by_id=by.staff.id,
            on_behalf_of=_for_disposing(ticket, by, on_paper),
            to_division=Division.NETWORKING.value,
            instruction=form.text.data,
            target_on=form.target_on.data,
            is_on_paper=on_paper,
            made_by=by.staff,
        )
    )
    db.session.flush()
    papers.issue_disposition(ticket, letter, number)
    _hand_to_networking(ticket)
    return Outcome(data={"number": number, "target_on": _day(form.target_on.data), "on_paper": on_paper})


def _for_disposing(ticket: Ticket, by: Actor, on_paper: bool) -> str:
    return "" if on_paper else acting_for(ticket, by, "dispose")


def _hand_to_networking(ticket: Ticket) -> None:
    query = select(Group).where(Group.division == Division.NETWORKING.value, Group.is_active).order_by(Group.id)
    ticket.group = db.session.scalars(query).first() or ticket.group
    ticket.group_id = ticket.group.id


def confirm_disposition(ticket: Ticket, by: Actor) -> None:
    for one in letter_of(ticket).dispositions:
        if not one.is_confirmed:
            one.confirmed_at, one.confirmed_by_id, one.confirmed_by = utcnow(), by.staff.id, by.staff


def pass_on(ticket: Ticket, by: Actor, form: Any) -> Outcome:
    """N2: one onward disposition for each person named."""
    letter = letter_of(ticket)
    people = _people(form.people.data)
    for person in people:
        letter.dispositions.append(
            Disposition(
                parent_id=letter.dispositions[0].id,
                made_by_id=by.staff.id,
                made_by=by.staff,
                to_staff_id=person.id,
                to_staff=person,
                instruction=form.text.data,
                target_on=form.target_on.data,
                on_behalf_of=acting_for(ticket, by, "pass_on"),
            )
        )
        Participant.add(ticket.id, person.id)
    ticket.assignee, ticket.assignee_id = people[0], people[0].id
    return Outcome(data={"people": [person.name for person in people]})


def appoint(
    ticket: Ticket, purpose: str, staff_ids: Iterable[int], starts_at: datetime | None, ends_on: date | None, note: str
) -> list[Staff]:
    """N3, N7: the crew of the coming visit, in the place of one named before; the first is at work on the ticket."""
    db.session.execute(
        update(Appointment)
        .where(Appointment.ticket_id == ticket.id, Appointment.purpose == purpose)
        .values(is_current=False)
    )
    crew = _people(staff_ids)
    for person in crew:
        db.session.add(
            Appointment(ticket_id=ticket.id, staff_id=person.id, purpose=purpose, starts_at=starts_at or utcnow(),
                        ends_on=ends_on, note=note)
        )  # fmt: skip
        Participant.add(ticket.id, person.id)
    ticket.assignee, ticket.assignee_id = crew[0], crew[0].id
    db.session.flush()
    return crew


def _people(staff_ids: Iterable[int]) -> list[Staff]:
    return [db.session.get_one(Staff, staff_id) for staff_id in staff_ids]


def tell_others(ticket: Ticket, crew: Sequence[Staff], notice: Callable[..., None]) -> None:
    """The engine tells the person at work; the rest of the crew is told here."""
    for person in crew[1:]:
        notice(ticket, None, Recipient(person.email, person.name, person.language, is_staff=True))


def visit_words(crew: Sequence[Staff], form: Any) -> str:
    """Who goes when, as the history tells it; then the message to them."""
    when = on_date_at(form.starts_utc) if "starts_at" in form else on_date(form.starts_on.data)
    return "\n".join(part for part in (f"{', '.join(one.name for one in crew)}: {when}", form.text.data) if part)


def verdict_words(test: QualityTest) -> str:
    failed = [point.name for point in test.points if point.failures]
    words = _("Putaran %(n)s: lulus.", n=test.round) if test.passed else _("Putaran %(n)s: tidak lulus.", n=test.round)
    return f"{words} {', '.join(failed[:10])}".strip()


def open_survey(ticket: Ticket) -> Survey:
    """The draft of this round, made where there is none yet."""
    survey = survey_of(ticket)
    if survey is None or survey.sent_at is not None:
        survey = Survey(ticket_id=ticket.id, round=survey.round + 1 if survey else 1)
        db.session.add(survey)
        db.session.flush()
    return survey


def send_survey(ticket: Ticket, by: Actor) -> Survey:
    """N4: the draft becomes the report, with a number and its paper."""
    survey = open_survey(ticket)
    survey.sent_at, survey.sent_by_id, survey.sent_by = utcnow(), by.staff.id, by.staff
    survey.surveyed_on = survey.surveyed_on or today()
    survey.number = take_number("survey", today())
    db.session.flush()
    papers.issue_survey(ticket, survey)
    if survey.result != "infeasible":
        draft_rab(ticket, by.staff)
    return survey


def draft_rab(ticket: Ticket, by: Staff) -> Rab:
    """The draft in hand; a new version begins as a copy of the last, the first one with the survey's material."""
    last = latest_rab(ticket)
    if last is not None and last.is_draft:
        return last
    percent = str(setting.get("ppn_percent")).strip().replace(",", ".")
    rab = Rab(
        ticket_id=ticket.id,
        version=last.version + 1 if last else 1,
        drafted_by_id=by.id,
        drafted_by=by,
        valid_until=today() + timedelta(days=int(setting.get("rab_valid_days"))),
        working_days=last.working_days if last else 5,
        notes=last.notes if last else "",
        ppn_percent=percent or None,
        ppn_base=str(setting.get("ppn_base")),
    )
    survey = survey_of(ticket)
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
            RabLine(position=position, section=item.section if item else "material", code=needed.code,
                    description=needed.description, volume=needed.volume, measure=needed.measure,
                    price_rp=item.price_rp if item else 0)
        )  # fmt: skip
    return lines


def submit_rab(ticket: Ticket, by: Actor) -> Outcome:
    """N5: the draft is closed for good and waits for the decision."""
    rab = latest_rab(ticket)
    if rab is None:
        raise StepRefused(_("RAB belum diisi."), "need")
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
    """N6: the approved version gets its number and its paper."""
    rab = decide_rab(ticket, by, "approved", note, "approve_rab")
    rab.number = take_number("rab", today())
    db.session.flush()
    papers.issue_rab(ticket, rab)
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
        void_papers(ticket, "rab", _("Diganti RAB baru."))
    draft_rab(ticket, by.staff)


def answer_rab(ticket: Ticket, by: Actor, form: Any) -> tuple[bool, dict[str, Any]]:
    """N6b: who decides for the unit, and how."""
    rab = approved_rab(ticket)
    wants_letter = by.kind == "staff" or bool(setting.get("unit_answer_needs_letter"))
    if wants_letter and not form.files:
        form.decided_by.errors = [_("Lampirkan surat jawaban yang ditandatangani pimpinan unit.")]
        raise StepRefused(_("Surat jawaban unit belum dilampirkan."), "form", form)
    if rab is None:
        raise StepRefused(_("Tidak ada RAB yang menunggu jawaban."), "stale")
    agreed = form.answer.data == "agree"
    rab.answered_at, rab.is_agreed = utcnow(), agreed
    rab.answered_by = f"{form.decided_by.data}, {form.decided_as.data}"
    return agreed, {"agreed": agreed, "decided_by": rab.answered_by}


def note_reminded(ticket: Ticket) -> None:
    rab = approved_rab(ticket)
    if rab is not None:
        rab.reminded_at = utcnow()


def open_test(ticket: Ticket) -> QualityTest:
    """The draft of the coming round; its points are those of the round before, or those of the survey."""
    last = latest_test(ticket)
    if last is not None and last.sent_at is None:
        return last
    test = QualityTest(ticket_id=ticket.id, round=last.round + 1 if last else 1)
    test.points = [_point_again(point) for point in last.points] if last else _points_of(survey_of(ticket))
    db.session.add(test)
    db.session.flush()
    return test


def _point_again(point: TestPoint) -> TestPoint:
    return TestPoint(position=point.position, name=point.name, connection=point.connection,
                     nominal_mbps=point.nominal_mbps, failures=[])  # fmt: skip


def _points_of(survey: Survey | None) -> list[TestPoint]:
    places = [point.location for point in survey.points for _one in range(point.count)] if survey else []
    return [
        TestPoint(position=number, name=f"{number:02} {place}"[:80], connection="wired", nominal_mbps=1000, failures=[])
        for number, place in enumerate(places[:500], 1)
    ]


def send_test(ticket: Ticket, by: Actor) -> tuple[QualityTest, int]:
    """N7: the verdict is computed and kept, and the report issued; also says what the RAB comes to."""
    test = open_test(ticket)
    test.sent_at, test.tested_by_id, test.tested_by = utcnow(), by.staff.id, by.staff
    test.judge()
    test.number = take_number("test", today())
    db.session.flush()
    papers.issue_test(ticket, test)
    return test, owed_by_rab(ticket)


def recheck(ticket: Ticket, by: Actor, findings: str, action: str) -> Recheck:
    """N9: findings and action, then the next round of tests."""
    failed = latest_test(ticket)
    if failed is None:
        raise StepRefused(_("Belum ada uji yang gagal."), "need")
    made = Recheck(test_id=failed.id, findings=findings, action=action, made_by_id=by.staff.id)
    db.session.add(made)
    db.session.flush()
    open_test(ticket)
    return made


def crew_of(ticket: Ticket, purpose: str) -> list[str]:
    return [one.staff.name for one in appointed(ticket, purpose)]


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
