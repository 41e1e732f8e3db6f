"""The procedures by their keys, and what is checked of them at start-up."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypedDict

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from models.organisation.roles import Role
from models.tickets.step_number import StepNumber
from models.tickets.ticket_keys import keys
from models.tickets.ticket_number import new_number as _new_number
from procedures.base.form_fields import field_names
from procedures.engine.declaration import By, State, Step, Who
from procedures.engine.flow import StateFacts, StepFacts
from procedures.engine.procedure import Procedure

PROCEDURES: dict[str, Procedure] = {}
# The numbers of docs/procedures/README.md: each must be the number of at least one step of its procedure.
PAPER = {"N": 9, "E": 4, "P": 5, "L": 10, "W": 7, "C": 6}
WHO_WORDS = {
    Who.REQUESTER: _l("pemohon"),
    Who.UNIT: _l("unit pemohon"),
    Who.MONITOR: _l("pemantau"),
    Who.PRODUCT: _l("sistem"),
    Who.MEMBER: _l("anggota kelompok tiket ini"),
}


class CatalogError(RuntimeError):
    """A procedure is declared wrongly; the product does not start."""


def register(procedure: Procedure) -> Procedure:
    """Check a procedure whose steps are all declared, and put it into the catalogue."""
    procedure.settle()
    for fault in faults(procedure):
        raise CatalogError(f"{procedure.key}: {fault}")
    PROCEDURES[procedure.key] = procedure
    in_order = sorted(PROCEDURES.items(), key=lambda item: [*PAPER].index(item[1].letter))
    PROCEDURES.clear()
    PROCEDURES.update(in_order)  # as on the published page, whatever the order of imports
    return procedure


def get(key: str) -> Procedure:
    return PROCEDURES[key]


def by_slug(slug: str) -> Procedure | None:
    return next((p for p in PROCEDURES.values() if p.slug == slug), None)


def faults(procedure: Procedure) -> Iterable[str]:
    """What is wrong: unreachable states, open states without exit, missing numbers, unknown lines."""
    steps = procedure.steps.values()
    reached = {state for step in steps for state in step.targets}
    left = {state for step in steps if step.targets and not step.is_common for state in step.sources}
    lines = {line.number for line in procedure.lines}
    for state in procedure.states:
        if state not in reached:
            yield f"no step leads to {state.name}"
        if not state.final and state not in left:
            yield f"no step leads out of {state.name}"
        if state.line and state.line not in lines:
            yield f"{state.name} stands at {state.line}, which is no line of the paper"
    numbers = {step.line for step in steps}
    for count in range(1, PAPER.get(procedure.letter, 0) + 1):
        if f"{procedure.letter}{count}" not in numbers:
            yield f"no step carries the number {procedure.letter}{count}"
        if f"{procedure.letter}{count}" not in lines:
            yield f"the paper's line {procedure.letter}{count} is missing"
    for state in procedure.open_states:
        due = procedure.due_in(state)
        if due is None:
            yield f"nothing is due in {state.name}"
        elif state not in due.step.sources or due.step.is_danger or due.step.is_common:
            yield f"{due.step.name} cannot be due in {state.name}"
    for step in steps:
        number = StepNumber.read(step.number)
        if step.number and (number is None or number.letter != procedure.letter):
            yield f"{step.name} has the number {step.number}"
        if not step.doc:
            yield f"{step.name} has no docstring"
        if any(not isinstance(word, Role | Who) for word in (*step.by, *step.tells)):
            yield f"{step.name} names somebody unknown"


class ProcedureFacts(TypedDict):
    key: str
    slug: str
    title: str
    steps: list[StepFacts]
    states: list[StateFacts]


def as_data() -> list[ProcedureFacts]:
    """All procedures as plain data, for `procedures --json`; other programs rely on these names."""
    return [_procedure_data(p) for p in PROCEDURES.values()]


def _procedure_data(procedure: Procedure) -> ProcedureFacts:
    return {
        "key": procedure.key,
        "slug": procedure.slug,
        "title": str(procedure.title),
        "steps": [_step_data(step) for step in procedure.steps.values()],
        "states": [{"name": s.value, "label": str(s.label), "final": s.final} for s in procedure.states],
    }


def _step_data(step: Step) -> StepFacts:
    return {
        "number": step.number,
        "name": step.name,
        "label": str(step.label),
        "by": step.roles(),
        "from": names(step.sources),
        "to": names(step.targets or step.sources),
        "asks": field_names(step.asks) if step.asks else [],
        "within_hours": step.within.hours if step.within else None,
        "tells": step.told(),
    }


def names(states: Iterable[State]) -> list[str]:
    return [state.value for state in states]


def people(by: Iterable[By]) -> str:
    """Who may do a step, in words: "Kepala Pustikom atau Operator"."""
    from_words = [str(WHO_WORDS[w]) if isinstance(w, Who) else str(w.label) for w in by]
    return _(" atau ").join([", ".join(from_words[:-1]), from_words[-1]] if len(from_words) > 1 else from_words)


def current_link_key() -> str:
    return keys().current_id


def new_number() -> str:
    return _new_number()
