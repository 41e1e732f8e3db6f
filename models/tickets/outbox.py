"""The outbox: mails on their way out, one row a recipient, written in the transaction of their step."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, func, or_, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base.db import Base, db, utcnow
from models.tickets.mailing.mail_wording import MailWording
from models.tickets.ticket import Ticket

STANDS_AFTER = timedelta(minutes=15)  # nothing was sent for so long while something waits: staff are told


class MailState(StrEnum):
    QUEUED = "queued"
    CLAIMED = "claimed"  # a worker holds it under a lease
    SENT = "sent"
    DEAD = "dead"  # refused for good (5xx), or it cannot be rendered; staff are told
    COLLECTED = "collected"  # waits for the digest of somebody of the staff
    TOLD = "told"  # stood in a digest
    PUSHED = "pushed"  # a phone was told in its place (jobs/worker/push_first.py)
    HELD = "held"  # after a restore, until an administrator releases it


class Mail(Base):
    """One mail to one recipient: which notice, with which facts; the access link is put in when it is sent."""

    __tablename__ = "outbox"
    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[str] = mapped_column(String(120), unique=True)  # fixed, so that a resend is recognised
    notice: Mapped[str] = mapped_column(String(40))
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"), index=True)
    recipient: Mapped[str] = mapped_column(String(254), index=True)
    recipient_name: Mapped[str] = mapped_column(String(120), default="")
    language: Mapped[str] = mapped_column(String(2), default="id")
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)  # what the templates say; wiped where secret
    subject: Mapped[str] = mapped_column(String(250), default="")  # as sent
    body: Mapped[str] = mapped_column(Text, default="")  # as sent, without the access link
    state: Mapped[str] = mapped_column(String(10), default=MailState.QUEUED.value)
    not_before: Mapped[datetime] = mapped_column(default=utcnow)
    leased_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    unsure: Mapped[int] = mapped_column(default=0)  # times nobody knows whether the server took it
    last_error: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    sent_at: Mapped[datetime | None]
    dedupe_key: Mapped[str | None] = mapped_column(String(120), unique=True)
    wording_id: Mapped[int | None] = mapped_column(ForeignKey("mail_wording.id"))  # none: the shipped words
    wording: Mapped[MailWording | None] = relationship()
    ticket: Mapped[Ticket | None] = relationship()

    __table_args__ = (
        Index("ix_outbox_state_not_before", "state", "not_before", "id"),
        Index("ix_outbox_sent_at", "sent_at"),
    )


@dataclass(frozen=True)
class Sending:
    """How many mails are in which state (of those given up, the last day's), and when the last one was sent."""

    counts: dict[str, int]
    last_sent_at: datetime | None

    def waits_since(self) -> datetime | None:
        """When the mail was written that waits longest and was to leave by now."""
        is_due = or_(Mail.attempts > 0, Mail.not_before <= utcnow())
        waits = Mail.state.in_((MailState.QUEUED, MailState.CLAIMED))
        return db.session.scalar(select(func.min(Mail.created_at)).where(waits, is_due))

    def of(self, *states: MailState) -> int:
        return sum(self.counts.get(state, 0) for state in states)


def sending_now() -> Sending:
    """How sending stands, in one statement."""
    states = (MailState.QUEUED, MailState.CLAIMED, MailState.HELD, MailState.DEAD)
    asked = {state: select(func.count()).select_from(Mail).where(Mail.state == state) for state in states}
    asked[MailState.DEAD] = asked[MailState.DEAD].where(Mail.created_at > utcnow() - timedelta(days=1))
    last = select(func.max(Mail.sent_at)).scalar_subquery()
    *counts, last_sent_at = db.session.execute(select(*(one.scalar_subquery() for one in asked.values()), last)).one()
    return Sending({state: count for state, count in zip(asked, counts, strict=True) if count}, last_sent_at)
