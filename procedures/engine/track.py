"""Where a ticket stands on its procedure: each written line done, present, or to come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from models.tickets.step_number import line_of
from models.tickets.ticket import Event, Ticket
from procedures.engine.declaration import PaperLine
from procedures.engine.procedure import Procedure


@dataclass(frozen=True)
class Passed:
    """One line of the paper for one ticket. `state` is done, now, later or branch; times are aware UTC."""

    line: PaperLine
    state: str
    at: datetime | None = None

    @property
    def is_done(self) -> bool:
        return self.state == "done"

    @property
    def is_now(self) -> bool:
        return self.state == "now"


def track(ticket: Ticket, procedure: Procedure, events: Sequence[Event]) -> list[Passed]:
    """All written lines in the written order; `events` are the ticket's numbered ones."""
    last = {line_of(event.number): event.at for event in events}
    return [_passed(line, ticket, last) for line in procedure.lines]


def _passed(line: PaperLine, ticket: Ticket, last: dict[str, datetime]) -> Passed:
    if line.number == ticket.line and ticket.is_open:
        return Passed(line, "now", ticket.since_at)
    if taken_at := last.get(line.number) or last.get(line.comes_with):
        return Passed(line, "done", taken_at)
    return Passed(line, "branch" if line.is_branch else "later")
