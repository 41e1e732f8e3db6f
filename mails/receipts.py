"""Receipts that go to an address which somebody typed into a public form: few, plain, and none for what is suspicious.

Anybody can type anybody's address (security.md P4). So a receipt says nothing that the sender wrote, an address gets
one an hour and three a day whatever form they come from, and a suspicious form sends none before staff have acted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import Row, Select, bindparam, or_, select

from mails.mute import RECEIPTS
from mails.queue import queue, unheard
from mails.recipients import Recipient
from models.base.bulk_insert import rows_of
from models.base.counter import count_up
from models.base.db import db, utcnow
from models.tickets.outbox import Mail, MailState
from models.tickets.ticket import BUSY_NETWORK, Ticket

PAUSE, A_DAY = timedelta(hours=1), 3

_without: ContextVar[bool] = ContextVar("without_receipts", default=False)


@contextmanager
def without_receipts(is_so: bool = True) -> Iterator[None]:
    """In the block no receipt goes out: what is filed there came from a machine (RFC 3834, security.md M5)."""
    token = _without.set(is_so)
    try:
        yield
    finally:
        _without.reset(token)


def are_wanted() -> bool:
    return not _without.get()


def receipt(notice: str, ticket: Ticket, to: Recipient) -> None:
    """The receipt of a request form; a suspicious one leaves it to the mail of the first step that staff take.

    That many came from its network is no reason to leave it out: the limits of the address hold in any case.
    """
    if are_wanted() and ticket.suspicion in ("", BUSY_NETWORK) and not unheard(to):
        queue(notice, ticket, to, {"channel": ticket.channel}, not_before=receipts_of(to)[1])


def receipts_of(to: Recipient) -> tuple[Sequence[Row[Mail]], datetime]:
    """The address's receipts that wait or went in the last day, newest first, and when the next one may go."""
    email = to.email.lower()
    _one_form_at_a_time(email)
    now = utcnow()
    recent = rows_of(_receipts(), email=email, since=now - timedelta(days=1)).all()
    sent = [mail.not_before for mail in recent if mail.not_before > now - timedelta(days=1)][:A_DAY]
    return recent, _next(sent, now)


def _one_form_at_a_time(email: str) -> None:
    """Parallel forms of one address find each other's mail: on PostgreSQL by a row's lock; SQLite has one for all."""
    if db.engine.dialect.name == "postgresql":
        count_up(f"ack:{email}")


@cache
def _receipts() -> Select[Mail]:
    """Built once, for every complaint asks it."""
    is_recent = or_(Mail.state == MailState.QUEUED, Mail.not_before > bindparam("since"))
    to_requester = (Mail.notice.in_(RECEIPTS), Mail.recipient == bindparam("email"), Mail.recipient_name == "")
    columns = select(Mail.id, Mail.notice, Mail.state, Mail.not_before, Mail.facts)
    return columns.where(*to_requester, is_recent).order_by(Mail.not_before.desc())


def _next(sent: Sequence[datetime], now: datetime) -> datetime:
    """`sent` are the receipts of the last day, newest first."""
    if len(sent) == A_DAY:
        return max(sent[-1] + timedelta(days=1), sent[0] + PAUSE)
    return max(now, sent[0] + PAUSE) if sent else now
