"""What the steps of both outage procedures write: outages, estimates, calls, reports."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from models.base.columns.json_value import Json
from models.base.db import db, utcnow
from models.organisation.roles import Division
from models.organisation.staff import Group, Staff
from models.organisation.unit import Contact, Unit
from models.outages.network import Node, WebService, topology, units_served
from models.outages.outage import (
    ContactCall,
    Estimate,
    FieldReport,
    Outage,
    OutageCrew,
    is_sent,
    outage_row_of,
    set_reach,
)
from models.tickets.ticket import Participant, Ticket
from procedures.base.date_fields import as_utc
from procedures.engine.declaration import Actor, Outcome
from procedures.engine.take_step import StepRefused
from procedures.outages import forms

Reported = forms.NetworkReportForm | forms.ServiceReportForm
Estimated = forms.EstimateMixin | forms.UpdateForm


@dataclass(frozen=True)
class Sighting:
    """What the monitor, an alert or a complaint saw; takes the place of a form."""

    subject: str
    description: str = ""
    node_id: int | None = None
    service_id: int | None = None
    unit_ids: tuple[int, ...] = ()
    behind: frozenset[int] = frozenset()
    began_at: datetime | None = None
    source: str = "monitor"
    reporter: tuple[str, str, str] = ("", "", "")  # name, e-mail, telephone
    channel: str = ""  # by which a person's report came


def reported(form: Reported, **place: Any) -> Sighting:
    """What a person reported by hand; `place` is what failed, where that is known."""
    reporter = (form.reporter_name.data or "", form.reporter_email.data or "", form.reporter_phone.data or "")
    return Sighting(
        form.subject.data,
        form.description.data,
        began_at=as_utc(form.began_at),
        source="hand",
        reporter=reporter,
        channel=form.channel.data,
        **place,
    )


def outage_of(ticket: Ticket) -> Outage:
    found = outage_row_of(ticket)
    if found is None:
        raise LookupError(f"ticket {ticket.id} has no outage")
    return found


def group_of(division: Division) -> Group:
    """The division's first active group: where its outages lie."""
    query = select(Group).where(Group.division == division.value).order_by(Group.is_active.desc(), Group.id)
    return db.session.scalars(query).first() or db.session.scalars(select(Group).order_by(Group.id)).one()


def open_outage(ticket: Ticket, seen: Sighting, kind: str, division: Division) -> Outage:
    """Fill the folder of a new outage: subject, group, cause and reach."""
    ticket.group = group_of(division)
    ticket.group_id = ticket.group.id
    ticket.subject, ticket.description = seen.subject[:200], seen.description
    ticket.channel = "monitor" if seen.source in ("monitor", "alert") else seen.channel or ticket.channel
    ticket.unit_id = seen.unit_ids[0] if seen.unit_ids else None
    ticket.requester_name, ticket.requester_email, ticket.requester_phone = seen.reporter
    db.session.add(ticket)
    db.session.flush()
    outage = Outage(
        ticket_id=ticket.id,
        kind=kind,
        source=seen.source,
        cause_node_id=seen.node_id,
        service_id=seen.service_id,
        began_at=min(seen.began_at or utcnow(), utcnow()),
    )
    db.session.add(outage)
    db.session.flush()
    if seen.service_id:
        service = db.session.get_one(WebService, seen.service_id)
        outage.managed_by = service.managed_by
        outage.units = [service.unit] if service.unit else []
    reach(outage, seen.node_id, seen.behind, seen.unit_ids)
    return outage


def reach(outage: Outage, node_id: int | None, behind: Iterable[int], unit_ids: Iterable[int] = ()) -> None:
    """Cause, everything behind it, and the units that these serve."""
    ids = ({node_id} if node_id else set()) | set(behind)
    if node_id and not set(behind):
        ids |= topology().behind(node_id)
    nodes = list(db.session.scalars(select(Node).where(Node.id.in_(ids)))) if ids else []
    units = {unit.id: unit for unit in units_served(ids)} if ids else {}
    for unit_id in unit_ids:
        units.setdefault(unit_id, db.session.get_one(Unit, unit_id))
    set_reach(outage, nodes, units.values())
    db.session.flush()


def promise(ticket: Ticket, by: Actor, form: Estimated, step: str, source: str = "") -> Estimate:
    """Keep an estimate with its reason; earlier ones stay."""
    outage = outage_of(ticket)
    estimate = Estimate(
        ticket_id=ticket.id,
        branch=outage.branch,
        recovers_at=as_utc(form.recovers_at),
        reason=form.estimate_reason.data or "",
        source=source,
        step=step,
        staff_id=by.staff.id if by.staff else None,
    )
    outage.estimates.append(estimate)
    db.session.flush()
    return estimate


def keep_duration(ticket: Ticket, by: Actor, form: forms.DurationForm, step: str) -> Outcome:
    """L4: what whoever is responsible said."""
    estimate = promise(ticket, by, form, step, form.source.data)
    return Outcome(data={"estimate": estimate.id, "source": estimate.source})


def record_call(ticket: Ticket, by: Actor, form: forms.ManagerCallForm) -> dict[str, Json]:
    """Keep who was contacted and what they said; gives the event's data."""
    contact = db.session.get(Contact, form.contact.data) if form.contact.data else None
    name = contact.name if contact else form.name.data
    outage = outage_of(ticket)
    outage.calls.append(
        ContactCall(
            ticket_id=ticket.id,
            contact_id=contact.id if contact else None,
            name=name,
            way=form.way.data,
            said=form.text.data,
            staff_id=by.staff.id,
        )
    )
    return {"name": name, "way": form.way.data, "email": contact.email if contact else ""}


