"""Z26: the data of every released schema is whole after an upgrade to the present one, and its pages open."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import Connection, MetaData, Table, func, make_url, select, text
from sqlalchemy.types import JSON, Boolean, Date, DateTime

from app import create_app
from jobs.operation.schema import init_migrations
from models.base.db import db
from models.organisation.setup_point import SetupPoint
from models.tickets.span import Span
from models.tickets.ticket import Ticket
from procedures.tickets.readiness import missing_acts
from tests.conftest import FreshClient
from tests.pages import page

pytestmark = pytest.mark.slow

RELEASES = sorted((Path(__file__).parent / "releases").glob("*.json.gz"))


def url_beside(app: Flask, place: Path) -> str:
    """The address of an empty database on the same engine as the test's own."""
    url = make_url(app.config["SQLALCHEMY_DATABASE_URI"])
    if url.get_backend_name() == "sqlite":
        return f"sqlite:///{place / 'release.db'}"
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("DROP DATABASE IF EXISTS release WITH (FORCE)"))
        connection.execute(text("CREATE DATABASE release"))
    return url.set(database="release").render_as_string(hide_password=False)


@pytest.fixture(params=RELEASES, ids=lambda path: path.name.removesuffix(".json.gz"))
def kept(request: pytest.FixtureRequest) -> dict[str, Any]:
    return json.loads(gzip.decompress(request.param.read_bytes()))


@pytest.fixture
def empty(app: Flask, tmp_path: Path) -> Iterator[Flask]:
    """The application over an empty database."""
    overrides = {key: app.config[key] for key in ("BASE_URL", "MAIL_AS_FILES")}
    other = create_app(
        {**overrides, "SQLALCHEMY_DATABASE_URI": url_beside(app, tmp_path), "INSTANCE_PATH": str(tmp_path)}
    )
    other.test_client_class = FreshClient
    with other.app_context():
        init_migrations(other)
        yield other
        db.session.remove()
        db.engine.dispose()


def test_z26_every_row_of_a_release_is_there_after_the_upgrade_and_its_tickets_open(empty, kept):
    upgrade(revision=kept["revision"])
    with db.engine.begin() as connection:
        load(connection, kept["tables"])
        before = contents(connection, kept["tables"])
    upgrade()
    with db.engine.begin() as connection:
        after = contents(connection, kept["tables"])
    for name, rows in before.items():
        assert after[name] == rows, name
    assert db.session.scalar(select(func.count(Ticket.id))) == len(kept["tables"]["ticket"])
    held = select(Span.ticket_id).where(Span.ended_at.is_(None)).order_by(Span.ticket_id)  # from the events it had
    assert (
        db.session.scalars(held).all()
        == db.session.scalars(select(Ticket.id).where(Ticket.is_open).order_by(Ticket.id)).all()
    )
    assert "complaints" not in missing_acts()  # a house at work is not set up again
    assert set(db.session.scalars(select(SetupPoint.key))) == {"institution", "hours", "mail"}
    for number in db.session.scalars(select(Ticket.number).order_by(Ticket.id)).all()[:40:5]:
        db.session.rollback()
        with empty.app_context():
            assert number in page(empty.test_client(), f"/tiket/{number}")


def tables_of(connection: Connection, names: Any) -> dict[str, Table]:
    found = MetaData()
    found.reflect(connection, only=sorted(names))
    return {name: found.tables[name] for name in names}  # not those that they refer to, which are newer


def load(connection: Connection, kept: dict[str, list[dict[str, Any]]]) -> None:
    """The rows as they were, with keys unchecked until all are in."""
    postgresql = connection.dialect.name == "postgresql"
    connection.execute(
        text("SET LOCAL session_replication_role = replica" if postgresql else "PRAGMA defer_foreign_keys=ON")
    )
    for name, table in tables_of(connection, kept).items():
        rows = [{key: value(table.c[key].type, kept_value) for key, kept_value in row.items()} for row in kept[name]]
        if rows:
            connection.execute(table.insert(), rows)


def value(kind: Any, kept: Any) -> Any:
    if kept is None:
        return None
    if isinstance(kept, dict):
        return bytes.fromhex(kept["hex"])
    if isinstance(kind, DateTime):
        return datetime.fromisoformat(kept + ("" if kind.timezone is False else "+00:00"))
    if isinstance(kind, Date):
        return date.fromisoformat(kept)
    if isinstance(kind, JSON):
        return json.loads(kept)
    return bool(kept) if isinstance(kind, Boolean) else kept


def contents(connection: Connection, kept: dict[str, list[dict[str, Any]]]) -> dict[str, list[str]]:
    """Every row of the released tables, by the columns that the release had, as sorted texts."""
    found = {}
    for name, table in tables_of(connection, kept).items():
        columns = [table.c[key] for key in sorted(kept[name][0])] if kept[name] else []
        found[name] = sorted(repr(tuple(row)) for row in connection.execute(select(*columns))) if columns else []
    return found
