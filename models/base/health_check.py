"""How each check of the installation last ended, and whether the administrators were told."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from models.base.db import Base, utcnow

BAD_AFTER = 2  # looks in a row: one that fails once is looked at again before anybody is told


class HealthCheck(Base):
    """One check by name: how it stands, since when, and how often in a row it failed."""

    __tablename__ = "health_check"
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    is_well: Mapped[bool] = mapped_column(default=True)  # as the administrators were told
    sentence: Mapped[str] = mapped_column(String(400), default="")
    since: Mapped[datetime] = mapped_column(default=utcnow)
    failures: Mapped[int] = mapped_column(default=0)
    looked_at: Mapped[datetime] = mapped_column(default=utcnow)

    def see(self, is_well: bool, sentence: str) -> bool:
        """Note a look; True when the administrators are to be told that it turned."""
        now = utcnow()
        self.failures = 0 if is_well else self.failures + 1
        self.sentence, self.looked_at = sentence[:400], now
        turned = is_well != self.is_well and (is_well or self.failures >= BAD_AFTER)
        if turned:
            self.is_well, self.since = is_well, now
        return turned
