"""The ticket with its history and files, and the row rule: who may see it.

Only procedures/engine/take_step.py writes a ticket's state.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from flask_babel import lazy_gettext as _l
from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Index,
    SmallInteger,
    String,
    Text,
    false,
    or_,
    select,
    text,
    true,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base.bulk_insert import add_row
from models.base.db import Base, db, utcnow
from models.base.search.terms import keys_of
from models.base.wording import Words
from models.organisation.delegation import groups_near, roles_of
from models.organisation.roles import SEES_ALL, Role
from models.organisation.staff import Group, Staff
from models.organisation.unit import Unit
from models.tickets.category import Category

CHANNELS: dict[str, Words] = {
    "web": _l("Formulir daring"),
    "phone": _l("Telepon"),
    "walk_in": _l("Datang langsung"),
    "letter": _l("Surat"),
    "whatsapp": _l("WhatsApp"),
    "email": _l("Email"),
    "monitor": _l("Pemantau"),
    "schedule": _l("Jadwal rutin"),
}
BUSY_NETWORK = "address_limit"  # alone it says nothing against the sender: a whole campus may be one address
NOT_BY_HAND = ("monitor", "schedule")  # ways in that the product alone opens
SUSPICIONS: dict[str, Words] = {  # why a public form looks machine-made (security.md P5)
    "honeypot": _l("kolom yang tidak tampak bagi orang ikut terisi"),
    "no_nonce": _l("tidak dikirim dari halaman formulir kami"),
    "too_fast": _l("terisi dalam waktu kurang dari tiga detik"),
    BUSY_NETWORK: _l("terlalu banyak kiriman dari jaringan yang sama dalam satu jam"),
    "overall_limit": _l("terlalu banyak kiriman dalam satu jam"),
}
SERVICE_OFFICER_PROCEDURES = ("unit_email",)
REOPEN_DAYS = 14  # C6
FILTERED = (
    "procedure", "state", "line", "group_id", "assignee_id", "unit_id", "category_id", "channel", "pause",
    "resolved_at", "received_at", "priority",
)  # fmt: skip


PRIORITIES: dict[int, Words] = {0: _l("Normal"), 1: _l("Tinggi"), 2: _l("Mendesak")}


class Pause(StrEnum):
    """Why the clock stands still: the requester was asked, or staff hold the ticket with a reason."""

    REQUESTER = "requester"
    HOLD = "hold"


class Ticket(Base):
    """One run of one written procedure, complaint or otherwise."""

    __tablename__ = "ticket"
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    procedure: Mapped[str] = mapped_column(String(30))
    state: Mapped[str] = mapped_column(String(30))
    line: Mapped[str] = mapped_column(String(4), default="")  # the written step where it stands, such as N6
    is_open: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)
    pause: Mapped[str | None] = mapped_column(String(10))
    pause_reason: Mapped[str] = mapped_column(Text, default="")
    paused_at: Mapped[datetime | None]

    subject: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text, default="")
    requester_name: Mapped[str] = mapped_column(String(120), default="")
    requester_email: Mapped[str] = mapped_column(String(254), default="", index=True)
    requester_phone: Mapped[str] = mapped_column(String(30), default="")
    language: Mapped[str] = mapped_column(String(2), default="id")
    channel: Mapped[str] = mapped_column(String(10), default="web")
    priority: Mapped[int] = mapped_column(SmallInteger, default=0, server_default="0")  # of PRIORITIES
    priority_reason: Mapped[str] = mapped_column(String(300), default="", server_default="")
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    category_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"))
    group_id: Mapped[int] = mapped_column(ForeignKey("helpdesk_group.id"))
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    incident_id: Mapped[int | None] = mapped_column(
        ForeignKey("ticket.id"), index=True
    )  # the outage it is tied to; the column keeps its first name

    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    received_at: Mapped[datetime] = mapped_column(default=utcnow)  # the true time of receipt (C2)
    since_at: Mapped[datetime] = mapped_column(default=utcnow)  # when it came to the present state
    due_at: Mapped[datetime | None]
    updated_at: Mapped[datetime] = mapped_column(default=utcnow)
    resolved_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    warned_at: Mapped[datetime | None]  # the mail before automatic closing
    forgotten_at: Mapped[datetime | None]  # past its period: who asked, texts and files are gone

    cause: Mapped[str] = mapped_column(Text, default="")
    solution: Mapped[str] = mapped_column(Text, default="")
    rating: Mapped[int | None]
    rating_comment: Mapped[str] = mapped_column(Text, default="")
    suspicion: Mapped[str] = mapped_column(String(40), default="")  # why a public form waits for the operator's look

    form_nonce: Mapped[str | None] = mapped_column(String(64), unique=True)  # one form, one ticket
    link_generation: Mapped[int] = mapped_column(default=1)
    link_key_id: Mapped[str] = mapped_column(String(20), default="")
    notice_version: Mapped[int | None]  # of the privacy notice that its form showed; none without a form of ours

    unit: Mapped[Unit | None] = relationship()
    category: Mapped[Category | None] = relationship()
    group: Mapped[Group] = relationship()
    assignee: Mapped[Staff | None] = relationship()
    events: Mapped[list[Event]] = relationship(back_populates="ticket", order_by="Event.id")
    files: Mapped[list[Attachment]] = relationship(back_populates="ticket", order_by="Attachment.id")

    # A list reads an index in its own order: what is chosen, open or closed, the sort, the id. The first three also
    # hold all that a list is filtered by (FILTERED), so that a filter that few tickets pass reads no ticket in vain.
    __table_args__ = (
        Index("ix_ticket_list_created", "is_open", "created_at", "id", *FILTERED, "due_at", "updated_at"),
        Index("ix_ticket_list_updated", "is_open", "updated_at", "id", *FILTERED, "due_at", "created_at"),
        Index(
            "ix_ticket_list_due",
            "is_open",
            "due_at",
            "id",
            *FILTERED,
            "created_at",
            "updated_at",
            sqlite_where=text("due_at IS NOT NULL"),
            postgresql_where=text("due_at IS NOT NULL"),
        ),
        Index("ix_ticket_list_priority", "is_open", "priority", "id", *(c for c in FILTERED if c != "priority")),
        Index("ix_ticket_group_created_id", "group_id", "is_open", "created_at", "id"),
        Index("ix_ticket_assignee_created_id", "assignee_id", "is_open", "created_at", "id"),
        Index("ix_ticket_unit_open_created_id", "unit_id", "is_open", "created_at", "id"),
        Index("ix_ticket_category_open_created_id", "category_id", "is_open", "created_at", "id"),
        Index("ix_ticket_procedure_open_created_id", "procedure", "is_open", "created_at", "id"),
        Index("ix_ticket_received_at", "received_at"),  # a period's report
        Index(
            "ix_ticket_closed_at",
            "closed_at",
            sqlite_where=text("closed_at IS NOT NULL"),
            postgresql_where=text("closed_at IS NOT NULL"),
        ),
        Index(
            "ix_ticket_to_forget",
            "closed_at",
            "id",
            sqlite_where=text("closed_at IS NOT NULL AND forgotten_at IS NULL"),
            postgresql_where=text("closed_at IS NOT NULL AND forgotten_at IS NULL"),
        ),
        Index("ix_ticket_procedure_state", "procedure", "state", "created_at", "id"),
        Index(
            "ix_ticket_paused",
            "group_id",
            "created_at",
            "id",
            sqlite_where=text("pause IS NOT NULL"),
            postgresql_where=text("pause IS NOT NULL"),
        ),
    )

    @property
    def is_overdue(self) -> bool:
        return self.is_open and self.pause is None and self.due_at is not None and self.due_at < utcnow()

    @property
    def first_name(self) -> str:
        """How a button names the requester: "Kirim ke Dewi"."""
        return (self.requester_name.split() or [""])[0]

    @property
    def may_reopen_until(self) -> datetime | None:
        return self.resolved_at + timedelta(days=REOPEN_DAYS) if self.resolved_at else None

    def __str__(self) -> str:
        return self.number


class EventKind(StrEnum):
    STEP = "step"  # a move of the procedure
    REPLY = "reply"  # public words of staff
    NOTE = "note"  # internal words
    ANSWER = "answer"  # the requester's words
    SYSTEM = "system"  # one thin line: what the product did


class Event(Base):
    """One line of a ticket's history; rows are only ever added."""

    __tablename__ = "event"
    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), index=True)
    at: Mapped[datetime] = mapped_column(default=utcnow)
    kind: Mapped[str] = mapped_column(String(10))
    step: Mapped[str] = mapped_column(String(40), default="")
    number: Mapped[str] = mapped_column(String(6), default="")
    from_state: Mapped[str] = mapped_column(String(30), default="")
    to_state: Mapped[str] = mapped_column(String(30), default="")
    actor_kind: Mapped[str] = mapped_column(String(12))  # staff, requester, unit, monitor, product
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"), index=True)
    actor_name: Mapped[str] = mapped_column(String(120), default="")
    on_behalf_of: Mapped[str] = mapped_column(String(200), default="")  # "a.n. Pustikom, Kepala Pustikom (Pak Budi)"
    text: Mapped[str] = mapped_column(Text, default="")
    is_public: Mapped[bool] = mapped_column(default=False)  # shown to the requester
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    ip: Mapped[str] = mapped_column(String(45), default="")
    version: Mapped[int] = mapped_column(default=1)  # of the ticket, after this event
    once: Mapped[str | None] = mapped_column(String(64), unique=True)  # a form sent twice is one event
    ticket: Mapped[Ticket] = relationship(back_populates="events")
    staff: Mapped[Staff | None] = relationship()
    files: Mapped[list[Attachment]] = relationship(back_populates="event", order_by="Attachment.id")


