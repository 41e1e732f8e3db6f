"""Which tickets a report is about, beside its days: of a service, step, group, person, unit or channel."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from sqlalchemy import ColumnElement, and_, or_, select

from models.organisation.unit import Unit, below
from models.tickets.span import Span
from models.tickets.step_number import StepNumber
from models.tickets.ticket import Ticket
from procedures.engine import catalog

Place = tuple[str, str]  # a procedure's key and one of its states


@dataclass(frozen=True)
class ReportScope:
    """What was chosen; an empty value means all. A unit is meant with those below it."""

    procedure: str = ""
    step: str = ""  # a line of a paper, such as N5: tickets that lay there, and that desk alone
    group: int | None = None
    assignee: int | None = None
    unit: int | None = None
    channel: str = ""

    def conditions(self) -> list[ColumnElement[bool]]:
        pairs = (
            (Ticket.procedure, self.procedure),
            (Ticket.group_id, self.group),
            (Ticket.assignee_id, self.assignee),
            (Ticket.channel, self.channel),
        )
        chosen = [column == value for column, value in pairs if value not in ("", None)]
        if self.unit is not None:
            chosen.append(Ticket.unit_id.in_(below(Unit.id == self.unit)))
        if places := self.places():
            chosen.append(or_(*(self._lay_there(procedure, state) for procedure, state in sorted(places))))
        return chosen

    def within(self, seen: ColumnElement[bool]) -> ColumnElement[bool]:
        """The row rule and what was chosen."""
        return and_(seen, *self.conditions())

    def places(self) -> frozenset[Place]:
        """The desks of the chosen step; none where all are meant."""
        return places_of_steps().get(self.step, frozenset())

    @staticmethod
    def _lay_there(procedure: str, state: str) -> ColumnElement[bool]:
        return and_(Ticket.procedure == procedure, Ticket.id.in_(select(Span.ticket_id).where(Span.state == state)))


@cache
def places_of_steps() -> dict[str, frozenset[Place]]:
    """Every line on which a ticket can lie, in the order of the papers, with its desks."""
    found: dict[str, set[Place]] = {}
    for procedure in catalog.PROCEDURES.values():
        for state in procedure.states:
            if state.line:
                found.setdefault(state.line, set()).add((procedure.key, state.value))
    return {line: frozenset(found[line]) for line in sorted(found, key=_as_read)}


def _as_read(line: str) -> tuple[str, int, str]:
    number = StepNumber.read(line)
    return (number.letter, number.place, number.part) if number else (line, 0, "")
