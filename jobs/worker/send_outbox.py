"""Sends what waits in the outbox.

How a mail leaves:
 1. rows that are due are claimed under a lease, in one short transaction (SKIP LOCKED lets many workers share);
 2. outside any transaction each is rendered and handed to the server;
 3. each result is written at once: sent, later (back-off), or dead (5xx, or no words can be made).
A worker that dies leaves its lease behind; when it ends the mail goes again under the same Message-ID, so that a
crash after the hand-over costs at most one duplicate, which mail programs recognise. What one address gets about
one ticket leaves in the order in which it was written.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select, update
from sqlalchemy.orm import aliased

from documents.document import DocumentNotPrinted
from gateways.smtp import SendLater, SendNever, as_bytes, open_door
from jobs.worker.mail_files import attach_files
from mails.render import KEPT, Rendered, message, render
from models.base.db import db, utcnow, write_transaction
from models.tickets.outbox import Mail, MailState
from models.tickets.ticket import Event

BATCH = 20
LEASE = timedelta(minutes=5)
HANDS_OVER_FOR = timedelta(minutes=3)  # then one mail more, with all its time-outs, still ends within the lease
LONGEST_WAIT = timedelta(hours=1)
UNREACHED = "unreached: "  # begins last_error where no connection was made
log = logging.getLogger("helpdesk")


def send_outbox() -> int:
    """Send all that is due now; says how many were accepted."""
    sent = 0
    while ids := claim():
        try:
            with open_door() as send:
                sent += _send_batch(ids, send)
        except SendLater as fault:  # no connection: all of the batch waits
            for mail_id in ids:
                _postpone(mail_id, f"{UNREACHED}{fault}")
            log.warning("mail server not reached: %s", fault)
            break
    return sent


def _send_batch(ids: list[int], send: Any) -> int:
    """Hand over one after the other; what a slow server leaves no time for goes back before its lease ends."""
    began, sent = utcnow(), 0
    for place, mail_id in enumerate(ids):
        if utcnow() - began > HANDS_OVER_FOR:
            _give_back(ids[place:])
            break
        sent += _send_one(mail_id, send)
    if sent:
        _hurry()
    return sent


def claim() -> list[int]:
    """The ids of mails that are due or whose lease has run out, now leased to this worker, oldest first."""
    now = utcnow()
    due = or_(Mail.state == MailState.QUEUED, (Mail.state == MailState.CLAIMED) & (Mail.leased_until < now))
    with write_transaction():
        waiting = (
            select(Mail.id)
            .where(due, Mail.not_before <= now, ~_has_elder(now))
            .order_by(Mail.not_before, Mail.id)
            .limit(BATCH)
        )
        ids = list(db.session.scalars(waiting.with_for_update(skip_locked=True)))
        if ids:
            db.session.execute(
                update(Mail)
                .where(Mail.id.in_(ids))
                .values(state=MailState.CLAIMED, leased_until=now + LEASE, attempts=Mail.attempts + 1)
            )
    return ids


def _has_elder(now: datetime) -> ColumnElement[bool]:
    """Does an older mail to the same address about the same ticket still have to leave first?

    One that was never tried and is to wait (the acknowledgements of an hour) holds nothing up.
    """
    elder = aliased(Mail)
    at_work = or_(
        elder.state == MailState.CLAIMED,
        and_(elder.state == MailState.QUEUED, or_(elder.attempts > 0, elder.not_before <= now)),
    )
    return exists().where(
        elder.ticket_id == Mail.ticket_id, elder.recipient == Mail.recipient, elder.id < Mail.id, at_work
    )


def _give_back(ids: list[int]) -> None:
    """Rows that are still ours and were not tried."""
    with write_transaction():
        db.session.execute(
            update(Mail)
            .where(Mail.id.in_(ids), Mail.state == MailState.CLAIMED)
            .values(state=MailState.QUEUED, leased_until=None, attempts=Mail.attempts - 1)
        )


def _hurry() -> None:
    """The server is back: what waited only for it waits no longer."""
    now = utcnow()
    with write_transaction():
        db.session.execute(
            update(Mail)
            .where(Mail.state == MailState.QUEUED, Mail.not_before > now, Mail.last_error.startswith(UNREACHED))
            .values(not_before=now)
        )


def _send_one(mail_id: int, send: Any) -> int:
    mail = db.session.get_one(Mail, mail_id, populate_existing=True)
    try:
        rendered = render(mail)
        made = message(mail, rendered)
        attach_files(made, mail)
        wire = as_bytes(made)
    except DocumentNotPrinted as fault:  # the document comes later, and the mail with it
        db.session.rollback()
        _postpone(mail_id, str(fault))
        return 0
    except Exception as fault:  # whatever is wrong with one row, the others go on
        db.session.rollback()
        log.exception("mail cannot be made", extra={"mail": mail_id})
        _bury(mail_id, f"{type(fault).__name__}: {fault}"[:200])
        return 0
    db.session.rollback()  # no transaction is open while the server is asked
    try:
        send(made, wire, mail_id)
    except SendNever as refused:
        _bury(mail_id, str(refused))
        return 0
    except SendLater as later:
        _postpone(mail_id, str(later))
        return 0
    _sent(mail_id, rendered)
    return 1


def _sent(mail_id: int, rendered: Rendered) -> None:
    with write_transaction():
        mail = db.session.get_one(Mail, mail_id)
        mail.state, mail.sent_at, mail.leased_until, mail.last_error = MailState.SENT.value, utcnow(), None, ""
        mail.subject, mail.body = rendered.subject, rendered.kept_body
        mail.facts = {k: v for k, v in mail.facts.items() if k not in KEPT}  # a one-time link is wiped when sent


def _postpone(mail_id: int, why: str) -> None:
    """1, 2, 4 … 60 minutes."""
    with write_transaction():
        mail = db.session.get_one(Mail, mail_id)
        wait = min(LONGEST_WAIT, timedelta(minutes=2 ** min(max(mail.attempts - 1, 0), 6)))
        mail.state, mail.leased_until = MailState.QUEUED.value, None
        mail.not_before, mail.last_error = utcnow() + wait, why[:300]


def _bury(mail_id: int, why: str) -> None:
    """Given up; the ticket's history tells the staff, who can reach the person another way."""
    with write_transaction():
        mail = db.session.get_one(Mail, mail_id)
        mail.state, mail.leased_until, mail.last_error = MailState.DEAD.value, None, why[:300]
        if mail.ticket_id is not None:
            db.session.add(
                Event(
                    ticket_id=mail.ticket_id,
                    kind="system",
                    step="mail_failed",
                    actor_kind="product",
                    actor_name="Pustikom",
                    is_public=False,
                    text=f"{mail.recipient}: {why}"[:400],
                    data={"mail": mail.id, "notice": mail.notice},
                )
            )
