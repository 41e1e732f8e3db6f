"""Ties complaints to an outage, and ends them with it or lets them go on."""

from __future__ import annotations

from collections.abc import Collection, Hashable

from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from wtforms import SelectField

from mails.tickets import notices
from models.base import setting
from models.base.db import db, utcnow
from models.base.wording import short_when, today
from models.organisation.delegation import groups_near, roles_of
from models.organisation.roles import SEES_ALL, Role
from models.organisation.staff import Staff
from models.outages.open_outages import OpenOutage, open_outage_places, tied_to
from models.outages.outage import Outage
from models.tickets.ticket import Ticket
from procedures.base.date_fields import as_utc
from procedures.base.form_fields import StepForm, required, text_field
from procedures.engine import take_step
from procedures.engine.declaration import PRODUCT, Actor, Given, Outcome, Who
from procedures.engine.locks import also_touches
from procedures.engine.step_facts import also, needs, says, tells
from procedures.outages import forms, records
from procedures.outages.records import Sighting
from procedures.tickets import complaint
from procedures.tickets.complaint_states import At, C
from procedures.tickets.forms import ReasonForm

DECLARED_BEFORE = complaint  # the steps of the paper stand first
WORKED_ON = (At.WITH_GROUP, At.IN_PROGRESS)


class TieForm(StepForm):
    """Which open outage this complaint belongs to."""

    # The field and the facts of the event keep the name under which they are stored in drafts and histories.
    incident = SelectField(_l("Gangguan"), coerce=int, validators=[required(_l("Pilih gangguannya."))])
    text = text_field(_l("Catatan"), 1_000, needed=False)

    def prepare(self) -> None:
        super().prepare()
        is_sent = self.incident.raw_data is not None
        self.open = open_outage_places() if is_sent else open_outages_shown()
        self.reader: Staff | None = None
        self.offer()

    def offer(self, near: Collection[int] = ()) -> None:
        """Those of the units `near` first, each newest first; whoever sees the outage's ticket reads its subject."""
        seen = groups_seen(self.reader)
        found = sorted(self.open, key=lambda outage: not _is_near(outage, near))
        self.incident.choices = [(0, "—"), *((each.ticket_id, _label(each, near, seen)) for each in found)]

    def is_read_by(self, staff: Staff) -> None:
        self.reader = staff

    def is_about(self, ticket: Ticket) -> None:
        self.offer(units_near(ticket))


def units_near(ticket: Ticket) -> list[int]:
    """The ticket's unit and the one above it."""
    above = ticket.unit.parent_id if ticket.unit else None
    return [unit for unit in (ticket.unit_id, above) if unit]


def what_tie_offers(ticket: Ticket, staff: Staff) -> tuple[Hashable, ...]:
    """All that the choices of TieForm differ by from ticket to ticket and reader to reader, beside the language."""
    near, seen = units_near(ticket), groups_seen(staff)
    return today(), *((each.began_at, _name(each, seen), _is_near(each, near)) for each in open_outages_shown())


def open_outages_shown() -> list[OpenOutage]:
    """As they were at most setting.CACHE_SECONDS ago; a form that was sent is held against those of the moment."""
    return setting.recent("open outages", open_outage_places)


def groups_seen(staff: Staff | None) -> Collection[int] | None:
    """The groups whose tickets this person sees by role or group; None where these are all."""
    roles = roles_of(staff) if staff else frozenset[Role]()
    if not roles.isdisjoint(SEES_ALL):
        return None
    return groups_near(staff, roles)[0] if staff else ()


def _label(outage: OpenOutage, near: Collection[int], seen: Collection[int] | None) -> str:
    """As its ticket calls it; for who does not see the ticket its places, which any member of staff may read."""
    own = [_("unit pengaduan ini")] if _is_near(outage, near) else []
    return " · ".join([*_name(outage, seen), short_when(outage.began_at, utcnow(), str(get_locale() or "id")), *own])


def _name(outage: OpenOutage, seen: Collection[int] | None) -> tuple[str, str]:
    """(its subject, or its places for who does not see the ticket; its number)."""
    is_seen = seen is None or outage.group_id in seen
    return outage.subject if is_seen else ", ".join(sorted(outage.places)[:3]), outage.number


def _is_near(outage: OpenOutage, near: Collection[int]) -> bool:
    return not outage.unit_ids.isdisjoint(near)


@also_touches("tie")
def chosen_outage(_ticket_id: int, form: Given) -> list[int]:
    """The outage to which the complaint is to be tied."""
    return [form.incident.data] if isinstance(form, TieForm) and form.incident.data else []


@also_touches("end", "end_unconfirmed", "end_false_alarm", "cancel", "join_outage")
def tied_ids(ticket_id: int, form: Given) -> list[int]:
    """The complaints tied to an outage, which end or go on with it, and the outage that it joins."""
    other = [form.id] if isinstance(form, Ticket) else []
    return [*other, *db.session.scalars(select(Ticket.id).where(Ticket.incident_id == ticket_id))]


