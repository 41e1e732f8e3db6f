"""What the workbench's selects offer: people, groups and labels, in one statement a request."""

from __future__ import annotations

from collections.abc import Callable

from flask import g, has_request_context
from sqlalchemy import Select, literal_column, select

from models.base.columns.statement_types import Asked, Query
from models.base.db import db
from models.organisation.staff import Group, GroupMember, Staff
from models.tickets.category import Category
from models.tickets.label import Label

Offers = dict[str, list[tuple[int, str]]]


def _members() -> Select[int, str]:
    return select(Staff.id, Staff.name).where(Staff.is_active, Staff.id.in_(select(GroupMember.staff_id)))


# Kind: the rows, and their id and name.
OFFERED: dict[str, tuple[Callable[[], Select[int, str]], tuple[Asked, Asked]]] = {
    "assignee": (_members, (Staff.id, Staff.name)),
    "group": (lambda: select(Group.id, Group.name).where(Group.is_active), (Group.id, Group.name)),
    "category": (lambda: select(Category.id, Category.name).where(Category.is_active), (Category.id, Category.name)),
    "label": (lambda: select(Label.id, Label.name).where(Label.is_active), (Label.id, Label.name)),
}


def offers() -> Offers:
    """Kind: (id, name) by name. Kept for the request alone, since one page builds many forms of it."""
    if not has_request_context():
        return _asked()
    if "offers" not in g:
        g.offers = _asked()
    kept: Offers = g.offers
    return kept


def _asked() -> Offers:
    parts: list[Query] = [
        query().with_only_columns(*columns, literal_column(f"'{kind}'").label("kind"), maintain_column_froms=True)
        for kind, (query, columns) in OFFERED.items()
    ]
    found: Offers = {kind: [] for kind in OFFERED}
    for row in db.session.execute(parts[0].union_all(*parts[1:]).order_by("name")):
        found[row.kind].append((row.id, row.name))
    return found
