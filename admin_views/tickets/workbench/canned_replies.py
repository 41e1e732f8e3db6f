"""Ready replies as the workbench offers them for one ticket, their gaps filled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from admin_views.tickets.workbench.workbench_rows import ReplyTemplate
from models.organisation.staff import Staff
from models.tickets.canned_reply import filled
from models.tickets.ticket import Ticket
from models.tickets.ticket_keys import status_url


@dataclass(frozen=True)
class Ready:
    """A reply with its gaps filled, in the requester's language."""

    id: int
    title: str
    text: str


def ready_replies(ticket: Ticket, staff: Staff, words: Sequence[ReplyTemplate]) -> list[Ready]:
    values = {
        "nomor": ticket.number,
        "nama": ticket.requester_name,
        "unit": ticket.unit.name if ticket.unit else "",
        "petugas": staff.name,
        "kelompok": ticket.group.name,
        "tautan": status_url(ticket),
    }
    in_english = ticket.language == "en"
    return [Ready(w.id, w.title, filled((in_english and w.text_en) or w.text, values)) for w in words]
