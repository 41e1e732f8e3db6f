"""Alerts from other monitors: who may send them, and those about hosts that are not ours; it opens no outage."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base.db import Base, utcnow


class AlertSource(Base):
    """Another monitor that may send alerts; its bearer token is kept as a hash and can be revoked."""

    __tablename__ = "alert_source"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

    def __str__(self) -> str:
        return self.name


class UnknownAlert(Base):
    """An alert about a host that is no node or service of ours; it opens nothing."""

    __tablename__ = "unknown_alert"
    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("alert_source.id"), index=True)
    host: Mapped[str] = mapped_column(String(253))
    text: Mapped[str] = mapped_column(String(500), default="")
    first_at: Mapped[datetime] = mapped_column(default=utcnow)
    last_at: Mapped[datetime] = mapped_column(default=utcnow)
    times: Mapped[int] = mapped_column(default=1)
    source: Mapped[AlertSource] = relationship()

    def __str__(self) -> str:
        return self.host

    __table_args__ = (UniqueConstraint("source_id", "host"), Index("ix_unknown_alert_last", "last_at", "id"))
