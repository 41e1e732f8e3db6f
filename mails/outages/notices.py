"""The mails about outages and planned work, a function each; each puts a row into the outbox.

The words are in templates/mail/<room>/<notice>/. No address of a node and no name of a person outside is in them.
"""

from __future__ import annotations

from mails.outages import recipients
from mails.queue import queue, unheard
from mails.recipients import Recipient
from mails.signed import signed
from models.base.columns.json_value import Json
from models.base.db import db
from models.outages.outage import Outage
from models.outages.outage_recipients import OutageRecipient
from models.tickets.ticket import Event, Ticket

MOST_UNITS = 3  # named in a subject
WIDENS = recipients.outage_recipients  # imported for the audiences it registers


def _facts(ticket: Ticket, event: Event, **more: Json) -> dict[str, Json]:
    outage = db.session.get_one(Outage, ticket.id)
    estimate = outage.latest_estimate
    return {
        "number": ticket.number,
        "subject": ticket.subject,
        "place": _place(ticket, outage),
        "step": event.step,
        "text": event.text,
        "by": signed(event),
        "began_at": outage.began_at.isoformat(),
        "units": [unit.name for unit in outage.units],
        "recovers_at": estimate.recovers_at.isoformat() if estimate else None,
        "reason": estimate.reason if estimate else "",
        **more,
    }


def _place(ticket: Ticket, outage: Outage) -> str:
    """Where it is, as people outside call it: the service's public name, the building, or the units."""
    if outage.service is not None and outage.service.public_name:
        return outage.service.public_name
    if outage.cause_node is not None and outage.cause_node.place:
        return outage.cause_node.place
    units = [unit.name for unit in outage.units] or ([ticket.unit.name] if ticket.unit else [])
    return ", ".join([*units[:MOST_UNITS], *(["…"] if len(units) > MOST_UNITS else [])])


def _send(notice: str, ticket: Ticket, to: Recipient, facts: dict[str, Json]) -> None:
    """Staff are led to the outage's ticket, a tied requester to their own; IT managers and others to /gangguan."""
    own = ticket if to.is_staff else to.ticket
    if unheard(to):
        return
    queue(notice, own, to, facts)
    OutageRecipient.note(
        ticket.id,
        to.email,
        notice,
        name=to.name,
        language=to.language,
        audience="affected" if to.is_affected else to.audience,
        detail=to.detail,
    )


def outage_opened(ticket: Ticket, event: Event, to: Recipient) -> None:
    """L1, W1: something failed; the staff on duty are told."""
    _send("outage_opened", ticket, to, _facts(ticket, event))


def outage_reported(ticket: Ticket, event: Event, to: Recipient) -> None:
    """L5, L6: the problem and, where it is known, the expected recovery."""
    _send("outage_reported", ticket, to, _facts(ticket, event))


def manager_contacted(ticket: Ticket, event: Event, to: Recipient) -> None:
    """L3 by mail: the unit's IT manager is asked to look at power and devices on the spot, with the words written."""
    asked = event.data.get("email", "").lower() or event.data.get("name")
    if event.data.get("way") == "email" and asked in (to.email.lower(), to.name):
        _send("manager_contacted", ticket, to, _facts(ticket, event))


def crew_sent(ticket: Ticket, event: Event, to: Recipient) -> None:
    """L7, W4: these staff are sent to the place, or ordered to check."""
    _send(
        "crew_sent",
        ticket,
        to,
        _facts(ticket, event, **({"place": place} if (place := event.data.get("place")) else {})),
    )


def field_reported(ticket: Ticket, event: Event, to: Recipient) -> None:
    """L9: the report from the place, with the estimate."""
    _send("field_reported", ticket, to, _facts(ticket, event, problems=event.data.get("problems", [])))


def passed_on(ticket: Ticket, event: Event, to: Recipient) -> None:
    """L10: condition and estimate for the affected; who only said "me too" is told at the end."""
    if not to.is_affected:
        _send("outage_update", ticket, to, _facts(ticket, event))


def outage_ended(ticket: Ticket, event: Event, to: Recipient) -> None:
    """L10b, W6b: it works again. A tied requester reads that in the mail of their own complaint instead."""
    if to.ticket is not None and to.ticket.id != ticket.id:
        return
    outage = db.session.get_one(Outage, ticket.id)
    minutes = int(outage.duration.total_seconds() // 60)
    _send("outage_ended", ticket, to, _facts(ticket, event, cause=outage.cause, action=outage.action, minutes=minutes))


def service_down(ticket: Ticket, event: Event, to: Recipient) -> None:
    """W3: the head of systems gets the report of the outage."""
    _send("service_down", ticket, to, _facts(ticket, event))


def manager_asked(ticket: Ticket, event: Event, to: Recipient) -> None:
    """W7 by mail: whoever manages the server outside the centre is asked to restore it."""
    if event.data.get("way") == "email":
        outage = db.session.get_one(Outage, ticket.id)
        service = outage.service.name if outage.service else ticket.subject
        _send(
            "manager_asked", ticket, to, _facts(ticket, event, service=service, name_asked=event.data.get("name", ""))
        )


def cause_found(ticket: Ticket, event: Event, to: Recipient) -> None:
    """W6: cause and solution for the head of systems."""
    outage = db.session.get_one(Outage, ticket.id)
    _send("cause_found", ticket, to, _facts(ticket, event, cause=outage.cause, action=outage.action))


def follow_up_due(ticket: Ticket, event: Event, to: Recipient) -> None:
    """W7: the day on which the outside manager is to be asked again has come."""
    outage = db.session.get_one(Outage, ticket.id)
    asked = outage.calls[-1] if outage.calls else None
    facts = {"name_asked": asked.name if asked else "", "said": asked.said if asked else ""}
    _send("follow_up_due", ticket, to, _facts(ticket, event, **facts))


def monitor_blind(since: str, to: Recipient) -> None:
    """The monitor's own network is down: one mail instead of one for every target."""
    queue("monitor_blind", None, to, {"since_at": since}, dedupe_key=f"blind:{since}:{to.email}"[:120])


def work_announced(facts: dict[str, Json], to: Recipient) -> None:
    """Planned work, for the IT managers of the units it concerns; `facts` by procedures.outages.planned_work."""
    queue("work_announced", None, to, facts)


def work_changed(facts: dict[str, Json], to: Recipient) -> None:
    """Announced work was moved or changed: what it was, and what it is now."""
    queue("work_changed", None, to, facts)


def work_cancelled(facts: dict[str, Json], to: Recipient) -> None:
    """Announced work was called off, with the reason."""
    queue("work_cancelled", None, to, facts)
