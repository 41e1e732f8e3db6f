"""Replies that stand ready, as the workbench offers them for one ticket; the filling in is models/canned_reply.py's."""

from __future__ import annotations

from dataclasses import dataclass

from models.canned_reply import filled, offered
from models.staff import Staff
from models.ticket import Ticket
from models.ticket_keys import status_url


@dataclass(frozen=True)
class Ready:
    """A reply with its gaps filled, in the requester's language."""

    id: int
    title: str
    text: str


def ready_replies(ticket: Ticket, staff: Staff) -> list[Ready]:
    values = {
        "nomor": ticket.number,
        "nama": ticket.requester_name,
        "unit": ticket.unit.name if ticket.unit else "",
        "petugas": staff.name,
        "kelompok": ticket.group.name,
        "tautan": status_url(ticket),
    }
    return [Ready(c.id, c.title, filled(c.text_in(ticket.language), values)) for c in offered(ticket)]
