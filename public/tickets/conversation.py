"""What was said on a ticket, as the public may read it: staff appear as their desk.

What a number alone opens (security.md P2): public replies, nothing of what the requester wrote. The
words of steps may name sums or people, so they are shown without the code only where the procedure has neither;
of accounts and passwords (E, P) not even replies.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import and_, or_, select

from models.base.columns.statement_types import Found
from models.base.db import db
from models.organisation.roles import HEADS, Role
from models.organisation.staff import StaffRole
from models.tickets.ticket import Attachment, Event, EventKind

SILENT = ("E", "P")  # letters whose tickets show steps and dates only
STEP_WORDS = ("C", "L", "W")  # letters whose public step words name neither sums nor people


@dataclass(frozen=True)
class Saying:
    """One reply or answer: who as shown, when, the words, the files."""

    who: str
    at: datetime
    text: str
    label: str = ""
    is_yours: bool = False
    files: Sequence[Attachment] = ()


def events_of(ticket_id: int) -> list[Found]:
    """The ticket's history without internal notes, oldest first, in one statement; `head` is a head's role or None."""
    query = (
        select(
            Event.id,
            Event.kind,
            Event.step,
            Event.number,
            Event.at,
            Event.actor_kind,
            Event.is_public,
            Event.text,
            Event.data,
            Event.on_behalf_of,
            StaffRole.role.label("head"),
        )
        .outerjoin(StaffRole, and_(StaffRole.staff_id == Event.staff_id, StaffRole.role.in_([r.value for r in HEADS])))
        .where(
            Event.ticket_id == ticket_id,
            or_(Event.is_public, Event.kind == EventKind.STEP, Event.kind == EventKind.SYSTEM),
        )
        .order_by(Event.id)
    )
    return list({row.id: row for row in db.session.execute(query)}.values())


def is_open_to_all(event: Found, letter: str) -> bool:
    """May the number alone show this event's words?"""
    if letter in SILENT or not event.is_public or _is_holders(event):
        return False
    return event.kind == EventKind.REPLY or (event.kind == EventKind.STEP and letter in STEP_WORDS)


def sayings(
    events: Sequence[Found], group: str, letter: str, is_holder: bool, files: Sequence[Attachment] = ()
) -> list[Saying]:
    """Newest first, without the opening, which the page shows by itself. `group` is the ticket's present one."""
    desk = next((e.data["from_group"] for e in events if e.data.get("from_group")), group)
    found: list[Saying] = []
    for event in events[1:]:
        desk = event.data.get("to_group") or desk
        own = [file for file in files if file.event_id == event.id and file.is_public]
        is_shown = event.is_public if is_holder else is_open_to_all(event, letter)
        if is_shown and (event.text or own):
            found.append(_saying(event, desk, own))
    return found[::-1]


def _is_holders(event: Found) -> bool:
    """Are these the words of whoever the ticket belongs to? Those of a ticket that was split came along with it."""
    return event.actor_kind in ("requester", "unit") or event.kind == EventKind.ANSWER


def _saying(event: Found, desk: str, files: Sequence[Attachment]) -> Saying:
    at = datetime.fromisoformat(event.data["said_at"]) if "said_at" in event.data else event.at
    if _is_holders(event):
        return Saying(_("Pemohon"), at, event.text, is_yours=True, files=files)
    return Saying(_desk(event, desk), at, event.text, files=files)


def _desk(event: Found, group: str) -> str:
    if event.on_behalf_of:
        return str(event.on_behalf_of).split(" (")[0]
    return str(Role(event.head).label) if event.head else group
