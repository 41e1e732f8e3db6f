"""Who goes to the place and when: the surveyors of N3, the installers of N7b."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, time

from sqlalchemy import update

from mails.installation import notices
from mails.recipients import Recipient
from models.base.db import db, utcnow
from models.base.wording import WIB, on_date, on_date_at
from models.installation.survey import Appointment
from models.organisation.staff import Staff
from models.tickets.ticket import Participant, Ticket
from procedures.engine.declaration import Outcome
from procedures.installation import forms as asks
from procedures.installation.letters import people_named
from procedures.installation.surveys_and_tests import open_survey

Crew = asks.VisitForm | asks.InstallersForm  # who goes, and when


def appoint_surveyors(ticket: Ticket, form: asks.VisitForm) -> Outcome:
    """N3: the surveyors and the moment; their form lies ready."""
    open_survey(ticket)
    crew = _appoint(ticket, "survey", form.people.data, form.starts_utc, None, form.text.data or "")
    return _appointed(ticket, crew, form, notices.survey_assigned)


def appoint_installers(ticket: Ticket, form: asks.InstallersForm) -> Outcome:
    """N7b: the installers, from 08.00 of the first day to the last one planned."""
    begins = datetime.combine(form.starts_on.data, time(8), WIB).astimezone(UTC)
    crew = _appoint(ticket, "installation", form.people.data, begins, form.ends_on.data, form.text.data or "")
    return _appointed(ticket, crew, form, notices.installation_assigned)


def _appointed(ticket: Ticket, crew: Sequence[Staff], form: Crew, notice: Callable[..., None]) -> Outcome:
    _tell_others(ticket, crew, notice)
    return Outcome(text=_visit_words(crew, form), data={"people": [one.name for one in crew]})


def _appoint(
    ticket: Ticket, purpose: str, staff_ids: Iterable[int], starts_at: datetime | None, ends_on: date | None, note: str
) -> list[Staff]:
    """N3, N7: the crew of the coming visit, in the place of one named before; the first is at work on the ticket."""
    db.session.execute(
        update(Appointment)
        .where(Appointment.ticket_id == ticket.id, Appointment.purpose == purpose)
        .values(is_current=False)
    )
    crew = people_named(staff_ids)
    for person in crew:
        db.session.add(
            Appointment(
                ticket_id=ticket.id,
                staff_id=person.id,
                purpose=purpose,
                starts_at=starts_at or utcnow(),
                ends_on=ends_on,
                note=note,
            )
        )
        Participant.add(ticket.id, person.id)
    ticket.assignee, ticket.assignee_id = crew[0], crew[0].id
    db.session.flush()
    return crew


def _tell_others(ticket: Ticket, crew: Sequence[Staff], notice: Callable[..., None]) -> None:
    """The engine tells the person at work; the rest of the crew is told here."""
    for person in crew[1:]:
        notice(ticket, None, Recipient(person.email, person.name, person.language, is_staff=True))


def _visit_words(crew: Sequence[Staff], form: Crew) -> str:
    """Who goes when, as the history tells it; then the message to them."""
    if isinstance(form, asks.VisitForm):
        when = on_date_at(form.starts_utc) if form.starts_utc else ""
    else:
        when = on_date(form.starts_on.data)
    return "\n".join(part for part in (f"{', '.join(one.name for one in crew)}: {when}", form.text.data) if part)