class Attachment(Base):
    """A file of a ticket; the bytes lie in the file store under their SHA-256."""

    __tablename__ = "attachment"
    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), index=True)
    event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id"), index=True)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    name: Mapped[str] = mapped_column(String(200))
    size: Mapped[int]
    content_type: Mapped[str] = mapped_column(String(100))
    is_inline: Mapped[bool] = mapped_column(default=False)  # a re-encoded image, safe to show in the page
    is_public: Mapped[bool] = mapped_column(default=False)  # the holder of the access code may read it
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    ticket: Mapped[Ticket] = relationship(back_populates="files")
    event: Mapped[Event | None] = relationship(back_populates="files")


class Participant(Base):
    """Who is or was assigned, named or at work on a ticket: they keep the right to read it.

    `group_id` is the group where the ticket lies now, kept by the engine: what a person may see only as a
    participant is then found without reading everything that they ever worked on.
    """

    __tablename__ = "participant"
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("helpdesk_group.id"))

    __table_args__ = (Index("ix_participant_staff_group_ticket", "staff_id", "group_id", "ticket_id"),)

    @classmethod
    def add(cls, ticket_id: int, staff_id: int) -> None:
        if db.session.get(cls, (ticket_id, staff_id)) is None:
            here = select(Ticket.group_id).where(Ticket.id == ticket_id).scalar_subquery()
            db.session.add(cls(ticket_id=ticket_id, staff_id=staff_id, group_id=here))

    @classmethod
    def follow(cls, ticket_id: int, group_id: int) -> None:
        """The ticket has come to another group."""
        db.session.execute(update(cls).where(cls.ticket_id == ticket_id).values(group_id=group_id))


