"""Removes somebody from tickets on their own request at the desk, and an address from all that it was in copy of.

Numbers, steps and papers stay, so that counts and reports do not change. What every night forgets by itself stands in
jobs/operation/retention.py.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from sqlalchemy import and_, select, update

from models.base.db import db
from models.tickets.copied_person import CopiedPerson
from models.tickets.evidence.seal import SealedKind
from models.tickets.outbox import Mail
from models.tickets.ticket import Event, Ticket
from procedures.tickets.evidence.changing import change_rows
from procedures.tickets.forget_ticket import FORGOTTEN as FORGOTTEN
from procedures.tickets.forget_ticket import forget_tickets, give_up_unsent


def pseudonymise(ticket: Ticket, alias: str) -> None:
    """Put the alias in the requester's place and take out every text and file, inside the caller's transaction."""
    forget_tickets([ticket.id], alias)


def forget_copies(email: str) -> int:
    """Take an address out of every ticket that it was in copy of, with what went there; in the caller's transaction."""
    rows = list(db.session.scalars(select(CopiedPerson).where(CopiedPerson.email == email.lower())).unique())
    for row in rows:
        events = list(db.session.scalars(select(Event.id).where(Event.ticket_id == row.ticket_id)))
        change_rows(SealedKind.EVENT, events, partial(_without_copy, row.email))
        theirs = and_(Mail.ticket_id == row.ticket_id, Mail.recipient == row.email)
        give_up_unsent(theirs)
        db.session.execute(
            update(Mail).where(theirs).values(recipient="", recipient_name="", subject="", body="", facts={})
        )
        db.session.delete(row)
    return len(rows)


def _without_copy(address: str, event: Any) -> dict[str, Any]:
    if address not in str(event.data.get("copied", "")):
        return {}
    return {"data": {name: value for name, value in event.data.items() if name != "copied"}}