def is_tied(ticket: Ticket, _by: Actor) -> bool:
    return ticket.incident_id is not None


def is_untied(ticket: Ticket, _by: Actor) -> bool:
    return ticket.incident_id is None


@C.step(None, _l("Ikat ke gangguan"), (Who.MEMBER, Role.OPERATOR), WORKED_ON, None)
@needs(is_untied, _l("Tiket ini sudah terikat pada sebuah gangguan."))
@says(_l("Pemohon dikabari bersama yang lain, dan tiket ini selesai bersama gangguan itu."))
@also(is_common=True, kind="system")
def tie(ticket: Ticket, by: Actor, form: TieForm) -> Outcome:
    """The complaint is tied to an open outage, and ends with it."""
    outage = db.session.get_one(Outage, form.incident.data)
    ticket.incident_id = outage.ticket_id
    return Outcome(data={"incident": outage.ticket.number})


@C.step(None, _l("Lepas dari gangguan"), (Who.MEMBER, Role.OPERATOR), WORKED_ON, None)
@needs(is_tied, _l("Tiket ini tidak terikat pada gangguan."))
@also(is_common=True, kind="system")
def untie(ticket: Ticket, by: Actor, form: ReasonForm) -> None:
    """The complaint turns out to be something else, and goes on by itself."""
    ticket.incident_id = None


@C.step(None, _l("Buka gangguan jaringan"), (Role.STAFF_NETWORKING, Role.HEAD_NETWORKING), WORKED_ON, None)
@needs(is_untied, _l("Tiket ini sudah terikat pada sebuah gangguan."))
@says(_l("Satu gangguan dibuka dari pengaduan ini, dan pengaduan ini terikat padanya."))
@also(is_common=True, kind="system")
def open_outage(ticket: Ticket, by: Actor, form: forms.NetworkFaultForm) -> Outcome:
    """A complaint opens a network outage and is tied to it."""
    seen = Sighting(
        form.subject.data,
        form.description.data,
        node_id=form.node.data or None,
        unit_ids=(form.unit.data,) if form.unit.data else (),
        began_at=as_utc(form.began_at) or ticket.received_at,
        source="complaint",
    )
    outage = take_step.open_ticket("network_outage", "open_from_complaint", by, seen)
    ticket.incident_id = outage.id
    return Outcome(text="", data={"incident": outage.number})


@C.step(None, _l("Selesai bersama gangguan"), Who.PRODUCT, WORKED_ON, At.RESOLVED)
@tells(notices.resolved, Who.REQUESTER)
@also(is_common=True, is_public=True)
def resolve_with_incident(ticket: Ticket, by: Actor, form: tuple[str, str]) -> Outcome:
    """The outage has ended: the complaint tied to it is resolved with its cause and solution."""
    cause, solution = form
    take_step.resume(ticket)
    ticket.cause, ticket.solution = cause, solution
    ticket.resolved_at, ticket.warned_at = utcnow(), None
    outage = db.session.get(Ticket, ticket.incident_id) if ticket.incident_id else None
    return Outcome(text=solution, data={"cause": cause, "outage": outage.number if outage else ""})


@C.step(None, _l("Gangguannya tidak terbukti"), Who.PRODUCT, WORKED_ON, None)
@also(is_common=True)
def release(ticket: Ticket, by: Actor, form: str) -> Outcome:
    """The outage was none: the complaint goes on by itself."""
    ticket.incident_id = None
    return Outcome(text=_("Gangguannya tidak terbukti: %(why)s", why=form))


def resolve_all(outage: Ticket, cause: str, solution: str) -> None:
    """Resolve every complaint that is tied and being worked on, in the running transaction."""
    for ticket in tied_to([outage.id]):
        if ticket.procedure == "complaint" and ticket.state in WORKED_ON:
            take_step.take_step(ticket, "resolve_with_incident", PRODUCT, (cause, solution))


def release_all(outage: Ticket, why: str) -> None:
    """Let every complaint tied to an outage that was none go on by itself."""
    for ticket in tied_to([outage.id]):
        if ticket.procedure == "complaint" and ticket.state in WORKED_ON:
            take_step.take_step(ticket, "release", PRODUCT, why)


def end_with_complaints(outage: Ticket, form: forms.EndForm) -> Outcome:
    """L10b, W6b: the outage ends with its cause and time down, and the complaints tied to it with it."""
    ended = records.end_outage(outage, form)
    resolve_all(outage, form.cause.data, form.text.data)
    return Outcome(data={"minutes": int(ended.duration.total_seconds() // 60), "no_proof": ended.no_proof_reason})


def close_and_release(outage: Ticket, why: str) -> None:
    """The outage was none: it ends, and the complaints tied to it go on by themselves."""
    records.close_outage(outage)
    release_all(outage, why)


def tie_to_another(outage: Ticket, other: Ticket) -> None:
    """The complaints tied to an outage go on with the one that it turned out to be part of."""
    for ticket in tied_to([outage.id]):
        ticket.incident_id = other.id
