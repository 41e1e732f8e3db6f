"""How a move of every procedure is declared: like a step, but for where it leads, which each procedure says itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from models.base.wording import Words
from models.organisation.roles import Role
from procedures.engine.declaration import By, Does, State, Step, Who
from procedures.engine.procedure import Procedure
from procedures.engine.step_facts import Drafted, DraftedStep, drafted

WORKERS: tuple[By, ...] = (Who.MEMBER,)
DESK: tuple[By, ...] = (Who.MEMBER, Role.HEAD_OF_CENTRE, Role.OPERATOR)

Desks = tuple[State, ...]


@dataclass(frozen=True)
class Adoption:
    """What a procedure says of the common moves that it adopts.

    It has no cancelling, refusing or merging where it names no state to which that leads. Nothing is cancelled or
    refused in the states `no_end_in`, where something outside is under way that no click can take back. Tickets are
    merged out of the states `merges_from`. `also_tells` names who else hears of a move, by the move's name.
    """

    procedure: Procedure
    cancelled: State | None = None
    refused: State | None = None
    no_end_in: Desks = ()
    merged: State | None = None
    merges_from: Desks = ()
    also_tells: Mapping[str, tuple[By, ...]] = field(default_factory=dict)

    @property
    def open(self) -> Desks:
        return self.procedure.open_states

    @property
    def merged_ones(self) -> Desks:
        return (self.merged,) if self.merged else ()

    def ends(self, state: State | None) -> Leads:
        """From wherever the ticket may end to this state."""
        return (tuple(each for each in self.open if each not in self.no_end_in), (state,)) if state else None


Leads = tuple[Desks, Desks] | None  # from, to; None: the procedure does not have this move


@dataclass(frozen=True)
class CommonMove:
    """A declared move, before a procedure adopts it."""

    label: Words
    by: tuple[By, ...]
    draft: DraftedStep
    leads: Callable[[Adoption], Leads]

    def step(self, adoption: Adoption) -> Step | None:
        """The step that it becomes in this procedure, if it has it."""
        leads = self.leads(adoption)
        if leads is None:
            return None
        heard = adoption.also_tells.get(self.draft.does.__name__, ())
        tells = {**self.draft.tells, **{also: notice for notice in self.draft.tells.values() for also in heard}}
        return replace(self.draft, tells=tells).step(None, self.label, self.by, *leads)


COMMON_MOVES: dict[str, list[CommonMove]] = {}  # by the module that declares them


def common_move(
    label: Words, by: tuple[By, ...], leads: Callable[[Adoption], Leads] = lambda adoption: (adoption.open, ())
) -> Callable[[Drafted], Does]:
    """Declare the function below as a common move, open in every open state; the facts between are those of a step."""

    def declare(declared: Drafted) -> Does:
        draft = drafted(declared)
        draft = replace(draft, rare={**draft.rare, "is_common": True})
        COMMON_MOVES.setdefault(draft.does.__module__, []).append(CommonMove(label, by, draft, leads))
        return draft.does

    return declare
