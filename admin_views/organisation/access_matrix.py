"""Works the rights out for their page: role × view × act, role × step, and who holds what today."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from admin_views.frame.permissions import DUTIES, LENT, RIGHTS
from admin_views.organisation import access_words
from models.base.db import db
from models.base.wording import Words, today
from models.organisation.delegation import Delegation
from models.organisation.duties import PART_WORDS
from models.organisation.roles import MEMBER_ROLES, Role
from models.organisation.staff import Staff
from procedures.engine import catalog
from procedures.engine.catalog import WHO_WORDS
from procedures.engine.declaration import By, Step, Who

OWN, MEMBER = "own", "member"


@dataclass(frozen=True)
class ActRights:
    key: str
    label: str
    roles: frozenset[Role]


@dataclass(frozen=True)
class ViewRights:
    """One view with its acts; `is_lent`: a delegate opens it as the head does."""

    key: str
    title: str
    rule: str
    is_lent: bool
    acts: list[ActRights]

    def of(self, role: Role) -> list[ActRights]:
        return [act for act in self.acts if role in act.roles]


@dataclass(frozen=True)
class StepRights:
    """One step: by role either in its own right or as a member of the ticket's group; `others` are no staff."""

    number: str
    label: str
    roles: dict[Role, str]
    others: str


@dataclass(frozen=True)
class ProcedureRights:
    key: str
    title: str
    steps: list[StepRights]


def views(role: Role | None = None, word: str = "") -> list[ViewRights]:
    """Every view of permissions.py in its order; narrowed to what a role may, or to a word in its names."""
    found = []
    for key, acts in RIGHTS.items():
        rights = [ActRights(act, str(access_words.act_word(act)), roles) for act, roles in acts.items()]
        shown = [act for act in rights if role is None or role in act.roles]
        view = ViewRights(key, str(access_words.title_of(key)), str(access_words.row_rule(key)), key in LENT, shown)
        if shown and _has(word, view.title, view.rule, *(act.label for act in shown)):
            found.append(view)
    return found


def procedures(role: Role | None = None, word: str = "") -> list[ProcedureRights]:
    """Every procedure's own steps, then the steps that all of them share."""
    found = [
        _procedure(p.key, str(p.title), [s for s in p.steps.values() if not s.is_common], role, word)
        for p in catalog.PROCEDURES.values()
    ]
    shared = {s.name: s for p in catalog.PROCEDURES.values() for s in p.steps.values() if s.is_common}
    found.append(_procedure("", "", list(shared.values()), role, word))
    return [procedure for procedure in found if procedure.steps]


def _procedure(key: str, title: str, steps: Iterable[Step], role: Role | None, word: str) -> ProcedureRights:
    rights = [
        StepRights(step.number or "", str(step.label), roles_of_step(step.by), _others(step.by)) for step in steps
    ]
    shown = [s for s in rights if (role is None or role in s.roles) and _has(word, title, s.number, s.label, s.others)]
    return ProcedureRights(key, title, shown)


def roles_of_step(by: Iterable[By]) -> dict[Role, str]:
    """How each role may take a step that these words name."""
    words = tuple(by)
    as_member = dict.fromkeys(MEMBER_ROLES, MEMBER) if {Who.MEMBER, Who.ASSIGNEE} & set(words) else {}
    return {**as_member, **{word: OWN for word in words if isinstance(word, Role)}}


def _others(by: Iterable[By]) -> str:
    outside = [word for word in by if isinstance(word, Who) and word not in (Who.MEMBER, Who.ASSIGNEE)]
    return ", ".join(str(WHO_WORDS[word]) for word in outside)


@dataclass(frozen=True)
class DutyWords:
    """One line of the table of two people, in words."""

    key: str
    what: str
    made_by: list[str]
    confirms: str
    confirmed_by: list[str]
    apart: list[str]
    steps: str


def duties(role: Role | None = None, word: str = "") -> list[DutyWords]:
    """The table of two people in its order; narrowed to a role on either side, or to a word."""
    numbers = {step.name: step.number for p in catalog.PROCEDURES.values() for step in p.steps.values()}
    found = []
    for key, line in DUTIES.items():
        words = DutyWords(
            key,
            str(line.what),
            [str(one.label) for one in line.made_by],
            str(line.confirms),
            [str(one.label) for one in line.confirmed_by],
            [str(PART_WORDS[part]) for part in line.apart],
            ", ".join(number for step in line.steps if (number := numbers.get(step))),
        )
        if (role is None or role in (*line.made_by, *line.confirmed_by)) and _has(word, words.what, words.confirms):
            found.append(words)
    return found


def holders() -> dict[Role, list[Staff]]:
    """The active people of each role, by name; a role that nobody holds stands there empty."""
    people = list(db.session.scalars(select(Staff).where(Staff.is_active).order_by(Staff.name)).unique())
    return {role: [person for person in people if role in person.roles] for role in Role}


def delegations_in_force() -> list[Delegation]:
    """What counts today: not revoked, in its period, lent by somebody who still holds the role."""
    day = today()
    query = select(Delegation).where(
        Delegation.revoked_at.is_(None),
        Delegation.is_waiting.is_(False),
        Delegation.starts_on <= day,
        Delegation.ends_on >= day,
    )
    loaded = query.options(joinedload(Delegation.from_staff), joinedload(Delegation.to_staff)).order_by(Delegation.id)
    lent = db.session.scalars(loaded).unique()
    return [d for d in lent if d.from_staff.is_active and d.to_staff.is_active and d.from_staff.has(Role(d.role))]


def _has(word: str, *texts: Words) -> bool:
    return word.lower() in " ".join(str(text) for text in texts).lower()
