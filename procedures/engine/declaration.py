"""What a procedure is declared of: its states, the lines of the paper, its steps, and who takes them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from wtforms import Form

from mails.recipients import Recipient
from models.base.columns.json_value import Json
from models.base.wording import Words
from models.organisation.roles import MEMBER_ROLES, Role
from models.tickets.step_number import line_of
from models.tickets.ticket import Event, Ticket

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    from procedures.base.form_fields import StepForm

HOURS_A_DAY = 8  # Mon–Fri 08.00–16.00, the default working day


class Who(StrEnum):
    """Who acts or is told besides the roles of staff."""

    REQUESTER = "requester"
    UNIT = "unit"
    MONITOR = "monitor"
    PRODUCT = "product"
    MEMBER = "member"  # of the ticket's group; shown to people and tools as the roles that may be one
    ASSIGNEE = "assignee"  # only told: the person at work, else the group
    CONTACT = "contact"  # only told
    IT_MANAGERS = "it_managers"  # only told


By = Role | Who


@dataclass(frozen=True)
class Awaits:
    """The step that a desk waits for, by its name; a label where the answer has two ways and the decision has a name
    of its own; `by` where everybody waits for others than the step's takers.
    """

    step: str
    label: Words = ""
    by: tuple[By, ...] = ()
    is_outside: bool = False  # the folder is in the hands of people outside the house


ENDS = None  # nothing is awaited any more


class State(StrEnum):
    """A desk where the folder can lie. Members are `NAME = "name", label, line of the paper, Awaits(…) or ENDS`."""

    label: Words
    line: str
    awaits: Awaits | None

    def __new__(cls, value: str, label: Words = "", line: str = "", awaits: Awaits | None = ENDS) -> State:
        state = str.__new__(cls, value)
        state._value_ = value
        state.label, state.line, state.awaits = label, line, awaits
        return state

    @property
    def final(self) -> bool:
        return self.awaits is ENDS


@dataclass(frozen=True)
class PaperLine:
    """One numbered line of the paper, in our own words, as the public tracker shows it."""

    number: str
    title: Words
    sentence: Words
    is_branch: bool = False  # happens only in some runs, such as N9
    comes_with: str = ""  # the line whose step brings this one's facts along, as the letter names the contact


@dataclass(frozen=True)
class Within:
    """A target: so many working hours, or hours round the clock."""

    hours: float
    round_the_clock: bool = False


def working_days(days: float) -> Within:
    return Within(days * HOURS_A_DAY)


def working_hours(hours: float) -> Within:
    return Within(hours)


def clock_minutes(minutes: float) -> Within:
    return Within(minutes / 60, round_the_clock=True)


def clock_hours(hours: float) -> Within:
    return Within(hours, round_the_clock=True)


@dataclass(frozen=True)
class Actor:
    """Who takes a step: a person of the staff, the holder of the access code, the monitor, the product."""

    kind: str  # staff, requester, monitor, product
    name: str = ""
    staff: Any = None  # models.organisation.staff.Staff
    ip: str = ""


PRODUCT = Actor("product", "Pustikom")
MONITOR = Actor("monitor", "Monitor")


@dataclass(frozen=True)
class Outcome:
    """What a step's function may say beyond "done": a target it computed, the event's words and data."""

    to: State | None = None
    text: str | None = None
    data: Mapping[str, Json] = field(default_factory=dict)
    as_it_was: Mapping[str, Json | datetime] = field(default_factory=dict)  # clock columns, put back after the arrival


Given: TypeAlias = "StepForm | DataclassInstance | Ticket | tuple[str, str] | str | int | None"
"""What a step is taken with: the form that a person sent, or what the product or a monitor knows."""


class Does(Protocol):
    """What a step does. Each asks for its own form or facts, and the engine hands it what it was taken with."""

    __name__: str

    def __call__(self, ticket: Ticket, by: Actor, given: Any, /) -> Outcome | None: ...


class Effect(Protocol):
    """What a step does outside after its commit, with what it was taken with."""

    def __call__(self, ticket_id: int, by: Actor, given: Any, /) -> None: ...


Need = Callable[[Ticket, Actor], bool]
Notice = Callable[[Ticket, Event, Recipient], None]


@dataclass(frozen=True)
class Step:
    """All facts of a step in one place."""

    number: str | None
    name: str
    label: Words
    by: tuple[By, ...]
    sources: tuple[State, ...]  # empty: the step opens the ticket
    targets: tuple[State, ...]  # empty: the state stays
    does: Does
    asks: type[Form] | None = None
    within: Within | None = None
    needs: Mapping[Words, Need] = field(default_factory=dict)  # the sentence shown when it does not hold
    tells: Mapping[By, Notice] = field(default_factory=dict)
    told_as: Mapping[By, Words] = field(default_factory=dict)  # words for those whom the form itself decides on
    says: Words = ""  # what will happen, beside the button
    submit: Words = ""  # the words on the form's own button; the label by default
    is_public: bool = True  # the requester reads the event's words
    is_danger: bool = False
    previews: bool = False  # its mails are shown before they go; only a second press sends them
    at_once: bool = False  # the product takes it as soon as the ticket arrives
    kind: str = "step"  # the event's kind
    is_quiet: bool = False  # no button: a form of its own, or a job, takes it
    in_field: bool = False  # its form keeps words and photos on the phone until the server has them
    hides_when_shut: bool = False  # no shut button: most tickets never come to it
    is_common: bool = False
    writes: tuple[
        str, ...
    ] = ()  # facts that it overwrites (procedures/engine/conflicts.py); a later save is shown what changed
    first: Mapping[str, Need] = field(
        default_factory=dict
    )  # steps taken just before it, in its transaction, while they hold
    page: str = ""  # the workbench leads to this page, `{id}` filled in, instead of unfolding a form
    then: Effect | None = None  # outside effect after the commit

    @property
    def opens(self) -> bool:
        return not self.sources

    @property
    def line(self) -> str:
        """The line of the paper this step belongs to: N6b is of N6."""
        return line_of(self.number)

    @property
    def doc(self) -> str:
        return " ".join((self.does.__doc__ or "").split())

    def roles(self) -> list[str]:
        return spelled_out(self.by)

    def told(self) -> list[str]:
        return spelled_out(self.tells)


HOLDER_WORDS = (Who.REQUESTER, Who.UNIT)


@dataclass(frozen=True)
class Due:
    """What a ticket waits for on one desk: the step that is to be taken next, and by whom.

    No dangerous step and no way out is ever due; where a decision has two ways the label names the decision.
    """

    step: Step
    label: Words  # the step's own, or the decision's name
    by: tuple[By, ...]  # the step's, or those outside for whom everybody waits

    @property
    def is_holders(self) -> bool:
        """Is it the turn of the requester or the unit?"""
        return any(word in HOLDER_WORDS for word in self.by)


def spelled_out(words: Iterable[By]) -> list[str]:
    """Roles and words as other tools read them; a member of a group is every role that may be one."""
    found: list[str] = []
    for word in words:
        if word in (Who.MEMBER, Who.ASSIGNEE):
            found += [role.value for role in Role if role in MEMBER_ROLES]
        else:
            found.append(word.value)
    return list(dict.fromkeys(found))
