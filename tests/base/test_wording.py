"""The centre's day begins at midnight in Padang, not in London."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from babel.dates import format_date

import models.base.db
from models.base.wording import day_name, month_name, on_date, short_date, today


def test_today_is_the_day_in_padang_while_utc_is_still_yesterday(monkeypatch):
    monkeypatch.setattr(models.base.db, "clock", lambda: datetime(2026, 11, 24, 23, 30, tzinfo=UTC))
    assert today() == date(2026, 11, 25)


@pytest.mark.parametrize("language", ["id", "en"])
def test_days_and_months_are_named_as_in_cldr(language):
    for day in (date(2026, 1, 1) + timedelta(days=n) for n in range(366)):
        said = [on_date(day, language), short_date(day, language), day_name(day, language), month_name(day, language)]
        patterns = ("d MMMM yyyy", "d MMM", "EEEE, d MMMM yyyy", "MMMM yyyy")
        assert said == [format_date(day, pattern, locale=language) for pattern in patterns]
    assert on_date(date(812, 3, 4), language) == format_date(date(812, 3, 4), "d MMMM yyyy", locale=language)
