"""What staff hang on a ticket for themselves: labels to find it again, and a checklist of what is still to be done."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey, String, delete, func, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base.db import Base, db, utcnow
from models.base.wording import Words
from models.organisation.staff import Staff
from models.tickets.ticket import Ticket

LONGEST_ITEM, MOST_ITEMS = 200, 40  # of a checklist
BETWEEN, AFTER_TONE = "\x1f", "\x1e"  # no label's name holds them: it is one line of plain text


class Tone(StrEnum):
    """The colours a label may have: the tokens of the house, each readable in light and dark."""

    REST = "rest"
    RUN = "run"
    GO = "go"
    WAIT = "wait"
    STOP = "stop"

    @property
    def label(self) -> Words:
        return {
            "rest": _l("Abu-abu"),
            "run": _l("Biru"),
            "go": _l("Hijau"),
            "wait": _l("Kuning"),
            "stop": _l("Merah"),
        }[self.value]


class Label(Base):
    """A word for sorting tickets, with its colour; one that is no longer used is put out of use, not deleted."""

    __tablename__ = "label"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)
    tone: Mapped[str] = mapped_column(String(10), default=Tone.REST.value)
    is_active: Mapped[bool] = mapped_column(default=True)

    def __str__(self) -> str:
        return self.name


class TicketLabel(Base):
    """A label that hangs on a ticket."""

    __tablename__ = "ticket_label"
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), primary_key=True)
    label_id: Mapped[int] = mapped_column(ForeignKey("label.id"), primary_key=True, index=True)


def labels_of(ticket_id: int) -> list[Label]:
    query = select(Label).join(TicketLabel).where(TicketLabel.ticket_id == ticket_id).order_by(Label.name)
    return list(db.session.scalars(query))


def set_labels(ticket_id: int, label_ids: Iterable[int]) -> None:
    """Exactly these labels, inside the caller's transaction."""
    db.session.execute(delete(TicketLabel).where(TicketLabel.ticket_id == ticket_id))
    db.session.add_all(TicketLabel(ticket_id=ticket_id, label_id=label_id) for label_id in sorted(set(label_ids)))
    db.session.flush()


def label_words() -> Any:
    """A ticket's labels as one column of its row, so that a list asks nothing more; read_labels() takes it apart."""
    word = Label.tone + AFTER_TONE + Label.name
    joined = func.aggregate_strings(word, BETWEEN)
    return (
        select(joined)
        .select_from(TicketLabel)
        .join(Label, Label.id == TicketLabel.label_id)
        .where(TicketLabel.ticket_id == Ticket.id)
        .correlate(Ticket)
        .scalar_subquery()
        .label("label_words")
    )


def read_labels(words: str | None) -> list[tuple[str, str]]:
    """(name, tone) by name, from the column of label_words()."""
    pairs = [word.split(AFTER_TONE, 1) for word in (words or "").split(BETWEEN) if AFTER_TONE in word]
    return sorted((name, tone) for tone, name in pairs)


class ChecklistItem(Base):
    """One line of a ticket's checklist; the requester does not see it."""

    __tablename__ = "checklist_item"
    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), index=True)
    text: Mapped[str] = mapped_column(String(LONGEST_ITEM))
    added_at: Mapped[datetime] = mapped_column(default=utcnow)
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"), index=True)
    done_at: Mapped[datetime | None]
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"), index=True)
    done_by: Mapped[Staff | None] = relationship(foreign_keys=done_by_id)

    def __str__(self) -> str:
        return self.text


def items_of(ticket_id: int) -> list[ChecklistItem]:
    """In the order in which they were written."""
    query = select(ChecklistItem).where(ChecklistItem.ticket_id == ticket_id).order_by(ChecklistItem.id)
    return list(db.session.scalars(query).unique())
