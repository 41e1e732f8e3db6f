"""What N1 and N2 write: letters and dispositions."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select

from models.base.db import db, utcnow
from models.base.wording import on_date, today
from models.installation.survey import InstallationRequest, letter_and_request
from models.organisation.office_number import take_number
from models.organisation.roles import Division
from models.organisation.staff import Group, Staff
from models.tickets.issued_document import void_documents
from models.tickets.letter import Disposition, RequestLetter
from models.tickets.ticket import Participant, Ticket
from procedures.engine import catalog
from procedures.engine.declaration import Actor, Outcome
from procedures.engine.rights import right_to
from procedures.installation import documents as documents
from procedures.installation import forms as asks
from procedures.tickets.distribution import front_desk

Disposed = asks.InstallationDispositionForm | asks.SheetDispositionForm


def letter_of(ticket: Ticket) -> RequestLetter:
    return letter_and_request(ticket)[0]


def acting_for(ticket: Ticket, by: Actor, step_name: str) -> str:
    """In whose name a delegate takes this step, worded; empty in one's own."""
    right = right_to(catalog.get(ticket.procedure).steps[step_name], ticket, by)
    return right.on_behalf_of if right else ""


def receive_letter(ticket: Ticket, form: asks.LetterForm, by: str) -> Outcome:
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
    documents.issue_letter_receipt(ticket, letter, by if ticket.channel == "letter" else "Meja Layanan")
    return Outcome(text="", data={"agenda": letter.agenda_number, **form.twin_facts})


def enter_letter(ticket: Ticket, form: asks.LetterEntryForm, by: str) -> Outcome:
    """N1b: the same, for a letter that came on paper."""
    ticket.channel, ticket.received_at = "letter", form.received_utc
    return receive_letter(ticket, form, by)


def complete_letter(ticket: Ticket, by: Actor, form: asks.CompletionForm) -> Outcome:
    """N2c: what the unit adds, and its letter's number, date and points where they were wrong; a new receipt then."""
    letter, asked = letter_and_request(ticket)
    places = {"letter_number": (letter, "number"), "letter_date": (letter, "dated_on"), "points": (asked, "points")}
    corrected: dict[str, tuple[str, str]] = {}
    for name, (row, column) in places.items():
        before, now = getattr(row, column), form[name].data
        if now and now != before:
            corrected[name] = (_shown(before), _shown(now))
            setattr(row, column, now)
    if corrected:
        db.session.flush()
        void_documents(ticket, "letter", _("Surat diperbaiki unit."))
        documents.issue_letter_receipt(ticket, letter, by.name if by.kind == "staff" else "Meja Layanan")
    lines = [f"{form[name].label.text}: {before} → {now}" for name, (before, now) in corrected.items()]
    return Outcome(text="\n".join([form.text.data, *lines]), data={"corrected": corrected} if corrected else {})


def _shown(value: str | int | date | None) -> str:
    return on_date(value) if isinstance(value, date) else str(value)


def dispose(
    ticket: Ticket,
    by: Actor,
    form: asks.InstallationDispositionForm | asks.SheetDispositionForm,
    on_paper: bool = False,
) -> Outcome:
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
    documents.issue_disposition(ticket, letter, number)
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


def pass_on(ticket: Ticket, by: Actor, form: asks.OnwardForm) -> Outcome:
    """N2: one onward disposition for each person named."""
    letter = letter_of(ticket)
    people = people_named(form.people.data)
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


def people_named(staff_ids: Iterable[int]) -> list[Staff]:
    """In the order in which they were named."""
    return [db.session.get_one(Staff, staff_id) for staff_id in staff_ids]


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
