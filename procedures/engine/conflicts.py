"""What somebody else changed while a form was open, field by field in words (R1)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from wtforms import Form

from models.base.db import db
from models.base.wording import Words
from models.organisation.staff import Group, Staff
from models.tickets.label import labels_of
from models.tickets.ticket import Event, Ticket
from procedures.engine.declaration import Actor, Given, State, Step


@dataclass(frozen=True)
class TicketFact:
    """How a fact reads on the ticket, and in a form that would overwrite it (`field` is the form's)."""

    label: Words
    reads: Callable[[Ticket], str]
    field: str = ""


@dataclass(frozen=True)
class FieldDifference:
    """One field of two people: as it was, as somebody left it, as this person wants it."""

    label: Words
    before: str
    theirs: str
    yours: str
    who: str


def _assignee(ticket: Ticket) -> str:
    person = db.session.get(Staff, ticket.assignee_id) if ticket.assignee_id else None
    return person.name if person else ""


def _group(ticket: Ticket) -> str:
    return db.session.get_one(Group, ticket.group_id).name


FACTS: dict[str, TicketFact] = {
    "assignee": TicketFact(_l("Petugas"), _assignee, "assignee"),
    "group": TicketFact(_l("Kelompok"), _group, "group"),
    "labels": TicketFact(_l("Label"), lambda ticket: ", ".join(label.name for label in labels_of(ticket.id)), "labels"),
    "cause": TicketFact(_l("Penyebab"), lambda ticket: ticket.cause, "cause"),
    "solution": TicketFact(_l("Penyelesaian"), lambda ticket: ticket.solution, "solution"),
}


def of(ticket: Ticket, names: Iterable[str]) -> dict[str, str]:
    return {name: FACTS[name].reads(ticket) for name in names}


def changed(ticket: Ticket, was: Mapping[str, str]) -> dict[str, list[str]]:
    """Fact: [before, after] of those that are no longer as they were."""
    now = of(ticket, was)
    return {name: [was[name], now[name]] for name in was if was[name] != now[name]}


def touches(event: Event, step: Step) -> bool:
    """Did this event move the ticket, or a fact, that the step is about to move?"""
    moved = bool(step.targets) and event.kind == "step"
    return moved or not set(step.writes).isdisjoint(event.data.get("changed", {}))


def differences(
    step: Step, ticket: Ticket, by: Actor, form: Given, events: Sequence[Event], state: Callable[[str], State]
) -> list[FieldDifference]:
    """What changed meanwhile and what this step would make of it. `events` are those that touch it, oldest first."""
    found = []
    if step.targets and (moves := [e for e in events if e.from_state and e.from_state != e.to_state]):
        yours = str(step.targets[0].label) if len(step.targets) == 1 else str(step.label)
        before, now = str(state(moves[0].from_state).label), str(state(ticket.state).label)
        found.append(FieldDifference(_l("Keadaan"), before, now, yours, moves[-1].actor_name))
    for name in step.writes:
        if changes := [e for e in events if name in e.data.get("changed", {})]:
            before, theirs = changes[0].data["changed"][name][0], changes[-1].data["changed"][name][1]
            yours = _in_form(name, by, form)
            found.append(FieldDifference(FACTS[name].label, before, theirs, yours, changes[-1].actor_name))
    return found


def _in_form(name: str, by: Actor, form: Given) -> str:
    field = form[FACTS[name].field] if isinstance(form, Form) and FACTS[name].field in form else None
    if field is None:
        return by.name if name == "assignee" else ""
    chosen = field.data if isinstance(field.data, list) else [field.data]
    words = {str(value): str(label) for value, label, *_more in getattr(field, "choices", None) or ()}
    return ", ".join(words.get(str(value), str(value or "")) for value in chosen)
