"""Writes planned work, and tells who must know when it is entered, moved, changed or called off."""

from __future__ import annotations

from collections.abc import Iterable

from mails.outages import notices
from mails.recipients import Recipient
from models.base.columns.json_value import Json
from models.base.db import db, utcnow
from models.organisation.unit import Unit
from models.outages.it_manager import managers_by_unit
from models.outages.network import PlannedWork, topology, units_served
from models.outages.outage_recipients import PlannedWorkRecipient


def units_of(work: PlannedWork) -> list[Unit]:
    """The units behind its nodes, and those whose services it concerns, by name."""
    tree = topology()
    nodes = {node.id for node in work.nodes} | {behind for node in work.nodes for behind in tree.behind(node.id)}
    units = {unit.id: unit for unit in units_served(nodes)}
    units |= {service.unit.id: service.unit for service in work.services if service.unit}
    return sorted(units.values(), key=lambda unit: unit.name)


def audience(work: PlannedWork) -> tuple[list[Recipient], list[Recipient]]:
    """The IT managers of its units, and the units that nobody can be told of by mail."""
    names = {unit.id: unit.name for unit in units_of(work)}
    found: dict[str, Recipient] = {}
    silent = []
    for unit_id, people in managers_by_unit(names).items():
        reached = [person for person in people if person.email]
        for person in reached:
            to = Recipient(person.email, person.name, person.language, audience="it_managers", detail=person.unit.name)
            found.setdefault(person.email.lower(), to)
        if not reached:
            name, phone = (people[0].name, people[0].phone) if people else ("", "")
            silent.append(Recipient("", name, audience="it_managers", detail=names[unit_id], phone=phone))
    return list(found.values()), silent


def state_of(work: PlannedWork) -> dict[str, Json]:
    """What those told have read of it; a difference is a change that they are told of."""
    return {
        "subject": work.title,
        "text": work.note,
        "starts_at": work.starts_at.isoformat(),
        "ends_at": work.ends_at.isoformat(),
        "units": [unit.name for unit in units_of(work)],
    }


def announce(work: PlannedWork) -> int:
    """Tell the IT managers of its units, once each; how many were told. Inside the caller's transaction."""
    people, _silent = audience(work)
    _tell(work, "work_announced", people, state_of(work))
    work.announced_at = work.announced_at or utcnow()
    return len(people)


def tell_change(work: PlannedWork, before: dict[str, Json]) -> int:
    """It was moved or changed after it was announced: everybody told hears what it was and what it is.

    Whom it newly concerns gets the announcement. Nothing happens where nothing that they read has changed.
    """
    now = state_of(work)
    if work.announced_at is None or now == before:
        return 0
    told = _recipients_so_far(work)
    known = {to.email.lower() for to in told}
    facts = {**now, "was_starts_at": before["starts_at"], "was_ends_at": before["ends_at"]}
    facts["is_moved"] = (now["starts_at"], now["ends_at"]) != (before["starts_at"], before["ends_at"])
    _tell(work, "work_changed", told, facts)
    fresh = [to for to in audience(work)[0] if to.email.lower() not in known]
    _tell(work, "work_announced", fresh, now)
    work.changed_at = utcnow()
    return len(told) + len(fresh)


def cancel(work: PlannedWork, reason: str) -> int:
    """It is called off: everybody told hears that, with the reason. Inside the caller's transaction."""
    work.cancelled_at, work.cancel_reason = utcnow(), reason
    told = _recipients_so_far(work)
    _tell(work, "work_cancelled", told, {**state_of(work), "reason": reason})
    return len(told)


def _recipients_so_far(work: PlannedWork) -> list[Recipient]:
    return [Recipient(row.email, row.name, row.language) for row in PlannedWorkRecipient.of(work.id)]


def _tell(work: PlannedWork, notice: str, people: Iterable[Recipient], facts: dict[str, Json]) -> None:
    for to in people:
        getattr(notices, notice)(facts, to)
        row = db.session.get(PlannedWorkRecipient, (work.id, to.email.lower()))
        if row is None:
            row = PlannedWorkRecipient(work_id=work.id, email=to.email.lower(), name=to.name, language=to.language)
            db.session.add(row)
        row.notice, row.at = notice, utcnow()
