"""The mails about merging and its undoing; neither requester reads a word of the other."""

from __future__ import annotations

from mails.queue import queue
from mails.recipients import Recipient
from models.tickets.ticket import Event, Ticket


def merged(ticket: Ticket, event: Event, to: Recipient) -> None:
    """To whom the merged ticket belongs: its number stays good and shows the progress of the other."""
    queue("merged", ticket, to, {"into": event.data["into"]})


def unmerged(ticket: Ticket, event: Event, to: Recipient) -> None:
    """To whom the merged ticket belongs: it goes on by itself again."""
    queue("unmerged", ticket, to, {})


def received(ticket: Ticket, event: Event, to: Recipient) -> None:
    """To whom the ticket belongs that goes on: others reported the same. Those merged have a mail of their own."""
    if to.ticket is None:
        queue("received", ticket, to, {})
