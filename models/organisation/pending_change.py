"""Changes that lift somebody and therefore need a second person: who asked for what, for whom, and who decided."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import setting
from models.base.db import Base, utcnow
from models.base.setting import Spec
from models.base.wording import Words
from models.organisation.roles import HEADS, Role
from models.organisation.staff import Staff

GUARDED = HEADS | {Role.ADMINISTRATOR}  # whoever holds one decides over others
OPEN_FOR = timedelta(days=7)

setting.declare(
    "second_person_wait_hours",
    Spec(24, _l("Menunggu sebelum satu administrator bertindak sendiri (jam)"), _l("Keamanan"), least=1, most=168),
)


class PendingKind(StrEnum):
    """What waits for the second person."""

    ROLES = "roles"
    PASSWORD_LINK = "password_link"
    DELEGATION = "delegation"
    FACTOR_RESET = "factor_reset"


KIND_WORDS: dict[PendingKind, Words] = {
    PendingKind.ROLES: _l("Peran kepala atau administrator"),
    PendingKind.PASSWORD_LINK: _l("Tautan kata sandi kepala atau administrator"),
    PendingKind.DELEGATION: _l("Pendelegasian atas nama kepala"),
    PendingKind.FACTOR_RESET: _l("Atur ulang faktor kedua"),
}


class PendingChange(Base):
    """One change asked for by one person; it takes effect when a second one confirms it."""

    __tablename__ = "pending_change"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)  # whom it lifts
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)  # roles, or the delegation's id
    made_by_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    made_at: Mapped[datetime] = mapped_column(default=utcnow)
    alone_at: Mapped[datetime | None]  # where no second person exists: when the asker may go on alone
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    decided_at: Mapped[datetime | None]
    is_accepted: Mapped[bool] = mapped_column(default=False)
    used_at: Mapped[datetime | None]  # of a password link: when it was made
    staff: Mapped[Staff] = relationship(foreign_keys=staff_id)
    made_by: Mapped[Staff] = relationship(foreign_keys=made_by_id)
    decided_by: Mapped[Staff | None] = relationship(foreign_keys=decided_by_id)

    __table_args__ = (Index("ix_pending_change_decided_at", "decided_at", "id"),)

    def __str__(self) -> str:
        return f"{self.kind_words}: {self.staff.name}"

    @property
    def kind_words(self) -> str:
        return str(KIND_WORDS[PendingKind(self.kind)])

    @property
    def ends_at(self) -> datetime:
        """Whatever nobody decides in seven days has lapsed."""
        return self.made_at + OPEN_FOR

    @property
    def is_open(self) -> bool:
        return self.decided_at is None and utcnow() < self.ends_at

    @property
    def what(self) -> str:
        """What will be so when it is confirmed, in words."""
        if self.kind == PendingKind.ROLES:
            return ", ".join(str(Role(role).label) for role in self.facts.get("roles", []))
        return str(self.facts.get("words", ""))
