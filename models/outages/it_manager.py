"""Finds who is told of a unit's outage: its own IT managers, or those of the nearest unit above it."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import CTE, Select, select

from models.base.db import db
from models.organisation.unit import Contact, Unit


def managers_by_unit(unit_ids: Iterable[int]) -> dict[int, list[Contact]]:
    """The IT managers of each unit; a unit without one is reached through the nearest unit above it."""
    parents: dict[int, int | None] = dict(db.session.execute(select(Unit.id, Unit.parent_id)).tuples().all())
    query = select(Contact).where(Contact.kind == "it_manager", Contact.is_active).order_by(Contact.id)
    own: dict[int, list[Contact]] = {}
    for contact in db.session.scalars(query):
        own.setdefault(contact.unit_id, []).append(contact)
    found = {}
    for unit_id in unit_ids:
        current: int | None = unit_id
        passed: set[int] = set()
        while current is not None and current not in own and current not in passed:
            passed.add(current)
            current = parents.get(current)
        found[unit_id] = own.get(current or 0, [])
    return found


def reachable_units(affected: Select[int]) -> CTE:
    """managers_by_unit's rule as one recursive statement: these units, and those above each that has no IT manager."""
    own = select(Contact.id).where(Contact.unit_id == Unit.id, Contact.kind == "it_manager", Contact.is_active)
    reach = affected.cte("reach", recursive=True)
    above = select(Unit.parent_id).join(reach, reach.c.unit_id == Unit.id)
    return reach.union(above.where(Unit.parent_id.is_not(None), ~own.exists()))


def it_managers(unit_ids: Iterable[int]) -> list[Contact]:
    """The IT managers of these units, each once."""
    found = managers_by_unit(unit_ids).values()
    return list({contact.id: contact for contacts in found for contact in contacts}.values())
