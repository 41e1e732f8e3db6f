"""Writes the digests of staff who want one mail a day, when work begins."""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from mails.queue import queue
from mails.recipients import Recipient
from models.base.calendar import holidays, working_hours
from models.base.db import db, utcnow, write_transaction
from models.base.wording import local
from models.tickets.outbox import Mail, MailState


def send_digests() -> int:
    """Says how many were written; outside working hours none."""
    return collect_all() if is_time(utcnow()) else 0


def is_time(now: datetime) -> bool:
    """The digests of a day leave when work begins."""
    return working_hours().is_open(now, holidays())


def collect_all() -> int:
    """One digest for each who has something collected and got none today; says how many were written."""
    waiting = (
        select(Mail.recipient)
        .where(Mail.state == MailState.COLLECTED, Mail.recipient != "")
        .distinct()
        .order_by(Mail.recipient)
    )
    addresses = list(db.session.scalars(waiting))
    db.session.rollback()
    return sum(_collect(address) for address in addresses)


def _collect(address: str) -> bool:
    try:
        with write_transaction():
            return _write_digest(address, day_key(address, utcnow()))
    except IntegrityError:  # another worker wrote it at the same moment
        return False


def day_key(address: str, now: datetime) -> str:
    """By which the digest of a day is written once."""
    return f"digest:{local(now).date()}:{hashlib.sha256(address.encode()).hexdigest()[:40]}"


def _write_digest(address: str, key: str) -> bool:
    if db.session.scalar(select(Mail.id).where(Mail.dedupe_key == key)) is not None:
        return False
    mine = select(Mail).where(Mail.recipient == address, Mail.state == MailState.COLLECTED).order_by(Mail.id)
    mails = list(db.session.scalars(mine.with_for_update(of=Mail)).unique())
    if not mails:
        return False
    to = Recipient(address, mails[-1].recipient_name, mails[-1].language, is_staff=True)
    queue("staff_digest", None, to, {"mails": [mail.id for mail in mails]}, dedupe_key=key)
    for mail in mails:
        mail.state = MailState.TOLD.value
    return True
