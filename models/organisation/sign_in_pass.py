"""What a sign-in carries from one page to the next, used once within minutes; and a requester's own session."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, String, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from models.base.columns.json_value import Held, Json
from models.base.db import Base, db, rows_changed, utcnow
from models.organisation.sessions import hash_token

LASTS = timedelta(minutes=10)
REQUESTER_LASTS = timedelta(hours=8)  # a requester's list of own tickets, as long as a session of staff


class PassKind(StrEnum):
    """What the pass is for; one made for something else opens nothing."""

    SECOND_STEP = "second_step"  # the password was right, the second factor is due
    CAMPUS = "campus"  # the browser was sent to the campus and is to come back with its answer
    MAILBOX = "mailbox_consent"  # the browser was sent to where a mailbox's owner lets us in, and is to come back
    REQUESTER = "requester"  # a requester signed in through the campus; the one that is used many times
    SPENT_CHALLENGE = "spent_challenge"  # a passkey has answered it; it is kept so that nothing answers it again


class SignInPass(Base):
    """One sign-in on its way; the browser holds its token, this row the rest."""

    __tablename__ = "sign_in_pass"
    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    kind: Mapped[str] = mapped_column(String(20))
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    facts: Mapped[dict[str, Json]] = mapped_column(JSON, default=dict)
    tries: Mapped[int] = mapped_column(default=0)
    ends_at: Mapped[datetime] = mapped_column(index=True)

    @classmethod
    def issue(
        cls,
        kind: PassKind,
        staff_id: int | None = None,
        facts: dict[str, Json] | None = None,
        lasts: timedelta = LASTS,
    ) -> str:
        """Add a pass to the running transaction and return its token; only the hash is kept."""
        token = secrets.token_urlsafe(32)
        row = cls(
            token_hash=hash_token(token), kind=kind, staff_id=staff_id, facts=facts or {}, ends_at=utcnow() + lasts
        )
        db.session.add(row)
        return token

    @classmethod
    def live(cls, kind: PassKind, token: str) -> SignInPass | None:
        """The pass of this token, if it is for this and still in time."""
        query = select(cls).where(cls.token_hash == hash_token(token), cls.kind == kind.value, cls.ends_at > utcnow())
        return db.session.scalars(query).one_or_none()

    @classmethod
    def take(cls, kind: PassKind, token: str) -> SignInPass | None:
        """The same, used up inside the caller's transaction: of two at once one gets it."""
        row = cls.live(kind, token)
        if row is None:
            return None
        db.session.expunge(row)
        return row if rows_changed(delete(cls).where(cls.id == row.id)) == 1 else None

    @classmethod
    def spend(cls, kind: PassKind, token: str) -> bool:
        """Note that this was used, inside the caller's transaction; False where it was already."""
        insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
        facts: dict[str, Held] = {"token_hash": hash_token(token), "kind": kind.value, "facts": {}, "tries": 0}
        noted = insert(cls).values(**facts, ends_at=utcnow() + LASTS).on_conflict_do_nothing().returning(cls.id)
        return db.session.scalar(noted) is not None  # PostgreSQL counts no rows of such an insert


def forget_passes() -> None:
    """Those past their time, inside the caller's transaction."""
    db.session.execute(delete(SignInPass).where(SignInPass.ends_at < utcnow()))
