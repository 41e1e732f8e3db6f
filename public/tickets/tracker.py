"""The tracker: a procedure's written lines, and where one ticket stands on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from models.base.columns.statement_types import Found
from models.base.wording import Words
from models.organisation.roles import Role
from models.tickets.step_number import StepNumber, line_of
from procedures.engine.declaration import HOLDER_WORDS, PaperLine, State, Who
from procedures.engine.procedure import Procedure

MOST_PARTS = 4
SHOWN = (*HOLDER_WORDS, Who.MEMBER)  # beside the roles; what monitor and product do is an inner move


@dataclass(frozen=True)
class Part:
    """One step that was taken on the line where the ticket stands."""

    label: Words
    at: datetime


@dataclass(frozen=True)
class Stop:
    """One line: `mark` is done, now, next, maybe (a branch) or passed (this ticket did not need it)."""

    number: str
    title: Words
    sentence: Words
    mark: str
    at: datetime | None = None
    parts: Sequence[Part] = ()


def stops(procedure: Procedure, state: State, events: Sequence[Found]) -> list[Stop]:
    """The tracker. `events` are the ticket's, oldest first, with kind, step, number and at."""
    taken: dict[str, list[Found]] = {}
    for event in events:
        if event.kind == "step" and event.number:
            taken.setdefault(line_of(event.number), []).append(event)
    numbers = [line.number for line in procedure.lines]
    here = numbers.index(state.line) if state.line in numbers else len(numbers)
    found = []
    for place, line in enumerate(procedure.lines):
        events_here = taken.get(line.number) or taken.get(line.comes_with, [])
        found.append(_stop(procedure, line, events_here, _mark(place - here, bool(events_here), line, state)))
    return found


def _mark(distance: int, was_taken: bool, line: PaperLine, state: State) -> str:
    """`distance` is counted from the line where the ticket stands."""
    if state.final:
        return "done" if was_taken else "passed"
    if distance == 0:
        return "now"
    if distance < 0 and was_taken:
        return "done"
    if line.is_branch:
        return "maybe"
    return "next" if distance > 0 else "passed"


def _is_of_paper(procedure: Procedure, name: str) -> bool:
    """Does the paper itself name this step, or may the requester read it? Inner moves of the house stay inside."""
    step = procedure.steps.get(name)
    if step is None or not any(isinstance(word, Role) or word in SHOWN for word in step.by):
        return False
    number = StepNumber.read(step.number)
    return step.is_public or (number is not None and number.is_of_paper)


def _stop(procedure: Procedure, line: PaperLine, events: Sequence[Found], mark: str) -> Stop:
    last = events[-1].at if events and mark == "done" else None
    parts = [Part(procedure.steps[e.step].label, e.at) for e in events if _is_of_paper(procedure, e.step)]
    return Stop(line.number, line.title, line.sentence, mark, last, parts[-MOST_PARTS:] if mark == "now" else ())