def send_crew(ticket: Ticket, staff_ids: Iterable[int]) -> list[str]:
    """Name the staff who go; the first becomes the ticket's assignee. Gives their names."""
    outage = outage_of(ticket)
    people = list(db.session.scalars(select(Staff).where(Staff.id.in_(list(staff_ids))).order_by(Staff.name)).unique())
    db.session.query(OutageCrew).filter_by(ticket_id=ticket.id).delete()
    db.session.expire(outage, ["crew"])
    outage.crew = people
    ticket.assignee, ticket.assignee_id = people[0], people[0].id
    for person in people:
        Participant.add(ticket.id, person.id)
    db.session.flush()
    return [person.name for person in people]


def send_to_place(ticket: Ticket, form: forms.OutageCrewForm) -> Outcome:
    """L7: who goes, and where."""
    names = send_crew(ticket, form.crew.data)
    node = outage_of(ticket).cause_node
    return Outcome(data={"crew": names, "place": node.place if node else ""})


def is_in_crew(ticket: Ticket, by: Actor) -> bool:
    """Those sent (L8, L9) or ordered (W5, W6)."""
    return by.staff is not None and is_sent(ticket, staff_id=by.staff.id)


def take_inventory(ticket: Ticket, by: Actor, form: forms.InventoryForm) -> Outcome:
    """L8: a problem a line, and the estimate that follows from them."""
    problems = [line.strip() for line in form.problems.data.splitlines() if line.strip()]
    report_from_field(ticket, by, "take_inventory", "", problems)
    promise(ticket, by, form, "take_inventory")
    return Outcome(text="\n".join(problems), data={"problems": problems})


def report_with_estimate(ticket: Ticket, by: Actor, form: forms.FieldReportForm, step: str) -> Outcome:
    """L9: the report from the place, beside the problems that were listed there last."""
    report_from_field(ticket, by, step, form.text.data, [])
    promise(ticket, by, form, step)
    problems = next((report.problems for report in reversed(outage_of(ticket).reports) if report.problems), [])
    return Outcome(data={"problems": problems})


def report_from_field(ticket: Ticket, by: Actor, step: str, text: str, problems: list[str]) -> None:
    outage = outage_of(ticket)
    outage.reports.append(
        FieldReport(ticket_id=ticket.id, step=step, text=text, problems=problems, staff_id=by.staff.id)
    )


def _proof_missing(outage: Outage) -> str:
    """A device is pinged, a web server is opened."""
    if outage.kind == "server":
        return _("Belum ada pemeriksaan yang menjawab. Periksa layanannya dulu, atau jelaskan mengapa tidak dapat.")
    return _("Belum ada ping yang dijawab. Ping dulu, atau jelaskan mengapa tidak dapat dibuktikan.")


def end_outage(ticket: Ticket, form: forms.EndForm) -> Outage:
    """L10b, W6b: cause, action, time down; an answered check is required, or its absence explained."""
    outage = outage_of(ticket)
    proof = outage.last_answered_probe
    proven_at = outage.answered_at or (proof.done_at if proof else None)
    if proven_at is None and not form.no_proof_reason.data:
        sentence = _proof_missing(outage)
        form.no_proof_reason.errors = [sentence]
        raise StepRefused(sentence, "form", form)
    outage.cause, outage.action = form.cause.data, form.text.data
    outage.no_proof_reason = form.no_proof_reason.data or ""
    typed = as_utc(form.ended_at)
    outage.answered_at = max(typed or proven_at or utcnow(), outage.began_at)
    outage.ended_at = utcnow()
    _stop_outside_clock(outage)
    ticket.cause, ticket.solution, ticket.resolved_at = outage.cause, outage.action, outage.ended_at
    return outage


def close_outage(ticket: Ticket) -> Outage:
    """The outage ends without having been one (not confirmed, false alarm, cancelled)."""
    outage = outage_of(ticket)
    outage.ended_at = utcnow()
    _stop_outside_clock(outage)
    return outage


def hold_outside(outage: Outage, follow_up_at: datetime | None) -> None:
    """W7: the outside manager's own clock runs from here; the next asking day is kept."""
    outage.held_outside_since = outage.held_outside_since or utcnow()
    outage.follow_up_at = follow_up_at


def keep_manager(outage: Outage, form: forms.OutsideManagerForm | forms.SideForm, name: str) -> bool:
    """Keep with the service who manages it outside the centre; what is not typed stays. False: nobody can be reached.

    An outage of no service has no record to keep it in.
    """
    service = outage.service
    if service is None:
        return True
    service.manager_name = name or service.manager_name
    service.manager_email = form.manager_email.data or service.manager_email
    service.manager_phone = form.manager_phone.data or service.manager_phone
    return bool(service.manager_name and (service.manager_email or service.manager_phone))


def _stop_outside_clock(outage: Outage) -> None:
    if outage.held_outside_since:
        outage.held_outside_seconds += int((utcnow() - outage.held_outside_since).total_seconds())
    outage.held_outside_since = outage.follow_up_at = None


def take_back(outage: Outage) -> None:
    """The outside manager no longer holds it."""
    _stop_outside_clock(outage)


def said_by(words: str, others: str | None) -> str:
    """What was seen, and by which other monitor where it was not our own."""
    return " ".join([words, _("Menurut %(source)s.", source=others)]) if others else words
