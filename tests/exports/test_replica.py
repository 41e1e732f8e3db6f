"""Reports and exports read a real streaming replica, and the database itself when the replica is behind or away."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import event

from app import create_app
from config_readers import ConfigError, read_url
from jobs.demo.cast import build_cast
from jobs.operation.schema import init_migrations
from models.base.db import db, write_transaction
from models.organisation.staff import Staff
from models.organisation.unit import Unit
from procedures.base import replica
from procedures.base.export_lists import batches
from tests.conftest import PASSWORD, usernames
from tests.mail_server import free_port
from tests.own_postgres import Postgres

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def two() -> Iterator[tuple[Postgres, Postgres]]:
    """A PostgreSQL and its replica, which pg_basebackup made; both run."""
    place = Path(tempfile.mkdtemp(prefix="replica-"))
    first = Postgres(place / "first", port=free_port()).make()
    first.start()
    second = first.replica(place / "second", free_port())
    second.start()
    yield first, second
    second.stop("immediate")
    first.stop("immediate")
    shutil.rmtree(place, ignore_errors=True)


@pytest.fixture(scope="module")
def apart(two: tuple[Postgres, Postgres], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The product over both."""
    first, second = two
    place = tmp_path_factory.mktemp("apart")
    app = create_app(
        {
            "SQLALCHEMY_DATABASE_URI": first.url(),
            "DATABASE_READ_URL": second.url(),
            "INSTANCE_PATH": str(place),
            "BASE_URL": "http://localhost",
            "MAIL_AS_FILES": str(place / "mail"),
        }
    )
    with app.app_context():
        init_migrations(app)
        upgrade()
        with write_transaction():
            build_cast(dict.fromkeys(usernames(), PASSWORD))
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
        app.extensions["replica"].engine.dispose()


@pytest.fixture
def asked(apart: Flask) -> Iterator[list[str]]:
    """What the replica was asked in this test."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        statements.append(statement)

    with apart.app_context():
        found = apart.extensions["replica"]
        found.left_alone_until = 0.0
        event.listen(found.engine, "before_cursor_execute", note)
        yield statements
        event.remove(found.engine, "before_cursor_execute", note)
        db.session.remove()


def exported(name: str) -> bool:
    """A unit is added, and at once its administrator exports the list of units."""
    with write_transaction():
        db.session.add(Unit(code=name[:20], name=name, kind="unit"))
    staff = db.session.scalars(sa.select(Staff).where(Staff.username == "rudi")).one()
    lines = [line for part in batches("unit", staff.id, {}, lambda _count: None) for line in part]
    return any(name in str(line) for line in lines)


def test_an_export_is_read_from_the_replica_and_holds_what_was_written_just_before(asked):
    assert exported("Unit Satu")
    assert any("FROM unit" in statement for statement in asked)
    assert replica.state_of_replica() == (True, "The replica is up to date.")


def test_a_replica_that_is_behind_is_left_alone_with_a_sentence_and_nothing_is_missing(asked, two, caplog, monkeypatch):
    monkeypatch.setattr(replica, "MOST_BEHIND_SECONDS", 0.3)
    with psycopg.connect(two[1].url().replace("+psycopg", ""), autocommit=True) as there:
        there.execute("SELECT pg_wal_replay_pause()")
        try:
            assert exported("Unit Dua")
            is_well, said = replica.state_of_replica()
        finally:
            there.execute("SELECT pg_wal_replay_resume()")
    assert not any("FROM unit" in statement for statement in asked)
    assert "read from the database itself for a while; of the replica: it is behind by" in caplog.text
    assert not is_well and "is not asked: it is behind by" in said


def test_a_replica_that_ends_a_question_is_left_alone_and_the_question_is_asked_again(asked, caplog):
    turns = []

    def ask() -> int:
        turns.append(len(turns))
        if len(turns) == 1:  # as a replica does whose database must go on: canceled due to conflict with recovery
            db.session.execute(sa.text("SET LOCAL statement_timeout = 1; SELECT pg_sleep(1)"))
        return int(db.session.scalar(sa.text("SELECT CASE WHEN pg_is_in_recovery() THEN 1 ELSE 0 END")))

    assert replica.read_apart(ask) == 0
    assert turns == [0, 1] and "it ended a question (QueryCanceled)" in caplog.text
    asked.clear()
    assert exported("Unit Tiga") and asked == []


def test_what_is_asked_apart_cannot_write_there_nor_by_mistake_at_home(asked):
    with pytest.raises(sa.exc.InternalError, match="read-only transaction"):
        replica.read_apart(lambda: db.session.execute(sa.text("DELETE FROM unit")))
    db.session.rollback()
    assert replica.read_apart(lambda: db.session.scalar(sa.text("SELECT pg_is_in_recovery()")))
    with write_transaction():
        assert not db.session.scalar(sa.text("SELECT pg_is_in_recovery()"))


def test_a_replica_that_is_away_is_said_by_the_doctor_and_in_the_log(asked, two, caplog):
    two[1].stop("immediate")
    try:
        assert exported("Unit Empat")
        assert replica.state_of_replica()[0] is False
    finally:
        two[1].start()
    assert "of the replica: it does not answer" in caplog.text
    assert asked == []


@pytest.mark.parametrize(
    ("main", "read", "said"),
    [
        ("", "postgresql://h/x", "names a replica of PostgreSQL: leave it out"),
        ("sqlite:////tmp/x.db", "postgresql://h/x", "names a replica of PostgreSQL: leave it out"),
        ("postgresql://h/x", "sqlite:////tmp/x.db", "SQLite has no replica"),
        ("postgresql://h/x", "mysql://h/x", "DATABASE_READ_URL must begin with"),
        ("postgresql://h/x", "postgresql://h", "DATABASE_READ_URL is not complete"),
    ],
)
def test_an_address_that_can_be_no_replica_is_refused_in_a_sentence(monkeypatch, main, read, said):
    monkeypatch.setenv("DATABASE_URL", main)
    monkeypatch.setenv("DATABASE_READ_URL", read)
    with pytest.raises(ConfigError, match=said):
        read_url()
