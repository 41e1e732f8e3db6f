"""The proposal of another address (E3b), beside the unit's decision on it (E3c)."""

from __future__ import annotations

from models.accounts.email_request import email_request_of
from models.base.columns.shown import Shown
from models.tickets.ticket import Ticket
from public.tickets.status_parts import ticket_part


@ticket_part("unit_email", "public/accounts/adjustment.html")
def adjustment(ticket: Ticket) -> dict[str, Shown] | None:
    """What is proposed in place of what, and why, while the answer is awaited."""
    return {"request": email_request_of(ticket)} if ticket.state == "unit_answer" else None
