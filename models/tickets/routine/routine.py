"""Routine work: what is done again and again, when, by whom, with which checklist; and the ticket of each day."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base.db import Base, utcnow
from models.organisation.recurrence import Recurrence, Recurring
from models.organisation.staff import Group, Staff
from models.tickets.ticket import Ticket


class Routine(Recurring, Base):
    """A schedule: the worker makes one ticket of it on each of its days, with its checklist, for its group."""

    __tablename__ = "routine"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(160))
    description: Mapped[str] = mapped_column(Text, default="")
    checklist: Mapped[str] = mapped_column(Text, default="")  # a line each
    group_id: Mapped[int] = mapped_column(ForeignKey("helpdesk_group.id"), index=True)
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"), index=True)
    is_active: Mapped[bool] = mapped_column(default=True, server_default=true())
    made_on: Mapped[date | None]  # the last day that has its ticket
    group: Mapped[Group] = relationship()
    assignee: Mapped[Staff | None] = relationship()

    @property
    def rule(self) -> Recurrence:
        return self.recurrence(self.group.division)

    @property
    def lines(self) -> list[str]:
        return [line for line in self.checklist.splitlines() if line]

    def __str__(self) -> str:
        return self.title


class RoutineTicket(Base):
    """The ticket of one day of a routine; the key lets no day have two."""

    __tablename__ = "routine_ticket"
    id: Mapped[int] = mapped_column(primary_key=True)
    routine_id: Mapped[int] = mapped_column(ForeignKey("routine.id", ondelete="CASCADE"))
    due_on: Mapped[date]
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), unique=True)
    missed: Mapped[int] = mapped_column(default=0)  # days before it that passed without a ticket
    made_at: Mapped[datetime] = mapped_column(default=utcnow)
    ticket: Mapped[Ticket] = relationship()

    __table_args__ = (UniqueConstraint("routine_id", "due_on"),)
