"""Puts a mail into the outbox, inside the caller's transaction; the worker sends it later."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from flask import current_app

from mails.digest import is_collected
from mails.mute import why_muted
from mails.recipients import Recipient
from models.base.bulk_insert import add_row
from models.base.db import db, utcnow
from models.organisation.roles import Role
from models.organisation.staff import staff_with
from models.tickets.mailing.data_request import has_objected
from models.tickets.outbox import Mail, MailState
from models.tickets.ticket import Ticket

OBJECTED = "objected: the person asked that this be stopped"  # last_error of what is held for it
SECRET_FACTS = frozenset({"one_time_link"})  # what opens something is never sent to who is in copy


@dataclass(frozen=True)
class Queued:
    """A mail in the outbox beside the recipient it was made for."""

    to: Recipient
    mail: Mail


@dataclass
class Collected:
    """What steps put into the outbox, in order, and who should have heard of them and has no address."""

    queued: list[Queued] = field(default_factory=list)
    silent: list[Recipient] = field(default_factory=list)

    def back_to(self, place: tuple[int, int]) -> None:
        """Forget what came after this place: its transaction was undone."""
        del self.queued[place[0] :], self.silent[place[1] :]


_collecting: ContextVar[Collected | None] = ContextVar("collecting", default=None)


@contextmanager
def collected() -> Iterator[Collected]:
    """The mails that the block puts into the outbox; a block around this one gets them too, once it has ended well."""
    found, around = Collected(), _collecting.get()
    token = _collecting.set(found)
    try:
        yield found
        if around is not None:
            around.queued += found.queued
            around.silent += found.silent
    finally:
        _collecting.reset(token)


def is_collecting() -> bool:
    """Does somebody want to know who is told, and who cannot be?"""
    return _collecting.get() is not None


@contextmanager
def undone_together() -> Iterator[None]:
    """What the block collected is forgotten when it fails, as its rows are."""
    found = _collecting.get()
    place = (len(found.queued), len(found.silent)) if found else (0, 0)
    try:
        yield
    except BaseException:
        if found is not None:
            found.back_to(place)
        raise


def joined(to: Recipient, mail: Mail) -> None:
    """Somebody is told by a mail that waited already."""
    if (collecting := _collecting.get()) is not None:
        collecting.queued.append(Queued(to, mail))


def unheard(to: Recipient) -> bool:
    """Has this person no address? Then it is noted that they were not told."""
    if to.email:
        return False
    if (collecting := _collecting.get()) is not None:
        collecting.silent.append(to)
    return True


def queue(
    notice: str,
    ticket: Ticket | None,
    to: Recipient,
    facts: dict[str, Any] | None = None,
    *,
    not_before: datetime | None = None,
    dedupe_key: str | None = None,
    may_wait: bool = True,
) -> None:
    """Add one row for one recipient; `facts` are plain JSON values that templates/mail/<room>/<notice>/ says.

    `may_wait`: a notice that can wait is collected for whoever reads the digest.
    The Message-ID is fixed here, so that a mail sent twice after a crash is recognised as one.
    """
    facts = facts or {}
    if unheard(to) or (to.copy_id and not SECRET_FACTS.isdisjoint(facts)):
        return
    if to.copy_id:
        facts = {**facts, "copy": to.copy_id}
    own = to.ticket or ticket  # who is told of another ticket is led to their own
    host = urlsplit(current_app.config["BASE_URL"]).hostname or "localhost"
    values: dict[str, Any] = {
        "message_id": f"<{secrets.token_hex(16)}@{host}>",
        "notice": notice,
        "ticket_id": own.id if own else None,
        "recipient": to.email.lower(),
        "recipient_name": to.name if to.is_staff else "",
        "language": to.language,
        "facts": {**facts, "to_staff": to.is_staff},
        "not_before": not_before or utcnow(),
        "dedupe_key": dedupe_key,
    }
    if may_wait and is_collected(notice, own, to):
        values["state"] = MailState.COLLECTED.value
    why, is_first = why_muted(notice, to)
    if why:
        values |= {"state": MailState.HELD.value, "last_error": why}
    if not to.is_staff and notice != "data_answered" and has_objected(to.email, own):
        values |= {"state": MailState.HELD.value, "last_error": OBJECTED}
    if is_first:
        _tell_muted(to.email.lower())
    if (collecting := _collecting.get()) is None:
        add_row(Mail, **values)
        return
    mail = Mail(**values)
    db.session.add(mail)
    collecting.queued.append(Queued(to, mail))


def _tell_muted(email: str) -> None:
    """Those who see the queue learn that an address gets no more automatic mails for now."""
    people = {one.id: one for role in (Role.OPERATOR, Role.ADMINISTRATOR) for one in staff_with(role)}
    for one in people.values():
        if one.email:
            to = Recipient(one.email, one.name, one.language, is_staff=True)
            queue("address_muted", None, to, {"address": email})
