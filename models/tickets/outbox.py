"""The outbox: mails on their way out, one row a recipient, written in the transaction of their step."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base.db import Base, utcnow
from models.tickets.ticket import Ticket


class MailState(StrEnum):
    QUEUED = "queued"
    CLAIMED = "claimed"  # a worker holds it under a lease
    SENT = "sent"
    DEAD = "dead"  # refused for good (5xx), or it cannot be rendered; staff are told
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
    ticket: Mapped[Ticket | None] = relationship()

    __table_args__ = (Index("ix_outbox_state_not_before", "state", "not_before", "id"),)
