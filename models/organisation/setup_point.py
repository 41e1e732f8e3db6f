"""What whoever sets up an installation has settled: who said so, when, and what a trial showed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base.columns.json_value import Json
from models.base.db import Base, db, utcnow
from models.organisation.staff import Staff


class SetupPoint(Base):
    """One point of the set-up that a person must look at (institution, hours, mail); the others show in their own rows.

    `data` holds what was found, for mail the talk with its server; a trial that failed is kept too, unsettled.
    """

    __tablename__ = "setup_point"
    key: Mapped[str] = mapped_column(String(20), primary_key=True)
    is_settled: Mapped[bool] = mapped_column(default=True)
    at: Mapped[datetime] = mapped_column(default=utcnow)
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)


def settle(
    key: str, staff: Staff | None = None, is_settled: bool = True, data: Mapping[str, Json] | None = None
) -> None:
    """Write it down in the running transaction, in the place of what was found before."""
    row = db.session.get(SetupPoint, key)
    if row is None:
        row = SetupPoint(key=key)
        db.session.add(row)
    row.is_settled, row.at, row.data = is_settled, utcnow(), dict(data or {})
    row.staff_id = staff.id if staff else None
