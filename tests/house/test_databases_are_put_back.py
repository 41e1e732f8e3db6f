"""Between tests the database is as it was made: rows, numbers, tables (tests/databases.py)."""

from __future__ import annotations

import contextlib
import sqlite3
import subprocess
import sys
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import MetaData, inspect, text

from models.base.db import db
from tests.walk import complaint_at


def contents() -> dict[str, list[str]]:
    db.session.rollback()
    tables = MetaData()
    tables.reflect(db.engine)
    return {name: sorted(map(repr, db.session.execute(table.select()))) for name, table in tables.tables.items()} | {
        "tables": sorted(inspect(db.engine).get_table_names())
    }


def put_back(app: Flask, house: Any) -> None:
    db.session.remove()
    house[1].reset(app)


@pytest.mark.slow
def test_what_a_test_wrote_changed_and_deleted_is_undone(app, house):
    before, number = contents(), complaint_at("closed").id
    db.session.execute(text("UPDATE staff SET name = 'Orang lain'"))
    db.session.execute(text("DELETE FROM contact"))
    db.session.commit()
    assert contents() != before
    put_back(app, house)
    assert contents() == before
    assert complaint_at("with_group").id == number


@pytest.mark.slow
def test_a_table_that_a_test_made_or_widened_is_undone(app, house):
    before = contents()
    for statement in ("CREATE TABLE scrap (id INTEGER)", "ALTER TABLE holiday ADD COLUMN scrap INTEGER"):
        db.session.execute(text(statement))
    db.session.commit()
    assert contents() != before
    put_back(app, house)
    assert contents() == before


@pytest.mark.slow
@pytest.mark.only("sqlite")
def test_what_another_connection_writes_after_its_test_is_seen_by_no_later_one(app, house):
    """A request that nobody waited for ends when its database was put back: in one file the next would be torn."""
    before = contents()
    late = sqlite3.connect(house[1].file, isolation_level=None, check_same_thread=False)
    late.execute("BEGIN IMMEDIATE")
    late.execute("UPDATE staff SET name = 'Orang lain'")
    late.execute("DELETE FROM contact")
    put_back(app, house)
    contents()
    with contextlib.suppress(sqlite3.OperationalError):  # its journal may be gone
        late.execute("COMMIT")
    late.close()
    db.engine.dispose()
    assert contents() == before
    assert db.session.scalar(text("PRAGMA integrity_check")) == "ok"


@pytest.mark.slow
@pytest.mark.only("sqlite")
def test_looking_at_the_file_takes_no_lock_away_from_who_writes(app, house):
    writer = sqlite3.connect(house[1].file, isolation_level=None, timeout=0)
    writer.execute("BEGIN IMMEDIATE")
    house[1].stamp()
    house[1].kept()
    script = "import sqlite3, sys; sqlite3.connect(sys.argv[1], timeout=0).execute('BEGIN IMMEDIATE')"
    other = subprocess.run([sys.executable, "-c", script, str(house[1].file)], capture_output=True, text=True)
    writer.close()
    assert "database is locked" in other.stderr


@pytest.mark.slow
def test_a_connection_left_in_a_transaction_does_not_hold_up_the_next_test(app, house):
    before = contents()
    with db.engine.connect() as left:
        left.execute(text("UPDATE staff SET name = 'Orang lain'"))
        if db.engine.dialect.name == "postgresql":
            db.session.execute(text("DELETE FROM contact"))
            db.session.commit()
        put_back(app, house)
        left.invalidate()
    assert contents() == before
