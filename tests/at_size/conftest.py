"""A house with very many tickets and large registers, made once a database; its tests read, and never write.

SIZE_TICKETS says how many tickets seed-bulk adds (the done-when line means 200,000). SIZE_URL names a database that
seed-bulk has filled already.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.engine import make_url

from app import create_app
from models.accounts.person import Person
from models.base.db import db, write_transaction
from models.organisation.staff import Staff
from models.organisation.unit import Contact, Unit
from models.outages.network import Node, WebService
from models.tickets.label import Label, TicketLabel
from models.tickets.saved_filter import SavedFilter
from models.tickets.ticket import Ticket
from tests.conftest import PASSWORD, FreshClient, build_house, usernames

TICKETS = int(os.environ.get("SIZE_TICKETS") or 1_200)
URL = os.environ.get("SIZE_URL", "")
MANY = 600  # rows of each register: more than any page may read of one
LARGE: dict[str, Flask] = {}


@pytest.fixture(autouse=True)
def steady_sessions(monkeypatch):
    """A login is renewed once in a while by one more statement; on a slow machine that would fall on any page."""
    monkeypatch.setattr("admin_views.frame.sign_in.login.SEEN_EVERY", timedelta(days=1))
    monkeypatch.setattr(
        "models.base.setting.CACHE_SECONDS", 3_600.0
    )  # settings and short lists: once, not by the clock


@pytest.fixture
def large(database, workplace) -> Iterator[Flask]:
    """The application on its large database, outside any context."""
    if database not in LARGE:
        LARGE[database] = (
            _given(URL) if make_url(URL or "none://").drivername.startswith(database) else _made(database, workplace)
        )
        with LARGE[database].app_context():
            _fill_registers()
            db.session.remove()
    return LARGE[database]


def _given(url: str) -> Flask:
    app = create_app({"SQLALCHEMY_DATABASE_URI": url, "BASE_URL": "http://localhost"})
    app.test_client_class = FreshClient
    with app.app_context(), write_transaction():
        for person in db.session.scalars(select(Staff).where(Staff.username.in_(usernames()))).unique():
            person.set_password(PASSWORD)
    return app


def _made(database: str, workplace) -> Flask:
    place = workplace / "at-size"
    place.mkdir(exist_ok=True)
    app, _store = build_house(database, place)
    answer = app.test_cli_runner().invoke(args=["seed-bulk", "--tickets", str(TICKETS)])
    assert answer.exit_code == 0, answer.output
    return app


def _fill_registers() -> None:
    if db.session.scalar(select(Unit.id).where(Unit.code == "Z0")):
        return
    db.session.rollback()
    with write_transaction():
        top = Unit(code="Z0", name="Unit besar", kind="faculty")
        units = [Unit(code=f"Z{n}", name=f"Unit besar {n}", kind="bureau", parent=top) for n in range(1, MANY)]
        db.session.add_all([top, *units])
        db.session.flush()
        db.session.add_all(
            Contact(unit_id=unit.id, name=f"Pengelola {unit.code}", kind="it_manager", email=f"{unit.code}@x.example")
            for unit in units
        )
        nodes = [Node(name=f"Simpul {n}", address=f"10.77.{n // 250}.{n % 250}", is_watched=False) for n in range(MANY)]
        services = [WebService(name=f"Laman {n}", url=f"http://10.78.0.1/{n}", is_watched=False) for n in range(MANY)]
        people = [Person(number=f"Z{n:06}", name=f"Orang {n}", name_key=f"orang {n}") for n in range(MANY)]
        label = Label(name="Suku cadang")
        db.session.add_all([*nodes, *services, *people, label])
        db.session.flush()
        newest = db.session.scalars(select(Ticket.id).order_by(Ticket.id.desc()).limit(MANY)).all()
        db.session.add_all(TicketLabel(ticket_id=ticket, label_id=label.id) for ticket in newest)
        for staff in db.session.scalars(select(Staff.id)).unique():
            db.session.add(SavedFilter(staff_id=staff, name="Milik saya", address="assignee=me", is_default=False))
