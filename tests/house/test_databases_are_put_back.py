"""Between tests the database is as it was made: rows, numbers, tables (tests/databases.py)."""

from __future__ import annotations

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
