"""Links that show a first password once, to the person who holds them; reading wipes what is stored."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from flask import current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey, LargeBinary, String, select, update
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.accounts.account import Account
from models.accounts.sealed_note import SealBroken, SealedNote, fingerprint, seal, unseal
from models.base import setting
from models.base.db import Base, db, rows_changed, utcnow
from models.base.wording import Words
from models.organisation.staff import Staff
from models.tickets.ticket import Ticket


class LinkState(StrEnum):
    OPEN = "open"
    REVEALED = "revealed"
    VOID = "void"  # a newer one took its place
    EXPIRED = "expired"

    @property
    def label(self) -> Words:
        return LINK_LABELS[self]


LINK_LABELS: dict[LinkState, Words] = {
    LinkState.OPEN: _l("Belum dibuka"),
    LinkState.REVEALED: _l("Sudah dibuka"),
    LinkState.VOID: _l("Diganti tautan baru"),
    LinkState.EXPIRED: _l("Lewat waktu"),
}


class OneTimeLink(Base):
    """One link: for which account, until when, and whether it was read; never the content in clear."""

    __tablename__ = "one_time_link"
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"), index=True)
    fingerprint: Mapped[str] = mapped_column(String(64), unique=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary, default=b"")
    sent_to: Mapped[str] = mapped_column(String(254), default="")  # masked
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    ends_at: Mapped[datetime]
    revealed_at: Mapped[datetime | None]
    voided_at: Mapped[datetime | None]
    account: Mapped[Account] = relationship()
    ticket: Mapped[Ticket | None] = relationship()
    created_by: Mapped[Staff | None] = relationship()

    def __str__(self) -> str:
        return self.account.address

    @property
    def state(self) -> LinkState:
        if self.revealed_at is not None:
            return LinkState.REVEALED
        if self.voided_at is not None:
            return LinkState.VOID
        return LinkState.EXPIRED if self.ends_at <= utcnow() else LinkState.OPEN

    @classmethod
    def make(cls, account: Account, content: str, *, ticket: Ticket | None, by: Staff | None, sent_to: str) -> str:
        """Seal the content for this account and return the address to send; older links become void."""
        cls.void_all(account.id)
        token, note = seal(content)
        days = int(setting.get("one_time_link_days"))
        db.session.add(
            cls(
                account_id=account.id,
                ticket_id=ticket.id if ticket else None,
                created_by_id=by.id if by else None,
                fingerprint=note.fingerprint,
                sealed=note.sealed,
                sent_to=sent_to,
                ends_at=utcnow() + timedelta(days=days),
            )
        )
        return f"{current_app.config['BASE_URL']}/password/{token}"

    @classmethod
    def void_all(cls, account_id: int) -> None:
        """A new link voids the old ones, and their content goes."""
        db.session.execute(
            update(cls)
            .where(cls.account_id == account_id, cls.revealed_at.is_(None), cls.voided_at.is_(None))
            .values(voided_at=utcnow(), sealed=b"")
        )

    @classmethod
    def found(cls, token: str) -> OneTimeLink | None:
        return db.session.scalars(select(cls).where(cls.fingerprint == fingerprint(token))).one_or_none()

    def reveal(self, token: str) -> str | None:
        """The content, to exactly one caller and only while the link is open; the row is wiped with it."""
        note = SealedNote(self.fingerprint, self.sealed)
        now = utcnow()
        won = rows_changed(
            update(OneTimeLink)
            .where(
                OneTimeLink.id == self.id,
                OneTimeLink.revealed_at.is_(None),
                OneTimeLink.voided_at.is_(None),
                OneTimeLink.ends_at > now,
            )
            .values(revealed_at=now, sealed=b"")
        )
        if won != 1:
            return None
        try:
            return unseal(token, note)
        except SealBroken:
            return None


def wipe_expired() -> int:
    """Remove the content of links that can no longer be opened; says how many."""
    return rows_changed(
        update(OneTimeLink).where(OneTimeLink.ends_at <= utcnow(), OneTimeLink.sealed != b"").values(sealed=b"")
    )
