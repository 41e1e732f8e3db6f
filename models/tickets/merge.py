"""Tickets that were merged into another: which into which, by whom, and how the merged one was before."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, Index, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from models.base.columns.statement_types import Found
from models.base.db import Base, db, utcnow
from models.organisation.staff import Staff
from models.tickets.ticket import Ticket, visible_to

MOST_MERGED = 50
MERGED = "merged"  # the state of a merged ticket, in every procedure that has the move


class Merge(Base):
    """One ticket merged into another until it is taken out again; both keep all that is theirs."""

    __tablename__ = "merge"
    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    target_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    at: Mapped[datetime] = mapped_column(default=utcnow)
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"), index=True)
    before: Mapped[dict[str, Any]] = mapped_column(default=dict)  # the merged ticket's state, clock and assignee
    undone_at: Mapped[datetime | None]

    __table_args__ = (
        Index("ix_merge_ticket_id_undone_at", "ticket_id", "undone_at"),
        Index("ix_merge_target_id_undone_at", "target_id", "undone_at"),
    )


def merge_of(ticket_id: int) -> Merge | None:
    """The merge by which this ticket is merged into another now."""
    query = select(Merge).where(Merge.ticket_id == ticket_id, Merge.undone_at.is_(None))
    return db.session.scalars(query.order_by(Merge.id.desc())).first()


def target_of(ticket_id: int) -> Ticket | None:
    query = select(Ticket).join(Merge, Merge.target_id == Ticket.id)
    return db.session.scalars(query.where(Merge.ticket_id == ticket_id, Merge.undone_at.is_(None))).unique().first()


def merged_into(ticket_id: int) -> list[Found]:
    """The tickets merged into this one: id, number, subject, requester, address and language."""
    query = (
        select(
            Ticket.id,
            Ticket.number,
            Ticket.subject,
            Ticket.requester_name,
            Ticket.requester_email,
            Ticket.language,
        )
        .join(Merge, Merge.ticket_id == Ticket.id)
        .where(Merge.target_id == ticket_id, Merge.undone_at.is_(None))
    )
    return list(db.session.execute(query.order_by(Merge.id).limit(MOST_MERGED)))


def visible_with_merged(staff: Staff | None) -> ColumnElement[bool]:
    """The row rule for files: a ticket that one sees, or one that is merged into it and stands in its history."""
    seen = select(Ticket.id).where(visible_to(staff)).correlate(None)
    joined = select(Merge.ticket_id).where(Merge.undone_at.is_(None), Merge.target_id.in_(seen))
    return or_(visible_to(staff), Ticket.id.in_(joined))
