"""Counts what lies in each section of a person's desk, and reads its first rows.

Two statements whatever the number of tickets: every section is read along an index and stops at its cap.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Integer, ScalarSelect, func, literal, select, union_all

from admin_views.tickets.list.desk_sections import DESK_SECTIONS, branches_of
from admin_views.tickets.list.filter import SORTS
from admin_views.tickets.list.keyset import Branch, counted, first_of
from admin_views.tickets.list.search import COLUMNS
from models.base.columns.statement_types import Found, Query
from models.base.db import db
from models.base.wording import today
from models.organisation.staff import Group, Staff
from models.organisation.unit import Unit
from models.tickets.knowledge.article import Article
from models.tickets.ticket import Ticket, visible_to

ROWS = 5
CAP = 100
REVIEWS = "reviews"  # no tickets: articles that wait for the look of their owner
LATE = "late_"  # and the id of a group


@dataclass
class Lying:
    """What lies in one section: how many (capped) and its first rows."""

    count: int
    rows: list[Found] = field(default_factory=list)

    @property
    def shown_count(self) -> str:
        return f"{CAP - 1}+" if self.count >= CAP else str(self.count)


@dataclass
class Late:
    """What is late at one group's desk, as many as the linked list shows, the longest first."""

    group_id: int
    lying: Lying

    @property
    def href(self) -> str:
        return f"/admin/ticket/?pile=overdue&group={self.group_id}"


def lying_with(staff: Staff, groups: Iterable[int] = (), with_reviews: bool = False) -> dict[str, Lying]:
    """Every section of the desk by its key, and what is late at each of these groups' desks: late_of() reads it.

    `with_reviews`: REVIEWS too, counted in the same statement.
    """
    seen = visible_to(staff)
    branches = {key: [Branch([seen, *branch]) for branch in branches_of(key, staff)] for key in DESK_SECTIONS}
    for group in groups:
        here = [Branch([*branch.conditions, Ticket.group_id == group]) for branch in branches["overdue"]]
        branches[f"{LATE}{group}"] = here
    counts = counts_of(branches, {REVIEWS: _reviews_of(staff)} if with_reviews else {})
    piles = {key: Lying(count) for key, count in counts.items()}
    filled = {key: branches[key] for key, pile in piles.items() if pile.count and key in branches}
    if filled:
        for found in db.session.execute(_first_rows(filled, list(branches))):
            piles[list(branches)[found.pile]].rows.append(found)
    for key in branches:
        pile = piles[key]
        column, descending = SORTS[DESK_SECTIONS[_section(key)].sort]
        pile.rows.sort(key=_by(column.key), reverse=descending)
    return piles


def _reviews_of(staff: Staff) -> ScalarSelect[int]:
    """How many articles of this person wait for the yearly look."""
    due = select(func.count()).select_from(Article).where(Article.owner_id == staff.id, Article.review_on <= today())
    return due.scalar_subquery()


def late_of(piles: dict[str, Lying]) -> list[Late]:
    """What is late at which desk, the most first; it is taken out of the piles."""
    keys = [key for key in piles if key.startswith(LATE)]
    late = [Late(int(key.removeprefix(LATE)), piles.pop(key)) for key in keys]
    return sorted((one for one in late if one.lying.count), key=lambda one: -one.lying.count)


def _section(key: str) -> str:
    return "overdue" if key.startswith(LATE) else key


def _by(key: str) -> Callable[[Found], tuple[datetime, int]]:
    return lambda row: (getattr(row, key), row.id)


def counts_of(
    branches: Mapping[str, Sequence[Branch]], more: Mapping[str, ScalarSelect[int]] | None = None
) -> dict[str, int]:
    """How many tickets lie in each of the named unions of branches, at most CAP, in one statement.

    `more` are counts of something else that the same statement brings.
    """
    counts = {name: counted(found, CAP).scalar_subquery().label(name) for name, found in branches.items() if found}
    others = {name: count.label(name) for name, count in (more or {}).items()}
    row = db.session.execute(select(*counts.values(), *others.values())).one()
    return {name: getattr(row, name) if name in counts or name in others else 0 for name in [*branches, *others]}


def _first_rows(branches: Mapping[str, Sequence[Branch]], every: Sequence[str]) -> Query:
    """The first rows of all sections in one statement, in each section's own order."""
    parts = []
    for place, key in enumerate(every):
        if key in branches:
            column, descending = SORTS[DESK_SECTIONS[_section(key)].sort]
            most = 1 if key.startswith(LATE) else ROWS
            first = first_of(branches[key], column, descending, most)
            order = select(first.c.id, first.c.key).order_by(
                *(c.desc() if descending else c.asc() for c in (first.c.key, first.c.id))
            )
            some = order.limit(most).subquery()
            parts.append(select(literal(place, Integer).label("pile"), some.c.id))
    few = union_all(*parts).subquery() if len(parts) > 1 else parts[0].subquery()
    rows = select(few.c.pile, *COLUMNS, Ticket.since_at, Group.name.label("group_name")).join_from(
        few, Ticket, Ticket.id == few.c.id
    )
    rows = rows.join(Group, Group.id == Ticket.group_id)
    return rows.outerjoin(Unit, Unit.id == Ticket.unit_id).outerjoin(Staff, Staff.id == Ticket.assignee_id)
