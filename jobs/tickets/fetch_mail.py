"""Fetches the mail of every mailbox and reads what is stored: raw first, committed, and only then looked into.

Of each mailbox fifty mails a turn, so that a full one holds up no other; a mailbox that cannot be read says so on its
page and is tried again at the next turn.
"""

from __future__ import annotations

import logging
import threading

from sqlalchemy import select

from gateways.files.file_store import UploadRefused
from gateways.mailbox.imap import NotFetched, OpenMailbox, open_mailbox
from models.base.db import db, utcnow, write_transaction
from models.base.sealed_secret import SecretLost
from models.tickets.incoming_mail import IncomingMail, MailFate
from models.tickets.mailbox import Mailbox
from procedures.tickets.inbox.keep_raw import RawMail, keep_all
from procedures.tickets.inbox.mailbox_place import forget_token, place_of
from procedures.tickets.inbox.read_stored import read_stored

BATCH = 50
MOST_BYTES_A_BATCH = 60 * 1024 * 1024
log = logging.getLogger("helpdesk")


def is_mail_expected() -> bool:
    """Is there a mailbox, or a mail that waits to be read?"""
    boxes = select(Mailbox.id).where(Mailbox.is_active, Mailbox.host != "")
    stored = select(IncomingMail.id).where(IncomingMail.state == MailFate.STORED)
    return any(db.session.scalar(query.limit(1)) is not None for query in (boxes, stored))


def fetch_mail(stop: threading.Event) -> None:
    """Until every mailbox is read to its end."""
    query = select(Mailbox.id).where(Mailbox.is_active, Mailbox.host != "").order_by(Mailbox.id)
    waiting = list(db.session.scalars(query))
    db.session.rollback()
    read_stored(stop)
    while waiting and not stop.is_set():
        for mailbox_id in list(waiting):
            if not fetch_some(mailbox_id):
                waiting.remove(mailbox_id)
            read_stored(stop)


def fetch_some(mailbox_id: int) -> bool:
    """The next mails of one mailbox; says whether there are more."""
    box = db.session.get_one(Mailbox, mailbox_id)
    afterwards, last, validity = box.afterwards, box.last_uid, box.uid_validity
    try:
        place = place_of(box)
        db.session.rollback()  # no transaction is open while a server is asked
        with open_mailbox(place) as opened:
            uids = opened.uids_after(last if validity == opened.uid_validity else 0, BATCH)
            fetched = opened.fetch(uids, MOST_BYTES_A_BATCH) if uids else []
            keep_all(mailbox_id, [RawMail(f.raw, f.size, f.uid, f.received_at) for f in fetched], opened.uid_validity)
            has_more = len(uids) == BATCH or len(fetched) < len(uids)
            if afterwards != "keep":
                _settle(mailbox_id, opened, [f.uid for f in fetched if f.size <= len(f.raw)], afterwards)
    except (NotFetched, SecretLost, UploadRefused) as fault:
        _note(mailbox_id, fault)
        return False
    if not has_more:
        _note(mailbox_id, None)
    return has_more


def _settle(mailbox_id: int, opened: OpenMailbox, uids: list[int], afterwards: str) -> None:
    """Mark or delete there what is stored here: these, and what a worker stored that died before it could."""
    box = db.session.get_one(Mailbox, mailbox_id)
    last, before = box.last_uid, IncomingMail.uid > box.settled_uid
    own = (IncomingMail.mailbox_id == mailbox_id, IncomingMail.uid_validity == opened.uid_validity)
    is_behind = last > box.settled_uid
    left = list(db.session.scalars(select(IncomingMail.uid).where(*own, before, IncomingMail.is_whole)))
    db.session.rollback()
    opened.settle(sorted({*uids, *(uid for uid in left if uid)}), afterwards)
    if is_behind:
        with write_transaction():
            db.session.get_one(Mailbox, mailbox_id).settled_uid = last


def _note(mailbox_id: int, fault: Exception | None) -> None:
    """When it was last read to its end, or why not."""
    if fault is not None:
        log.warning("mailbox not read: %s", fault, extra={"mailbox": mailbox_id})
    words = "SECRET_KEY has changed: type the password again" if isinstance(fault, SecretLost) else str(fault)
    with write_transaction():
        box = db.session.get_one(Mailbox, mailbox_id)
        if fault is None:
            box.fetched_at, box.last_error = utcnow(), ""
        else:
            box.last_error = words[:300]
            if box.is_by_token and "AUTHENTICAT" in words.upper():
                forget_token(box)
