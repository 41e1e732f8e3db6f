"""What lies on a person's desk: counts and first rows of each pile, by the row rule; it draws nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, false, func, or_, select
from sqlalchemy.orm import aliased

from admin_views.ticket_search import COLUMNS
from models.db import db, utcnow
from models.staff import DIVISION_ROLES, HEADS, Group, Role, Staff, roles_of
from models.ticket import Ticket, visible_to
from models.unit import Unit
from procedures import catalog

ROWS = 5
CAP = 100


@dataclass(frozen=True)
class Pile:
    """One pile of the desk: what it is called, how many lie there (capped), its first rows, where the rest is."""

    key: str
    count: int
    rows: list[Row[Any]]

    @property
    def shown_count(self) -> str:
        return f"{CAP - 1}+" if self.count >= CAP else str(self.count)


def piles(staff: Staff) -> dict[str, Pile]:
    """All piles: one statement for the counts and one for each pile that is not empty."""
    conditions = {key: [visible_to(staff), *rule] for key, rule in _rules(staff).items()}
    counts = db.session.execute(
        select(
            *(
                select(func.count())
                .select_from(select(Ticket.id).where(*rule).limit(CAP).subquery())
                .scalar_subquery()
                .label(key)
                for key, rule in conditions.items()
            )
        )
    ).one()
    return {
        key: Pile(key, getattr(counts, key), _rows(rule) if getattr(counts, key) else [])
        for key, rule in conditions.items()
    }


def _rows(conditions: list[ColumnElement[bool]]) -> list[Row[Any]]:
    person = aliased(Staff)
    columns = [c for c in COLUMNS if c.key != "assignee_name"]
    query = select(*columns, person.name.label("assignee_name")).outerjoin(Unit, Unit.id == Ticket.unit_id)
    query = query.outerjoin(person, person.id == Ticket.assignee_id).where(*conditions)
    return list(db.session.execute(query.order_by(Ticket.due_at.asc().nulls_last(), Ticket.id).limit(ROWS)))


def _rules(staff: Staff) -> dict[str, list[ColumnElement[bool]]]:
    is_open, running = Ticket.is_open.is_(True), Ticket.pause.is_(None)
    unresolved = Ticket.resolved_at.is_(None)
    mine = Ticket.assignee_id == staff.id
    ours = _ours(staff)
    return {
        "decisions": [is_open, running, decisions_of(staff)],
        "overdue": [is_open, running, Ticket.due_at < utcnow(), or_(mine, ours)],
        "mine": [is_open, unresolved, running, mine],
        "free": [is_open, unresolved, running, Ticket.assignee_id.is_(None), ours],
        "waiting": [is_open, or_(Ticket.pause.is_not(None), Ticket.resolved_at.is_not(None)), or_(mine, ours)],
    }


def _ours(staff: Staff) -> ColumnElement[bool]:
    """Tickets of the person's groups, and of the division that they head; all for the head of the centre."""
    if staff.has(Role.HEAD_OF_CENTRE):
        return Ticket.id.is_not(None)
    rules: list[ColumnElement[bool]] = [Ticket.group_id.in_(staff.group_ids)] if staff.group_ids else []
    divisions = [DIVISION_ROLES[role].value for role in staff.roles & HEADS if role in DIVISION_ROLES]
    if divisions:
        rules.append(Ticket.group_id.in_(select(Group.id).where(Group.division.in_(divisions))))
    return or_(*rules) if rules else false()


def decisions_of(staff: Staff) -> ColumnElement[bool]:
    """Tickets in a state from which a step of this person's role leads on, own or lent."""
    roles = roles_of(staff)
    places = {
        (procedure.key, state.value)
        for procedure in catalog.PROCEDURES.values()
        for step in procedure.steps.values()
        if step.targets and not step.is_common and roles.intersection(step.by)
        for state in step.sources
        if not state.final and _waits_for_role(procedure, state)
    }
    if not places:
        return false()
    return or_(*(and_(Ticket.procedure == key, Ticket.state == state) for key, state in sorted(places)))


def _waits_for_role(procedure: Any, state: Any) -> bool:
    """Is it a role's turn here rather than the group's or the requester's? The first step that leads on says it."""
    first = next(s for s in procedure.steps.values() if s.targets and not s.is_common and state in s.sources)
    return any(isinstance(word, Role) for word in first.by)
