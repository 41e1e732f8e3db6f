"""How much the public's two busiest requests ask of the database, and how large their answers are; nothing is timed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event, select

from models.base.db import db, write_transaction
from models.organisation.staff import Group
from models.organisation.unit import Unit
from models.tickets.category import Category
from models.tickets.outbox import Mail
from models.tickets.ticket import Ticket
from tests.public.visitor import complain, hidden, later, number_in
from tests.walk import category_id, complaint_at, complaint_fields, take

MOST_STATUS, MOST_STATUS_BYTES, MOST_SUBMIT = 4, 15_000, 11


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that the block issues."""
    found: list[str] = []

    def note(_connection, _cursor, statement, *_rest):
        if not statement.startswith("BEGIN"):
            found.append(statement)

    engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", note)


@pytest.mark.parametrize("replies", [0, 12])
def test_the_status_page_asks_four_statements_at_most_however_much_was_said(app, replies):
    ticket = complaint_at("in_progress")
    for number in range(replies):
        take(ticket, "reply", "tono", text=f"Kami sedang memeriksa bagian {number} dari jaringan di gedung Anda.")
    client, address = app.test_client(), f"/tiket/{ticket.number}"
    client.get(address)
    with counted() as statements:
        page = client.get(address)
    assert len(statements) <= MOST_STATUS, statements
    assert len(page.data) <= MOST_STATUS_BYTES


def test_a_complaint_is_opened_with_few_statements(app, monkeypatch):
    """What the form offers is kept for seconds: sending it asks for no unit, category, group or outage again."""
    client, unit = app.test_client(), db.session.scalars(select(Unit.id).where(Unit.code == "FEB")).one()
    complain(client, monkeypatch)
    before = db.session.query(Ticket).count()
    fields = complaint_fields(subject="Printer di ruang dosen macet", email="dewi@feb.example", unit=unit)
    form = hidden(client.get("/pengaduan").text, "/pengaduan")
    later(monkeypatch, seconds=5)
    db.session.rollback()
    with counted() as statements:
        answer = client.post("/pengaduan", data={**form, **fields})
    assert answer.status_code == 303
    assert db.session.query(Ticket).count() == before + 1
    assert len(statements) <= MOST_SUBMIT, statements
    assert not [s for s in statements if "FROM unit" in s or "FROM category" in s or "FROM outage" in s]


def test_a_complaint_goes_where_its_kind_was_moved_a_moment_ago(app, monkeypatch):
    client = app.test_client()
    complain(client, monkeypatch)
    with write_transaction():
        other = db.session.scalars(
            select(Group).where(Group.id != db.session.get_one(Category, category_id()).group_id).limit(1)
        ).one()
        other.name = "Server dan layanan web"
        db.session.get_one(Category, category_id()).group = other
    number = number_in(complain(client, monkeypatch, subject="Aplikasi presensi tidak terbuka"))
    ticket = db.session.scalars(select(Ticket).where(Ticket.number == number)).one()
    told = db.session.scalars(select(Mail.facts).where(Mail.ticket_id == ticket.id, Mail.notice == "distributed"))
    assert (ticket.group_id, {facts["group"] for facts in told}) == (other.id, {"Server dan layanan web"})


def test_a_complaint_writes_its_ticket_once_and_counts_last_what_every_other_form_waits_for(app, monkeypatch):
    client = app.test_client()
    complain(client, monkeypatch)
    with counted() as statements:
        complain(client, monkeypatch, subject="Layar proyektor di aula berkedip")
    written = [s.split(" (")[0] for s in statements if s.startswith(("INSERT", "UPDATE"))]
    assert written.count("INSERT INTO ticket") == 1
    assert not [s for s in written if s.startswith("UPDATE ticket")]
    assert written[-1] == "INSERT INTO rate"
