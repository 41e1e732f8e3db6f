"""The audit: who did what to which record, when and from where; rows are only ever added."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base.bulk_insert import add_row
from models.base.columns.json_value import Held, Json
from models.base.db import Base, utcnow
from models.organisation.staff import Staff

SECRET_WORDS = ("password", "secret", "token", "hash", "code")


class AuditEntry(Base):
    """One act on one record."""

    __tablename__ = "audit_entry"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(default=utcnow, index=True)
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"), index=True)
    actor_name: Mapped[str] = mapped_column(String(120), default="")
    act: Mapped[str] = mapped_column(String(60))
    object_kind: Mapped[str] = mapped_column(String(40), default="")
    object_id: Mapped[str] = mapped_column(String(40), default="")
    diff: Mapped[dict[str, Any]] = mapped_column(default=dict)
    ip: Mapped[str] = mapped_column(String(45), default="")
    is_emptied: Mapped[bool] = mapped_column(default=False, server_default=false())  # past its time and looked through
    staff: Mapped[Staff | None] = relationship()

    __table_args__ = (Index("ix_audit_entry_object", "object_kind", "object_id"),)


def record(
    act: str,
    object_kind: str = "",
    object_id: int | str = "",
    *,
    staff: Staff | None = None,
    actor_name: str = "",
    diff: Mapping[str, Held] | None = None,
    ip: str = "",
) -> None:
    """Add an audit row to the running transaction; values whose name sounds secret are masked."""
    add_row(
        AuditEntry,
        act=act,
        object_kind=object_kind,
        object_id=_in_one_line(str(object_id))[:40],
        ip=ip,
        staff_id=staff.id if staff else None,
        actor_name=_in_one_line(actor_name or (staff.name if staff else ""))[:120],
        diff={key: _masked(key, value) for key, value in (diff or {}).items()},
    )


def _in_one_line(text: str) -> str:
    """Line ends, terminal colours and marks that turn text around stand there as their escapes (security.md S12)."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def _masked(key: str, value: Held) -> Json:
    if any(word in key.lower() for word in SECRET_WORDS):
        return "***"
    return value if isinstance(value, str | int | float | bool | list | dict | None) else str(value)
