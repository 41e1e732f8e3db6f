"""What the workbench's selects offer (people, groups, labels), in one statement a request; it decides no right."""

from __future__ import annotations

from flask import g, has_request_context
from sqlalchemy import literal_column, select

from models.db import db
from models.label import Label
from models.staff import Group, GroupMember, Staff

Offers = dict[str, list[tuple[int, str]]]


def offers() -> Offers:
    """Kind: (id, name) by name. Kept for the request alone, since one page builds many forms of it."""
    if not has_request_context():
        return _asked()
    if "offers" not in g:
        g.offers = _asked()
    kept: Offers = g.offers
    return kept


def _asked() -> Offers:
    members = select(GroupMember.staff_id)
    kinds = {
        "assignee": select(Staff.id, Staff.name).where(Staff.is_active, Staff.id.in_(members)),
        "group": select(Group.id, Group.name).where(Group.is_active),
        "label": select(Label.id, Label.name).where(Label.is_active),
    }
    parts = [query.add_columns(literal_column(f"'{kind}'").label("kind")) for kind, query in kinds.items()]
    found: Offers = {kind: [] for kind in kinds}
    for ident, name, kind in db.session.execute(parts[0].union_all(*parts[1:]).order_by("name")):
        found[kind].append((ident, name))
    return found
