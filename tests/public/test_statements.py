"""How much the public's two busiest requests ask of the database, and how large their answers are; nothing is timed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event

from models.base.db import db
from models.tickets.ticket import Ticket
from tests.public.visitor import complain
from tests.walk import complaint_at, take

MOST_STATUS, MOST_STATUS_BYTES, MOST_SUBMIT = 4, 15_000, 20  # the form and its sending


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
    client = app.test_client()
    complain(client, monkeypatch)
    before = db.session.query(Ticket).count()
    db.session.rollback()
    with counted() as statements:
        answer = complain(client, monkeypatch, subject="Printer di ruang dosen macet")
    assert answer.status_code == 303
    assert db.session.query(Ticket).count() == before + 1
    assert len(statements) <= MOST_SUBMIT, statements


def test_a_complaint_writes_its_ticket_once_and_counts_last_what_every_other_form_waits_for(app, monkeypatch):
    client = app.test_client()
    complain(client, monkeypatch)
    with counted() as statements:
        complain(client, monkeypatch, subject="Layar proyektor di aula berkedip")
    written = [s.split(" (")[0] for s in statements if s.startswith(("INSERT", "UPDATE"))]
    assert written.count("INSERT INTO ticket") == 1
    assert not [s for s in written if s.startswith("UPDATE ticket")]
    assert written[-1] == "INSERT INTO rate"
