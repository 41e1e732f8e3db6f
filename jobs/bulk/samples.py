"""Walks tickets to every desk by the procedures' own steps in a scratch database: the patterns of bulk data.

A changed procedure changes its samples. Nothing here reaches the installation's own database.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, create_engine, select
from sqlalchemy.pool import StaticPool

from jobs.bulk.rows import Everything, SampleTicket, rows_of, sample_of
from jobs.demo.accounts import seed_accounts
from jobs.demo.demo import tell, walk
from jobs.demo.installations import seed_installations
from jobs.demo.outages import seed_outages
from jobs.demo.texts import StepFields, Story
from models.base.columns.json_value import Held
from models.base.db import db
from models.organisation.roles import Role
from models.organisation.staff import staff_with
from models.tickets.category import Category
from models.tickets.merge import MERGED
from models.tickets.ticket import Ticket
from procedures.engine import catalog
from procedures.engine.declaration import State, Step, Who
from procedures.engine.procedure import Procedure
from procedures.engine.take_step import StepRefused

# What stands in the scratch database from the beginning, with its ids; the walks make the rest.
GIVEN = ("staff", "helpdesk_group", "unit", "staff_role", "group_member", "category", "contact", "holiday", "setting")
VARIANTS = 2
REPLIES = (1, 3)  # of a complaint that staff worked on: two on average
# What a person says in the forms of the ends that no story reaches.
WORDS = {
    "reason": "Pemohon sudah tidak memerlukannya.", "text": "Dicatat dalam berkas.", "name": "Pak Dekan",
    "answer": "decline", "decided_by": "Pak Dekan", "decided_as": "Dekan",
}  # fmt: skip


def walked_samples() -> tuple[list[SampleTicket], Everything]:
    """The samples, and all rows of the scratch database, for what they name besides themselves."""
    given = {name: rows_of(db.metadata.tables[name]) for name in GIVEN}
    db.session.rollback()
    with _scratch(given):
        seed_outages()
        seed_installations()
        seed_accounts()
        _complaints()
        everything = Everything()
        ids = [row["id"] for row in everything.rows["ticket"]]
        samples = [sample_of(ticket_id, everything) for ticket_id in ids]
        reached = {(sample.procedure, sample.state) for sample in samples}
        for procedure in catalog.PROCEDURES.values():
            for state in procedure.states:
                if (procedure.key, state.value) not in reached and not is_left_out(procedure, state):
                    samples += _end_at(procedure, state)
    return samples, everything


def is_left_out(procedure: Procedure, state: State) -> bool:
    """Old tickets do not lie where the product alone moves them on; a merged or joined one needs the other."""
    if state in (MERGED, "joined"):  # a joined outage (L1e) lies with its cause
        return True
    leaving = [step for step in procedure.steps.values() if state in step.sources and step.targets]
    return any(Who.PRODUCT in step.by and not step.needs for step in leaving)


@contextmanager
def _scratch(given: dict[str, list[dict[str, Held]]]) -> Iterator[None]:
    """The application on an empty database in memory that holds the given rows."""
    engine: Engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    engines: Any = db.engines  # the session asks it at each statement
    own = engines[None]
    db.session.remove()
    engines[None] = engine
    try:
        db.metadata.create_all(engine)
        with engine.begin() as connection:
            for name in GIVEN:
                if given[name]:
                    connection.execute(db.metadata.tables[name].insert(), given[name])
        yield
    finally:
        db.session.remove()
        engines[None] = own
        engine.dispose()


def _complaints() -> None:
    """Each kind of problem at each desk, in variants that differ in channel, time and replies."""
    kinds = {c.name: [m.staff.username for m in c.group.members] for c in db.session.scalars(select(Category)).unique()}
    place = 0
    for name, members in kinds.items():
        for desk in ("with_group", "in_progress", "resolved", "closed") if members else ():
            for variant in range(VARIANTS):
                place += 1
                tell(_story(name, members[variant % len(members)], desk, variant, place))
    held = _story(next(iter(kinds)), "sari", "with_group", 0, place)
    tell({**held, "suspicion": "links"})


def _story(category: str, who: str, desk: str, variant: int, place: int) -> Story:
    """A complaint as seed_demo.tell walks it; `place` spreads the stories over the hours of the week."""
    steps: list[tuple[float, str, str, StepFields]] = []
    if desk != "with_group":
        steps.append((1 + place % 5, who, "follow_up", {"text": "Mulai diperiksa."}))
        for number in range(REPLIES[variant]):
            steps.append((1.5, who, "reply", {"text": "Kami sedang memeriksanya."}))
            if number % 2:
                steps.append((1, "requester", "answer", {"text": "Baik, terima kasih."}))
    if desk in ("resolved", "closed"):
        steps.append((2 + place % 7, who, "resolve", {"cause": "Perangkat lama.", "solution": "Perangkat diganti."}))
    if desk == "closed":
        steps.append((3, "requester", "confirm", {}))
        steps.append((0.5, "requester", "rate", {"rating": 5 - place % 3, "text": "Terima kasih."}))
    needed = sum(hours for hours, *_rest in steps)
    story: Story = {
        "hours_ago": 24 * (3 + int(needed / 8) * 1.5) + 1.7 * (place % 60), "name": "Andi Saputra",
        "email": "andi@mhs.example", "phone": "0812-7000-1000", "unit": "FEB", "category": category,
        "subject": "Layanan terganggu", "description": "Layanan terganggu sejak pagi.", "steps": steps,
    }  # fmt: skip
    if variant == 1:
        story["channel"] = ("phone", "walk_in", "whatsapp", "letter")[place % 4]
    return story


def _end_at(procedure: Procedure, state: State) -> list[SampleTicket]:
    """One sample more: a ticket at a desk before takes a step that leads there; afterwards all is as it was."""
    for step in procedure.steps.values():
        if state not in step.targets or step.opens:
            continue
        query = select(Ticket.id).where(Ticket.procedure == procedure.key, Ticket.state.in_(step.sources))
        for ticket_id in db.session.scalars(query.order_by(Ticket.id.desc()).limit(3)).all():
            with _undone():
                if _takes(ticket_id, step) and db.session.get_one(Ticket, ticket_id).state == state:
                    return [sample_of(ticket_id, Everything())]
    return []


@contextmanager
def _undone() -> Iterator[None]:
    """What is done inside the scratch database is undone by putting the image of before back."""
    db.session.rollback()
    connection: sqlite3.Connection = db.engine.raw_connection().driver_connection  # type: ignore[assignment]
    before = connection.serialize()
    try:
        yield
    finally:
        db.session.remove()
        connection.deserialize(before)


def _takes(ticket_id: int, step: Step) -> bool:
    ticket = db.session.get_one(Ticket, ticket_id)
    try:
        walk(ticket, step.name, _doer(step, ticket), **WORDS)
    except StepRefused:
        return False
    return True


def _doer(step: Step, ticket: Ticket) -> str:
    """Who of the cast takes the step."""
    if {Who.UNIT, Who.REQUESTER} & set(step.by):
        return "requester"
    for role in step.by:
        if isinstance(role, Role) and (people := staff_with(role)):
            return people[0].username
    return ticket.assignee.username if ticket.assignee else ticket.group.members[0].staff.username
