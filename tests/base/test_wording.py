"""The centre's day begins at midnight in Padang, not in London."""

from __future__ import annotations

from datetime import UTC, date, datetime

import models.base.db
from models.base.wording import today


def test_today_is_the_day_in_padang_while_utc_is_still_yesterday(monkeypatch):
    monkeypatch.setattr(models.base.db, "clock", lambda: datetime(2026, 11, 24, 23, 30, tzinfo=UTC))
    assert today() == date(2026, 11, 25)
