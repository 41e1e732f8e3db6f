"""What was meant to happen in the directory server, written before it is tried, and what came of it.

Also the differences that the daily comparison of register and directory finds. No password is ever here.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey, Index, String, Text, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.accounts.account import Account
from models.base import lease
from models.base.db import Base, db, rows_changed, utcnow
from models.base.wording import Words
from models.organisation.staff import Staff
from models.tickets.ticket import Ticket

UNSURE_AFTER = timedelta(seconds=60)
"""A request ends in 10 seconds or so; an intent older than this was left by a crash or a lost connection."""


class ChangeKind(StrEnum):
    CREATE = "create"
    SET_PASSWORD = "password"
    SUSPEND = "suspend"
    ACTIVATE = "activate"
    CLOSE = "close"

    @property
    def label(self) -> Words:
        return CHANGE_LABELS[self]


CHANGE_LABELS: dict[ChangeKind, Words] = {
    ChangeKind.CREATE: _l("Buat dan aktifkan akun"),
    ChangeKind.SET_PASSWORD: _l("Pasang password baru"),
    ChangeKind.SUSPEND: _l("Bekukan akun"),
    ChangeKind.ACTIVATE: _l("Aktifkan akun"),
    ChangeKind.CLOSE: _l("Tutup akun"),
}


class ChangeState(StrEnum):
    INTENDED = "intended"
    DONE = "done"
    FAILED = "failed"  # certainly nothing changed
    EXPLAINED = "explained"  # found by the reconcile job, with its sentence

    @property
    def label(self) -> Words:
        return STATE_LABELS[self]


STATE_LABELS: dict[ChangeState, Words] = {
    ChangeState.INTENDED: _l("Belum ada hasil"),
    ChangeState.DONE: _l("Berhasil"),
    ChangeState.FAILED: _l("Gagal, tidak ada yang berubah"),
    ChangeState.EXPLAINED: _l("Diperiksa ulang"),
}


class DirectoryChange(Base):
    """One intended change of one account: intent, then the directory, then the result (security.md Z34)."""

    __tablename__ = "directory_change"
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10), default=ChangeState.INTENDED.value)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    intended_at: Mapped[datetime] = mapped_column(default=utcnow)
    tried_at: Mapped[datetime | None]  # when a worker last took it up to explain and mend it
    finished_at: Mapped[datetime | None]
    in_directory: Mapped[bool] = mapped_column(default=False)  # a server was connected; else by hand
    must_change: Mapped[bool] = mapped_column(default=False)  # the server asks for a new password at next login
    told_by: Mapped[str] = mapped_column(String(10), default="")  # mail, phone, spot, link: as asked for
    reason: Mapped[str] = mapped_column(Text, default="")  # of a suspension or closing, as its holders read it
    for_review: Mapped[bool] = mapped_column(default=False)  # the yearly review's decision, recorded with its result
    explanation: Mapped[str] = mapped_column(Text, default="")
    account: Mapped[Account] = relationship()
    ticket: Mapped[Ticket | None] = relationship()
    by: Mapped[Staff | None] = relationship()

    __table_args__ = (Index("ix_directory_change_state_intended", "state", "intended_at"),)

    def __str__(self) -> str:
        return f"{self.account.address} · {ChangeKind(self.kind).label}"

    @property
    def kind_label(self) -> Words:
        return ChangeKind(self.kind).label

    @property
    def state_label(self) -> Words:
        return ChangeState(self.state).label

    @classmethod
    def claim(cls, change_id: int) -> bool:
        """Take up a change without result for a minute, inside a transaction: one worker wins, the others leave it."""
        now = utcnow()
        taken = rows_changed(
            update(cls)
            .where(cls.id == change_id, cls.state == ChangeState.INTENDED.value)
            .where(or_(cls.tried_at.is_(None), cls.tried_at < now - UNSURE_AFTER, lease.is_ahead(cls.tried_at)))
            .values(tried_at=now)
        )
        return taken == 1

    def finish(self, state: ChangeState, explanation: str = "") -> None:
        self.state, self.finished_at, self.explanation = state.value, utcnow(), explanation


class DirectoryDifference(Base):
    """One login in which register and directory disagree, from when it was found until it was gone."""

    __tablename__ = "directory_difference"
    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(String(200), index=True)
    kind: Mapped[str] = mapped_column(String(30))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    found_at: Mapped[datetime] = mapped_column(default=utcnow)
    seen_at: Mapped[datetime] = mapped_column(default=utcnow)
    gone_at: Mapped[datetime | None]
    account: Mapped[Account | None] = relationship()

    def __str__(self) -> str:
        return self.login

    @property
    def kind_label(self) -> Words:
        return DIFFERENCE_LABELS.get(self.kind, self.kind)


DIFFERENCE_LABELS: dict[str, Words] = {
    "not_in_directory": _l("Ada di register, tidak ada di direktori"),
    "not_in_register": _l("Ada di direktori, tidak ada di register"),
    "active_in_directory": _l("Dibekukan di register, aktif di direktori"),
    "suspended_in_directory": _l("Aktif di register, dibekukan di direktori"),
}


def is_changing(account_id: int) -> bool:
    """Has a change of this account no result yet?"""
    waiting = select(DirectoryChange.id).where(
        DirectoryChange.account_id == account_id, DirectoryChange.state == ChangeState.INTENDED.value
    )
    return db.session.scalar(waiting.limit(1)) is not None


def open_change(ticket: Ticket) -> DirectoryChange:
    """The change of this ticket that has no result yet; NoResultFound when there is none."""
    query = select(DirectoryChange).where(
        DirectoryChange.ticket_id == ticket.id, DirectoryChange.state == ChangeState.INTENDED.value
    )
    return db.session.scalars(query.order_by(DirectoryChange.id.desc())).first() or _none(ticket)


def last_change(ticket: Ticket) -> DirectoryChange:
    """The newest change of this ticket, whatever came of it; LookupError when there is none."""
    query = select(DirectoryChange).where(DirectoryChange.ticket_id == ticket.id).order_by(DirectoryChange.id.desc())
    return db.session.scalars(query.limit(1)).first() or _none(ticket)


def _none(ticket: Ticket) -> DirectoryChange:
    raise LookupError(f"ticket {ticket.id} has no open directory change")


def changes_without_result() -> list[DirectoryChange]:
    """Intents old enough that no request can still be working on them, oldest first."""
    now = utcnow()
    query = select(DirectoryChange).where(
        DirectoryChange.state == ChangeState.INTENDED.value,
        or_(DirectoryChange.intended_at < now - UNSURE_AFTER, lease.is_ahead(DirectoryChange.intended_at)),
    )
    return list(db.session.scalars(query.order_by(DirectoryChange.id).limit(100)))
