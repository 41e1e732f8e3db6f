"""A written procedure: its lines, desks and steps, each said once."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from models.base.wording import Words
from models.tickets.step_number import StepNumber
from procedures.engine.declaration import By, Does, Due, PaperLine, State, Step, Within
from procedures.engine.step_facts import Drafted, drafted

Some = State | Iterable[State] | None  # desks: one, several, or none


class Procedure:
    """What is declared of one of the six procedures; `letter` is that of its step numbers."""

    def __init__(
        self,
        key: str,
        letter: str,
        slug: str,
        title: Words,
        states: type[State],
        summary: Words = "",
        form_path: str = "",
        icon: str = "chat",
    ) -> None:
        self.key, self.letter, self.slug, self.title, self.summary = key, letter, slug, title, summary
        self.states, self.form_path, self.icon = states, form_path, icon
        self.lines: list[PaperLine] = []
        self.steps: dict[str, Step] = {}
        self.dues: dict[State, Due] = {}

    def line(
        self, number: str, title: Words, sentence: Words, is_branch: bool = False, comes_with: str = ""
    ) -> Callable[[Does], Does]:
        """The paper's line, as a heading above the first of its steps."""
        self.lines.append(PaperLine(number, title, sentence, is_branch, comes_with))
        return lambda does: does

    def step(
        self,
        number: str | None,
        label: Words,
        by: By | tuple[By, ...],
        start: Some,
        to: Some,
        within: Within | None = None,
    ) -> Callable[[Drafted], Does]:
        """Declare the function below as a step: who takes it, from where to where, within which time.

        From None: the step opens a ticket. To None: the state stays. Several targets: the function chooses by
        returning an Outcome. The step's other facts stand on the lines between (step_facts.py).
        """

        def declare(declared: Drafted) -> Does:
            draft = drafted(declared)
            self.add(
                draft.step(number, label, by if isinstance(by, tuple) else (by,), _desks(start), _desks(to), within)
            )
            return draft.does

        return declare

    def add(self, step: Step) -> None:
        if step.name in self.steps:
            raise ValueError(f"{self.key}: step {step.name} is declared twice")
        self.steps[step.name] = step

    def settle(self) -> None:
        """All is declared: the lines come into the paper's order, and each desk knows the step that it awaits."""
        self.lines.sort(key=lambda line: _place(line.number))
        for state in self.states:
            if state.awaits and (step := self.steps.get(state.awaits.step)):
                self.dues[state] = Due(step, state.awaits.label or step.label, state.awaits.by or step.by)

    def due_in(self, state: State) -> Due | None:
        """What is due there; nothing in a state that ends."""
        return self.dues.get(state)

    @property
    def open_states(self) -> tuple[State, ...]:
        return tuple(state for state in self.states if not state.final)

    def state(self, name: str) -> State:
        return self.states(name)

    def within(self, state: State) -> Within | None:
        """The shortest target among the steps that wait in this state."""
        targets = [s.within for s in self.steps.values() if s.within and state in s.sources]
        return min(targets, key=lambda w: w.hours) if targets else None


def _place(number: str) -> int:
    read = StepNumber.read(number)
    return read.place if read else 0


def _desks(some: Some) -> tuple[State, ...]:
    if some is None:
        return ()
    return (some,) if isinstance(some, State) else tuple(some)
