"""The seals of the audit and of the tickets' histories: one sequence, each computed over its row and the seal before.

The key and the last seal lie outside the database (gateways/files/evidence_files.py), so that whoever reaches the
database alone can make no seal and cut off none unseen (security.md B2).
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, BigInteger, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base.db import Base, utcnow


class SealedKind(StrEnum):
    """Which table the row lies in."""

    AUDIT = "audit"
    EVENT = "event"


class Seal(Base):
    """The seal of one row; `forgot` holds digests of what was lawfully taken out of the row since, field by field."""

    __tablename__ = "seal"
    seq: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False
    )
    kind: Mapped[str] = mapped_column(String(5))
    row_id: Mapped[int]
    value: Mapped[str] = mapped_column(String(64))  # HMAC-SHA-256
    forgot: Mapped[dict[str, list[str]] | None] = mapped_column(
        JSON
    )  # field: [digest of what was sealed, digest of what stands there now]

    __table_args__ = (Index("ix_seal_kind_row_id", "kind", "row_id", unique=True),)


class SealHead(Base):
    """The one row that whoever seals or takes something out of a sealed row locks first."""

    __tablename__ = "seal_head"
    id: Mapped[int] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), default=0)
    value: Mapped[str] = mapped_column(String(64), default="")
    sealed_at: Mapped[datetime] = mapped_column(default=utcnow)
