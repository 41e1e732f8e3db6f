"""The lines that stand above a step's function: what it needs, whom it tells, what it says, and the rarer facts.

A step is declared in the paper's order, a fact on a line; what it asks is the form that its function takes:

    @N.step("N6c", _l("Kembalikan RAB"), HEAD_OF_CENTRE, At.RAB_APPROVAL, At.RAB_DRAFT)
    @needs(rab_is_not_mine, OWN_RAB)
    @tells(notices.rab_returned, Who.MEMBER)
    @says(_l("Kembali ke Divisi Networking untuk diperbaiki."))
    def return_rab(ticket: Ticket, by: Actor, form: forms.ReasonForm) -> Outcome:
        \"\"\"The RAB goes back with a note; a new version follows, the old one stays readable.\"\"\"

A step of staff is internal unless `@also(is_public=True)` stands there; one that somebody outside takes is public.
The monitor's and the product's are quiet, and mere news ("system") where they move nothing.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypedDict, Unpack

from wtforms import Form

from models.base.wording import Words
from procedures.engine.declaration import HOLDER_WORDS, By, Does, Effect, Need, Notice, State, Step, Who, Within

MACHINES = (Who.MONITOR, Who.PRODUCT)


class RareFacts(TypedDict, total=False):
    """Facts that most steps leave as they are; each is explained at its name in Step."""

    is_public: bool
    is_danger: bool
    is_quiet: bool
    is_common: bool
    in_field: bool
    hides_when_shut: bool
    at_once: bool
    kind: str
    submit: Words
    writes: tuple[str, ...]
    first: Mapping[str, Need]
    page: str
    then: Effect


@dataclass(frozen=True)
class DraftedStep:
    """A function with the facts above it, before a procedure says who takes the step, from where to where."""

    does: Does
    needs: Mapping[Words, Need] = field(default_factory=dict)
    tells: Mapping[By, Notice] = field(default_factory=dict)
    told_as: Mapping[By, Words] = field(default_factory=dict)
    previews: bool = False
    says: Words = ""
    rare: RareFacts = field(default_factory=RareFacts)

    def step(
        self,
        number: str | None,
        label: Words,
        by: tuple[By, ...],
        sources: tuple[State, ...],
        targets: tuple[State, ...],
        within: Within | None = None,
    ) -> Step:
        """The whole step; what no line says follows from who takes it."""
        is_machines = all(word in MACHINES for word in by)
        rare: RareFacts = {
            "is_public": any(word in HOLDER_WORDS for word in by),
            "is_quiet": is_machines,
            "kind": "system" if is_machines and not targets else "step",
            **self.rare,
        }
        return Step(
            number=number,
            name=self.does.__name__,
            label=label,
            by=by,
            sources=sources,
            targets=targets,
            does=self.does,
            asks=asked_by(self.does),
            within=within,
            needs=self.needs,
            tells=self.tells,
            told_as=self.told_as,
            previews=self.previews,
            says=self.says,
            **rare,
        )


Drafted = Does | DraftedStep


def drafted(declared: Drafted) -> DraftedStep:
    """The draft of a function, whether or not lines stood above it."""
    return declared if isinstance(declared, DraftedStep) else DraftedStep(declared)


def needs(holds: Need, sentence: Words) -> Callable[[Drafted], DraftedStep]:
    """The step is shut, with this sentence, where the condition does not hold."""

    def declare(declared: Drafted) -> DraftedStep:
        draft = drafted(declared)
        return replace(draft, needs={sentence: holds, **draft.needs})

    return declare


def tells(notice: Notice, *to: By, told_as: Words = "", previews: bool = False) -> Callable[[Drafted], DraftedStep]:
    """Whom the notice goes to. `told_as` are the words for those whom the form itself decides on; `previews`: the
    mails are shown before they go, and only a second press sends them.
    """

    def declare(declared: Drafted) -> DraftedStep:
        draft = drafted(declared)
        return replace(
            draft,
            tells={**dict.fromkeys(to, notice), **draft.tells},
            told_as={**(dict.fromkeys(to, told_as) if told_as else {}), **draft.told_as},
            previews=previews or draft.previews,
        )

    return declare


def says(sentence: Words) -> Callable[[Drafted], DraftedStep]:
    """What will happen, beside the button."""
    return lambda declared: replace(drafted(declared), says=sentence)


def also(**facts: Unpack[RareFacts]) -> Callable[[Drafted], DraftedStep]:
    """The rarer facts."""

    def declare(declared: Drafted) -> DraftedStep:
        draft = drafted(declared)
        rare: RareFacts = {**draft.rare, **facts}
        return replace(draft, rare=rare)

    return declare


def asked_by(does: Does) -> type[Form] | None:
    """The form that a step asks for: the type of what its function takes beside ticket and actor."""
    taken = [*inspect.get_annotations(does, eval_str=True).values()][2]
    return taken if isinstance(taken, type) and issubclass(taken, Form) else None
