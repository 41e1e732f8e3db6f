"""Every step that asks for something, as each kind of person who may take it finds it: with every field, and its files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import lxml.html
import pytest
from sqlalchemy import select

from models.base import setting
from models.base.db import db, write_transaction
from models.organisation.staff import Staff
from models.tickets.ticket import Ticket, is_visible
from models.tickets.ticket_keys import link_of
from procedures.engine import catalog
from procedures.engine.declaration import Actor, Step, Who
from procedures.engine.rights import right_to
from procedures.engine.take_step import refusal, steps_of
from tests.browse import Person

# Steps whose form stands on a page of its own, or for which no ticket of the demonstration waits; where else it is seen.
ELSEWHERE = {
    "network_installation": {"unmerge: head_of_centre, member, operator"},  # tests/tickets/test_merging.py
    "unit_email": {"unmerge: head_of_centre, member, operator"},
    "complaint": {"unmerge: head_of_centre, member, operator", "untie: member, operator"},  # tests/outages
    "password_change": {  # tests/accounts/test_account_pages.py
        "change_password: operator",
        "reject_second: head_of_centre",
    },
    "server_outage": {"contact_outside: head_systems", "reply: head_of_centre, member, operator"},  # tests/outages
    "network_outage": {"reply: head_of_centre, member, operator"},  # the monitor's have nobody to reply to
}
IN_THE_MIDDLE = {"reply", "note", "answer", "rate"}  # quiet steps with a form of their own on the same page
# Small forms beside the ticket that take no files: a fact's (tests/tickets/test_mending.py), colleagues in copy
# (tests/public/test_copied_people.py), lines of the checklist (test_splitting_and_checklist.py).
IN_A_WINDOW = {"mend", "add_copy", "remove_copy", "add_items", "tick_item", "drop_item"}
NO_FILES = {"name_contact", "rate"}  # forms of the holder that are about no paper


def offered(page: str, path: str) -> set[str]:
    """The names of the boxes in the form that goes to this address."""
    forms = lxml.html.fromstring(page).xpath(f"//form[@action='{path}']")
    return {name for form in forms for name in form.xpath(".//@name")}


def asked(step: Step, is_public: bool, ticket_id: int) -> set[str]:
    """The fields that the step asks for on this ticket: some forms leave out what its facts make needless."""
    form = step.asks() if step.asks else ()
    if hasattr(form, "is_about"):
        form.is_about(db.session.get_one(Ticket, ticket_id))
    fields = {field.name for field in form}
    if is_public and step.name not in NO_FILES and step.asks:
        fields.add("attachments")
    return fields if is_public else fields | {"attachments"}


def open_steps(ticket: Ticket, by: Actor) -> list[Step]:
    return [
        step
        for step in steps_of(ticket)
        if step.asks
        and not step.page
        and (not step.is_quiet or step.name in IN_THE_MIDDLE)
        and (step.name != "reply" or ticket.requester_name)  # else there is nobody to reply to
        and right_to(step, ticket, by)
        and refusal(step, ticket, by) is None
    ]


def kinds(step: Step, by: Actor) -> set[Any]:
    """As what this actor takes the step: each role of theirs that the step names."""
    if by.staff is None:
        return {Who.REQUESTER}
    return {word for word in step.by if word == Who.MEMBER or by.staff.has(word)}


def waiting() -> list[Ticket]:
    """One ticket of each procedure and state."""
    tickets = db.session.scalars(select(Ticket).order_by(Ticket.id)).unique()
    return list({(t.procedure, t.state, bool(t.pause)): t for t in tickets}.values())


@dataclass(frozen=True)
class Visit:
    """One page to look at: whose, of which ticket, and the steps whose forms must be on it."""

    name: str  # of the cast; "" is the holder of the ticket
    ticket_id: int
    number: str
    link: str
    steps: tuple[Step, ...]

    def page(self, person: Person) -> str:
        if self.name:
            return person.get(f"/admin/ticket/details/?id={self.ticket_id}").text
        person.client.get(self.link)
        return person.get(f"/tiket/{self.number}").text

    def path(self, step: Step) -> str:
        return (
            f"/admin/ticket/{self.ticket_id}/do/{step.name}"
            if self.name
            else f"/tiket/{self.number}/langkah/{step.name}"
        )


def visits(names: list[str]) -> tuple[list[Visit], dict[str, set[str]]]:
    """So many pages that each kind of actor meets each step once; and the steps that some kind of actor meets nowhere."""
    met: set[tuple[str, str, Any]] = set()
    found = []
    staff = {name: db.session.scalars(select(Staff).where(Staff.username == name)).unique().one() for name in names}
    for ticket in waiting():
        for name in [*names, ""]:
            if name and not is_visible(ticket, staff[name]):
                continue
            by = Actor("staff", name, staff[name]) if name else Actor("requester", ticket.requester_name)
            steps = [
                step
                for step in open_steps(ticket, by)
                if not {(ticket.procedure, step.name, k) for k in kinds(step, by)} <= met
            ]
            met |= {(ticket.procedure, step.name, kind) for step in steps for kind in kinds(step, by)}
            if steps:
                found.append(Visit(name, ticket.id, ticket.number, urlsplit(link_of(ticket)).path, tuple(steps)))
    return found, never_met(met)


def never_met(met: set[tuple[str, str, Any]]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for procedure in catalog.PROCEDURES.values():
        for step in procedure.steps.values():
            wanted = {Who.REQUESTER if word == Who.UNIT else word for word in step.by} - {Who.PRODUCT, Who.MONITOR}
            missing = [kind for kind in wanted if (procedure.key, step.name, kind) not in met]
            if step.asks and not step.opens and not step.page and missing and step.name not in IN_A_WINDOW:
                found.setdefault(procedure.key, set()).add(f"{step.name}: {', '.join(sorted(missing))}")
    return found


@pytest.mark.only("sqlite")  # what a form holds does not depend on the database
def test_every_form_offers_its_actors_every_field_that_its_step_can_ask_for(demo, cast):
    with write_transaction():
        setting.put("unit_answer_needs_letter", True)
    found, elsewhere = visits(list(cast))
    people = {name: Person(demo, name) for name in cast}
    faults = []
    for visit in found:
        page = visit.page(people.get(visit.name) or Person(demo))
        for step in visit.steps:
            if missing := asked(step, not visit.name, visit.ticket_id) - offered(page, visit.path(step)):
                faults.append(f"{step.name} as {visit.name or 'holder'} of {visit.number}: {sorted(missing)}")
    assert faults == []
    assert elsewhere == ELSEWHERE
