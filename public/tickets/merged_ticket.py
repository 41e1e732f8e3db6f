"""What a merged ticket's page shows of the one that goes on: no more than that number alone would show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from sqlalchemy import select

from models.base.columns.statement_types import Found
from models.base.db import db
from models.organisation.staff import Group
from models.tickets.merge import MERGED, Merge
from models.tickets.ticket import Ticket
from procedures.engine.procedure import Procedure
from public.tickets.conversation import Saying, events_of, sayings

Here: TypeAlias = "Ticket | Found"  # the holder's page has the ticket, that of the number alone these columns of it
COLUMNS = (
    Ticket.id,
    Ticket.number,
    Ticket.procedure,
    Ticket.state,
    Ticket.is_open,
    Ticket.pause,
    Ticket.since_at,
    Ticket.due_at,
    Ticket.resolved_at,
    Ticket.received_at,
    Ticket.closed_at,
    Ticket.link_generation,
    Group.name.label("group_name"),
)


@dataclass(frozen=True)
class Followed:
    """The ticket that goes on, as its number alone opens it."""

    ticket: Found
    events: Sequence[Found]


def followed_by(ticket: Here) -> Followed | None:
    """The ticket into which this one is joined, or None."""
    if ticket.state != MERGED:
        return None
    query = select(*COLUMNS).join(Group).join(Merge, Merge.target_id == Ticket.id)
    row = db.session.execute(query.where(Merge.ticket_id == ticket.id, Merge.undone_at.is_(None))).first()
    return Followed(row, events_of(row.id)) if row else None


def with_followed(own: list[Saying], procedure: Procedure, followed: Followed | None) -> list[Saying]:
    """The merged ticket's own words and the public replies of the other, the newest first."""
    if followed is None:
        return own
    theirs = sayings(followed.events, followed.ticket.group_name, procedure.letter, is_holder=False)
    return sorted([*own, *theirs], key=lambda saying: saying.at, reverse=True)
