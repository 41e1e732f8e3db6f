"""Says for people who was told by a step, and who could not be, as this reader may know it.

It is made from the mails that the step put into the outbox and from nothing else, so that a screen never says more
than what happened.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from mails.queue import Collected, Queued
from mails.recipients import Recipient
from models.base.db import utcnow
from models.tickets.ticket import Ticket, is_visible
from procedures.engine.declaration import Actor


@dataclass(frozen=True)
class Reader:
    """One person as the list shows them; `email` is masked where this actor may not see their ticket."""

    name: str
    email: str
    why: str
    language: str = "id"
    phone: str = ""
    later_at: datetime | None = None  # when the mail goes out, where it is held back for a while


@dataclass(frozen=True)
class Telling:
    """Who was told by mail, each once, and who should be and has no address."""

    told: list[Reader]
    silent: list[Reader]


def telling_of(found: Collected, by: Actor) -> Telling:
    """Everybody of these moves, in the order in which their mails were written."""
    told: dict[str, Reader] = {}
    for each in found.queued:
        told.setdefault(each.mail.recipient, told_reader(each, by))
    return Telling(list(told.values()), silent_readers(found.silent, by))


def told_reader(each: Queued, by: Actor) -> Reader:
    """The recipient of a mail."""
    to, later = each.to, each.mail.not_before
    later_at = later if later and later > utcnow() else None
    if may_see(to.ticket, by):
        return Reader(to.name, to.email, to.why, to.language, to.phone, later_at)
    return Reader("", f"{to.email[:1]}•••@{to.email.rpartition('@')[2]}", to.why, to.language, later_at=later_at)


def silent_readers(people: Iterable[Recipient], by: Actor) -> list[Reader]:
    """Those without an address, each once; a number to call goes with the name."""
    readers = [
        Reader(to.name, "", to.why, to.language, to.phone) if may_see(to.ticket, by) else Reader("", "", to.why)
        for to in people
    ]
    return list(dict.fromkeys(readers))


def may_see(ticket: Ticket | None, by: Actor) -> bool:
    """Somebody tied may have written to another group: their name is then not for this reader (the row rule)."""
    return ticket is None or is_visible(ticket, by.staff)


def seal_of(queued: Sequence[Queued]) -> str:
    """The same for the same recipients, notices, units and promise."""
    kept = ("units", "recovers_at")
    told = sorted(
        json.dumps([e.mail.recipient, e.mail.notice, e.mail.language, [e.mail.facts.get(k) for k in kept]])
        for e in queued
    )
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:32]
