"""D16: SQLite's file is written anew once a week after something went, and left alone where there is no room."""

from __future__ import annotations

import shutil
from datetime import timedelta
from types import SimpleNamespace

import pytest

import models.base.db
from jobs.operation.write_anew import NAME, write_anew
from models.base.db import db, utcnow, write_transaction
from models.base.periods.retention_run import RetentionRun

pytestmark = pytest.mark.only("sqlite")
DID = {"tickets": [3, 5, 5]}


def test_d16_the_file_is_written_anew_once_a_week_and_only_after_something_went(app, cast, monkeypatch):
    assert write_anew({"tickets": [0, 5, 5]}) is None
    millis = write_anew(DID)
    assert millis is not None
    with write_transaction():
        db.session.add(RetentionRun(done={**DID, NAME: [0, millis, millis]}, ended_at=utcnow()))
    assert write_anew(DID) is None
    later = utcnow() + timedelta(days=7)
    monkeypatch.setattr(models.base.db, "clock", lambda: later)
    assert write_anew(DID) is not None


def test_d16_without_room_or_while_somebody_holds_it_the_file_is_left(app, cast, monkeypatch):
    with db.engine.connect() as other:
        raw = other.connection.dbapi_connection
        raw.execute("BEGIN IMMEDIATE")
        assert write_anew(DID) is None
        raw.execute("ROLLBACK")
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: SimpleNamespace(free=10))
    assert write_anew(DID) is None


def test_d16_what_is_deleted_is_overwritten_whatever_the_library_was_built_with(app):
    with db.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA secure_delete").scalar() == 1
