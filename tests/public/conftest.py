"""The public tests' clock: rates are counted by the hour, so every test starts ten minutes into one."""

from __future__ import annotations

import pytest

from models.base import db


@pytest.fixture(autouse=True)
def early_in_the_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    start = db.clock()
    began = start.replace(minute=10)
    now = db.clock

    def clock():
        return now() - (start - began)

    monkeypatch.setattr(db, "clock", clock)
