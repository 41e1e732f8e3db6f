"""Where a procedure's room adds its own parts to the workbench."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from models.tickets.ticket import Ticket

Facts = Callable[[Ticket], Mapping[str, Any] | None]
# procedure key -> (template above the steps, its facts), (template at the side, its facts)
BASIS: dict[str, tuple[str, Facts]] = {}
SIDE: dict[str, tuple[str, Facts]] = {}


def basis_of(ticket: Ticket) -> tuple[str, Any] | None:
    return _found(BASIS, ticket)


def side_of(ticket: Ticket) -> tuple[str, Any] | None:
    return _found(SIDE, ticket)


def _found(parts: dict[str, tuple[str, Facts]], ticket: Ticket) -> tuple[str, Any] | None:
    if ticket.procedure not in parts:
        return None
    template, facts = parts[ticket.procedure]
    found = facts(ticket)
    return None if found is None else (template, found)
