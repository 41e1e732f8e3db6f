"""The units whom a ticket concerns beside its requester's own, such as those behind an outage.

The room that keeps them says where they stand, since tickets know nothing of it.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, String, cast, func, null, select

from models.organisation.unit import Unit
from models.tickets.ticket import Ticket

BETWEEN = "\x1e"
_tables: list[Any] = []


def is_kept_in(table: Any) -> Any:
    """A table of (ticket_id, unit_id): the units of its tickets. Used as a decorator; there is one such table."""
    _tables[:] = [table]
    return table


def concerned_units() -> Any:
    """The names of these units as one column of a ticket's row, so that a list asks nothing more."""
    if not _tables:
        return cast(null(), String).label("concerned")
    (table,) = _tables
    query = select(func.aggregate_strings(Unit.name, BETWEEN)).select_from(table)
    query = query.join(Unit, Unit.id == table.unit_id).where(table.ticket_id == Ticket.id)
    return query.correlate(Ticket).scalar_subquery().label("concerned")


def read_units(column: str | None, own: str | None = "") -> list[str]:
    """The names by the alphabet, from the column of concerned_units() and the ticket's own unit."""
    return sorted({name for name in (*(column or "").split(BETWEEN), own or "") if name})


def tickets_concerning(units: Select[Any]) -> Select[Any] | None:
    """The ids of the tickets that concern one of these units; None where no room keeps any."""
    return select(_tables[0].ticket_id).where(_tables[0].unit_id.in_(units)) if _tables else None
