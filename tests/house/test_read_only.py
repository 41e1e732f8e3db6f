"""What a request has only read ends with COMMIT; what it wrote outside a write transaction is lost as ever."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from models.base.db import db, write_transaction
from models.base.setting import Setting


@pytest.mark.only("postgresql")
def test_a_page_asked_for_often_is_planned_once(app):
    db.session.remove()
    db.engine.dispose()  # the pool gives its connections in turn; so there is one
    for _time in range(8):
        app.extensions.pop("settings_cache", None)  # short lists are kept some seconds
        assert app.test_client().get("/pengaduan").status_code == 200
    plans = db.session.scalars(text("SELECT statement FROM pg_prepared_statements")).all()
    assert any("FROM category" in statement for statement in plans), plans


def test_what_is_flushed_outside_a_write_transaction_is_rolled_back(app):
    with app.test_request_context("/"):
        db.session.add(Setting(key="stray", value=1))
        db.session.flush()
    db.session.remove()
    assert db.session.get(Setting, "stray") is None
    with app.test_request_context("/"), write_transaction():
        db.session.add(Setting(key="kept", value=1))
    db.session.remove()
    assert db.session.get(Setting, "kept") is not None


def test_a_database_that_goes_away_after_the_page_was_read_spoils_no_answer(app):
    with app.test_request_context("/"):
        db.session.execute(text("SELECT 1"))
        db.session.connection().invalidate()
    db.session.remove()
    assert db.session.scalar(text("SELECT 1")) == 1


def test_a_statement_that_failed_before_does_not_spoil_the_next_write(app):
    with pytest.raises(SQLAlchemyError):
        db.session.connection().execute(text("SELECT nothing FROM nowhere"))
    with write_transaction():
        db.session.add(Setting(key="after", value=1))
    db.session.connection().invalidate()
    with write_transaction():
        db.session.add(Setting(key="after_that", value=1))
    db.session.remove()
    assert db.session.get(Setting, "after") is not None
    assert db.session.get(Setting, "after_that") is not None


def test_what_was_flushed_before_a_write_transaction_is_not_written_with_it(app):
    db.session.add(Setting(key="stray", value=1))
    db.session.flush()
    with write_transaction():
        db.session.add(Setting(key="meant", value=1))
    db.session.remove()
    assert db.session.get(Setting, "stray") is None
    assert db.session.get(Setting, "meant") is not None
