"""Sends what waits in the outbox, one mail after the other; the words of a mail are made in mails/.

How a mail leaves:
 1. one row that is due is claimed under a lease, in a short transaction (SKIP LOCKED lets many workers share);
 2. outside any transaction it is rendered and handed to the server;
 3. the result is written, and the next one claimed with it: sent, later (back-off), or dead (5xx, or no words).
A worker that dies leaves the lease of one mail behind; when it ends the mail goes again under the same Message-ID, so
that a crash after the hand-over costs at most one duplicate, which mail programs recognise. What one address gets
about one ticket leaves in the order in which it was written.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from threading import Event as Signal

from documents.typesetting import DocumentNotPrinted
from gateways.smtp import AnswerLost, ConnectionLost, Send, SendLater, SendNever, as_bytes, open_door
from jobs.worker import outbox_rows
from jobs.worker.mail_files import attach_files
from jobs.worker.push_first import told_by_push
from mails.render import message, render
from models.base.db import db, write_transaction
from models.tickets.outbox import Mail
from web.metrics import count

MAILS_A_CONNECTION = 100  # servers end longer ones
Result = Callable[[], None]  # writes what became of a mail, inside a transaction
log = logging.getLogger("helpdesk")


def send_outbox(ended: Signal | None = None) -> int:
    """Send all that is due now, or until the worker is to end; says how many were accepted."""
    sent = 0
    with ExitStack() as doors:
        send, handed = None, 0
        mail_id = _next(ended)
        while mail_id is not None:
            if (pushed := told_by_push(mail_id)) is not None:
                mail_id = _next(ended, pushed)
                continue
            if send is None or handed >= MAILS_A_CONNECTION:
                doors.close()
                send, handed = _open(doors, mail_id), 0
            if send is None:
                break
            was_sent, result, is_open = _hand_over(mail_id, send)
            mail_id = _next(ended, result, hurries=was_sent and handed == 0)
            sent, handed = sent + was_sent, handed + 1
            count("mails", "sent" if was_sent else "not_sent")
            send = send if is_open else None
    return sent


def _next(ended: Signal | None, result: Result | None = None, hurries: bool = False) -> int | None:
    """Write what became of the last mail and claim the next one, in one transaction."""
    if result is None and not outbox_rows.is_anything_due():
        db.session.rollback()
        return None
    with write_transaction():
        if result:
            result()
        if hurries:
            outbox_rows.hurry(outbox_rows.UNREACHED)
        return None if ended is not None and ended.is_set() else outbox_rows.claim()


def _open(doors: ExitStack, mail_id: int) -> Send | None:
    """A connection, or nothing; then all that is due waits."""
    try:
        return doors.enter_context(open_door())
    except SendLater as fault:
        log.warning("mail server not reached: %s", fault)
        with write_transaction():
            outbox_rows.postpone_all(mail_id, f"{outbox_rows.UNREACHED}{fault}")
        return None


def _hand_over(mail_id: int, send: Send) -> tuple[bool, Result, bool]:
    """Was it accepted, what is to be written, and can the connection be used again?"""
    mail = db.session.get_one(Mail, mail_id, populate_existing=True)
    try:
        rendered = render(mail)
        made = message(mail, rendered)
        attach_files(made, mail)
        wire = as_bytes(made)
    except DocumentNotPrinted as fault:  # the document comes later, and the mail with it
        db.session.rollback()
        return False, partial(outbox_rows.postpone, mail_id, f"{outbox_rows.UNPRINTED}{fault}"), True
    except Exception as fault:  # whatever is wrong with one row, the others go on
        db.session.rollback()
        log.exception("mail cannot be made", extra={"mail": mail_id})
        return False, partial(outbox_rows.bury, mail_id, f"{type(fault).__name__}: {fault}"[:200]), True
    db.session.rollback()  # no transaction is open while the server is asked
    try:
        send(made, wire, mail_id)
    except SendNever as refused:
        return False, partial(outbox_rows.bury, mail_id, str(refused)), True
    except AnswerLost as unknown:
        return False, partial(outbox_rows.not_known, mail_id, str(unknown)), False
    except ConnectionLost as cut:
        return False, partial(outbox_rows.postpone, mail_id, f"{outbox_rows.UNREACHED}{cut}"), False
    except SendLater as later:
        return False, partial(outbox_rows.postpone, mail_id, str(later)), True
    return True, partial(outbox_rows.sent, mail_id, rendered), True
