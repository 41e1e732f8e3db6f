"""The mail about a split: the requester has two numbers now."""

from __future__ import annotations

from mails.queue import queue
from mails.recipients import Recipient
from models.tickets.ticket import Event, Ticket


def split(ticket: Ticket, event: Event, to: Recipient) -> None:
    """To whom the ticket belongs: what staff handle apart, and under which number; it has a mail of its own as well."""
    if to.ticket is None:
        queue("split", ticket, to, {"second": event.data["split_to"], "text": event.text})
