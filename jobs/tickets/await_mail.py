"""Waits for mail where a server tells of it by itself (IDLE, RFC 2177), so that it is fetched at once and not at the
next half minute.

One worker of all holds a second connection to every mailbox whose server offers it; what it hears only brings the next
fetch forward, in the lane that fetches. A turn lasts ten minutes, and ends within a second when the worker is to end.
"""

from __future__ import annotations

import logging
import select
import threading
import time
from contextlib import ExitStack

from sqlalchemy import select as rows

from gateways.mailbox.imap import ListeningMailbox, NotFetched, listen
from models.base import heartbeat
from models.base.db import db, write_transaction
from models.base.sealed_secret import SecretLost
from models.tickets.mailbox import Mailbox
from procedures.tickets.inbox.mailbox_place import place_of

TURN_SECONDS = 600.0  # below the 29 minutes after which a server may end it
MOST_MAILBOXES = 20
log = logging.getLogger("helpdesk")


def is_any_fetched() -> bool:
    """Is there a mailbox on a server?"""
    query = rows(Mailbox.id).where(Mailbox.is_active, Mailbox.host != "")
    return db.session.scalar(query.limit(1)) is not None


def await_mail(stop: threading.Event, seconds: float = TURN_SECONDS) -> int:
    """Listen for one turn; says how often a fetch was brought forward."""
    until, asked, is_news = time.monotonic() + seconds, 0, False
    with ExitStack() as open_ones:
        listening = _listen_to_all(open_ones, stop)
        while listening and not stop.is_set() and time.monotonic() < until:
            is_news = _hear(listening) or is_news
            if is_news and _ask_for_fetch():
                asked, is_news = asked + 1, False
        if not listening:
            stop.wait(min(seconds, 60))  # no server offers it: look again later
    return asked


def _listen_to_all(open_ones: ExitStack, stop: threading.Event) -> list[ListeningMailbox]:
    """A connection that listens, for each mailbox that can; a fault is noted where that mailbox is fetched."""
    query = rows(Mailbox.id).where(Mailbox.is_active, Mailbox.host != "").order_by(Mailbox.id).limit(MOST_MAILBOXES)
    places = []
    for box_id in list(db.session.scalars(query)):
        try:
            places.append(place_of(db.session.get_one(Mailbox, box_id)))
        except (SecretLost, NotFetched):
            continue
    db.session.rollback()  # no transaction is open while servers are waited for
    found = []
    for place in places:
        if stop.is_set():
            break
        try:
            if (one := open_ones.enter_context(listen(place))) is not None:
                found.append(one)
        except NotFetched as fault:
            log.info("no IDLE at %s: %s", place.host, fault)
    return found


def _hear(listening: list[ListeningMailbox]) -> bool:
    """Wait a second at most; has one of them something new? One that was cut off is left out until the next turn."""
    poller = select.poll()
    by_number = {one.fileno(): one for one in listening}
    for number in by_number:
        poller.register(number, select.POLLIN)
    is_news = False
    for number, _what in poller.poll(1_000):
        one = by_number[number]
        try:
            is_news = one.has_news() or is_news
        except NotFetched:
            listening.remove(one)
    return is_news


def _ask_for_fetch() -> bool:
    """The next fetch begins now; False while one is under way, which may have looked too early."""
    with write_transaction():
        return heartbeat.bring_forward("fetch_mail")
