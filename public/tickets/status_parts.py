"""Where a procedure's room adds its own part to the holder's status page.

    @ticket_part("network_installation", "public/installation/documents.html")
    def budget_answer(ticket):
        return {"rab": ticket.rab} if ticket.state == "unit_agreement" else None

The function gets the ticket and gives the template's facts, or None when there is nothing to show now. The
template may hold a form of its own that posts to /tiket/<number>/langkah/<step>.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from models.base.columns.shown import Shown
from models.tickets.ticket import Ticket


class StatusFacts(Protocol):
    """What a part shows of a row, by the names that its template reads; None where it is left out."""

    def __call__(self, ticket: Ticket, /) -> Mapping[str, Shown] | None: ...


PARTS: dict[str, list[tuple[str, StatusFacts]]] = {}


def ticket_part(procedure: str, template: str) -> Callable[[StatusFacts], StatusFacts]:
    """Add a part to the status page of the procedure's tickets, in the order of declaration."""

    def add(facts: StatusFacts) -> StatusFacts:
        PARTS.setdefault(procedure, []).append((template, facts))
        return facts

    return add


def parts_of(ticket: Ticket) -> list[tuple[str, Mapping[str, Shown]]]:
    """Template and facts of every part that has something to show."""
    found = ((template, facts(ticket)) for template, facts in PARTS.get(ticket.procedure, ()))
    return [(template, facts) for template, facts in found if facts is not None]