class TicketText(Base):
    """The keys by which a ticket is found: of its number, subject, text, replies, requester; one a line, each once."""

    __tablename__ = "ticket_text"
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), primary_key=True)
    words: Mapped[str] = mapped_column(Text, default="")

    @classmethod
    def add(cls, ticket_id: int, *texts: str, is_first: bool = False) -> None:
        """Add what these texts are found by; the index follows by trigger (SQLite) or generated column (PostgreSQL)."""
        keys = keys_of(*texts)
        if not keys:
            return
        if not is_first:
            db.session.flush()  # the first words may still be waiting
        row = None if is_first else db.session.get(cls, ticket_id)
        if row is None:
            add_row(cls, ticket_id=ticket_id, words="\n".join(keys))
            return
        there = set(row.words.split())
        if fresh := [key for key in keys if key not in there]:
            row.words = "\n".join([row.words, *fresh])


class Way(NamedTuple):
    """One way in which tickets are seen; a narrow one is a short list of `ids` rather than a part of the whole."""

    condition: ColumnElement[bool]
    is_narrow: bool = False
    ids: Any = None


def ways_to_see(staff: Staff | None) -> list[Way]:
    """The row rule (docs/procedures/README.md): a ticket is seen in one of these ways, or not at all.

    Each way has an index of its own, so that a list of a million can be read as the union of a few short ones;
    visible_to() is the same rule as one condition.
    """
    if staff is None:
        return []
    roles = roles_of(staff)  # a delegate sees what the head sees
    if not roles.isdisjoint(SEES_ALL):
        return [Way(true())]
    near, far = groups_near(staff, roles)
    at_work = select(Participant.ticket_id).where(Participant.staff_id == staff.id, Participant.group_id.in_(far))
    ways = [*(Way(Ticket.group_id == group) for group in near), Way(Ticket.id.in_(at_work), True, at_work)]
    if Role.SERVICE_OFFICER in roles:
        ways += [Way(Ticket.procedure == procedure) for procedure in SERVICE_OFFICER_PROCEDURES]
    return ways


def visible_to(staff: Staff | None) -> ColumnElement[bool]:
    """The row rule as one SQL condition; every list, search, export, file and count of tickets uses it."""
    ways = [way.condition for way in ways_to_see(staff)]
    return or_(*ways) if ways else false()


def is_visible(ticket: Ticket, staff: Staff | None) -> bool:
    """The same rule for one row, asked of the database so that it is written once."""
    return db.session.scalar(select(Ticket.id).where(Ticket.id == ticket.id, visible_to(staff))) is not None
