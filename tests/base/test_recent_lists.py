"""Short lists that every form asks for are kept some seconds; a change is seen at once here, and soon elsewhere."""

from __future__ import annotations

from datetime import date

from sqlalchemy import insert, select

from models.base import setting
from models.base.calendar import Holiday, holidays
from models.base.db import db, write_transaction
from models.organisation.unit import Unit
from procedures.tickets.forms import ComplaintForm

DAY = date(2027, 5, 20)


def names_offered():
    return {name for _id, name in ComplaintForm().unit.choices}


def test_a_holiday_entered_here_counts_at_once(app):
    assert DAY not in holidays()
    with write_transaction():
        db.session.add(Holiday(day=DAY, name="Hari Kebangkitan Nasional"))
    assert DAY in holidays()
    with write_transaction():
        db.session.delete(db.session.scalars(select(Holiday).where(Holiday.day == DAY)).one())
    assert DAY not in holidays()


def test_what_another_process_wrote_is_seen_after_some_seconds(app, monkeypatch):
    assert DAY not in holidays()
    with write_transaction():
        db.session.execute(insert(Holiday.__table__).values(day=DAY, name="Libur"))  # past the session, as others do
    assert DAY not in holidays()
    later = setting.time.monotonic() + setting.CACHE_SECONDS + 1
    monkeypatch.setattr(setting.time, "monotonic", lambda: later)
    assert DAY in holidays()


def test_a_unit_that_was_renamed_or_shut_here_is_offered_so_at_once(app, cast):
    with app.test_request_context():
        unit = db.session.scalars(select(Unit).where(Unit.is_active)).first()
        before = unit.name
        assert before in names_offered()
        with write_transaction():
            unit.name = "Fakultas yang Baru"
        assert "Fakultas yang Baru" in names_offered() and before not in names_offered()
        with write_transaction():
            unit.is_active = False
        assert "Fakultas yang Baru" not in names_offered()


def test_what_was_rolled_back_is_forgotten(app):
    db.session.add(Holiday(day=DAY, name="Libur"))
    setting.put("close_after_days", 30)
    db.session.flush()
    assert (DAY in holidays(), setting.get("close_after_days")) == (True, 30)
    db.session.rollback()
    assert (DAY in holidays(), setting.get("close_after_days")) == (False, 14)
