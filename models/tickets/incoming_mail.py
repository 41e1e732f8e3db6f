"""The mails that came in: stored raw before anything else, then read, then decided upon by the operator or by rule."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base.db import Base, utcnow
from models.organisation.staff import Staff
from models.tickets.category import Category
from models.tickets.mailbox import Mailbox
from models.tickets.ticket import Ticket


class MailFate(StrEnum):
    """Where an incoming mail stands."""

    STORED = "stored"  # raw, to be read
    WAITING = "waiting"  # read, for the operator
    QUARANTINE = "quarantine"  # cannot be read, or nobody knows from whom it is
    OPENED = "opened"  # became a new complaint
    JOINED = "joined"  # belongs to a ticket
    DISCARDED = "discarded"


DONE = (MailFate.OPENED, MailFate.JOINED, MailFate.DISCARDED)


class IncomingMail(Base):
    """One mail that came in, its raw text in the file store, what was read of it and what is proposed."""

    __tablename__ = "incoming_mail"
    id: Mapped[int] = mapped_column(primary_key=True)
    mailbox_id: Mapped[int] = mapped_column(ForeignKey("mailbox.id"), index=True)
    uid_validity: Mapped[int | None] = mapped_column(BigInteger)
    uid: Mapped[int | None] = mapped_column(BigInteger)  # none where it came by the pipe
    message_id: Mapped[str] = mapped_column(String(250), default="", index=True)
    digest: Mapped[str] = mapped_column(String(64))  # SHA-256 of the raw mail, kept when the raw mail is gone
    sha256: Mapped[str | None] = mapped_column(String(64), index=True)  # the raw mail in the file store
    size: Mapped[int] = mapped_column(default=0)  # bytes as the server has it
    is_whole: Mapped[bool] = mapped_column(default=True)  # else only its beginning is stored
    received_at: Mapped[datetime] = mapped_column(default=utcnow)
    state: Mapped[str] = mapped_column(String(12), default=MailFate.STORED.value)
    tries: Mapped[int] = mapped_column(default=0)  # readings that were begun

    sender: Mapped[str] = mapped_column(String(254), default="", index=True)  # strictly read; "" where nobody knows
    sender_name: Mapped[str] = mapped_column(String(120), default="")  # as it calls itself; proves nothing
    subject: Mapped[str] = mapped_column(String(250), default="")
    text: Mapped[str] = mapped_column(Text, default="")  # its plain text with quotes and signature
    html: Mapped[str] = mapped_column(Text, default="")  # as sent: it is cleaned where it is shown
    kind: Mapped[str] = mapped_column(String(12), default="")  # bounce, auto_reply, list, machine, own; "" by a person
    is_silent: Mapped[bool] = mapped_column(default=False)  # no automatic mail may answer it (RFC 3834)
    is_verified: Mapped[bool] = mapped_column(default=False)  # our own server vouches for the sender
    is_token_valid: Mapped[bool] = mapped_column(default=False)  # an answer to a mail that we sent to this address
    remarks: Mapped[list[Any]] = mapped_column(default=list)  # what a reader should know: parts refused, encrypted …
    fault: Mapped[str] = mapped_column(String(300), default="")  # why it lies in quarantine

    proposal: Mapped[str] = mapped_column(String(10), default="")  # open, join, discard
    reason: Mapped[str] = mapped_column(String(30), default="")  # why that is proposed
    category_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"), index=True)  # proposed, then decided
    event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id"))
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))  # none: by rule
    emptied_at: Mapped[datetime | None]  # past its time: words and raw mail are gone

    mailbox: Mapped[Mailbox] = relationship()
    ticket: Mapped[Ticket | None] = relationship()
    category: Mapped[Category | None] = relationship()
    decided_by: Mapped[Staff | None] = relationship()
    files: Mapped[list[IncomingFile]] = relationship(
        back_populates="mail", order_by="IncomingFile.id", cascade="all, delete-orphan"
    )

    __table_args__ = (
        UniqueConstraint("mailbox_id", "uid_validity", "uid"),
        UniqueConstraint("message_id", "digest"),
        Index("ix_incoming_mail_state_received", "state", "received_at", "id"),
    )


class IncomingFile(Base):
    """A file of an incoming mail, checked and stored like an upload; one that was refused has its sentence instead."""

    __tablename__ = "incoming_file"
    id: Mapped[int] = mapped_column(primary_key=True)
    mail_id: Mapped[int] = mapped_column(ForeignKey("incoming_mail.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    size: Mapped[int] = mapped_column(default=0)
    content_type: Mapped[str] = mapped_column(String(100), default="")
    content_id: Mapped[str] = mapped_column(String(250), default="")  # by which the HTML shows it in place
    sha256: Mapped[str | None] = mapped_column(String(64), index=True)
    is_inline: Mapped[bool] = mapped_column(default=False)  # a re-encoded picture
    refusal: Mapped[str] = mapped_column(String(300), default="")
    mail: Mapped[IncomingMail] = relationship(back_populates="files")
