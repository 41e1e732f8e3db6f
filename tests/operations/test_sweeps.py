"""What runs without a click: closing never without a mail before, rising once, files of every paper kept."""

from __future__ import annotations

import io
import os
from datetime import timedelta

import pytest
from sqlalchemy import text

import models.base.db
from gateways.files.uploads import store
from jobs.operation.keep_statistics import keep_statistics
from jobs.operation.tidy import tidy
from jobs.tickets.close_resolved import close_resolved
from jobs.tickets.escalate import escalate
from models.base.db import db, utcnow, write_transaction
from models.tickets.issued_document import IssuedDocument
from models.tickets.outbox import Mail
from models.tickets.ticket import Ticket
from tests.walk import complaint_at, file_complaint, take


def after(monkeypatch, **span):
    later = utcnow() + timedelta(**span)
    monkeypatch.setattr(models.base.db, "clock", lambda: later)


def told(notice: str) -> list[str]:
    return sorted(m.recipient.split("@")[0] for m in db.session.query(Mail).filter_by(notice=notice))


def test_after_a_long_silence_of_the_worker_the_requester_is_warned_before_the_ticket_closes(app, monkeypatch):
    ticket_id = complaint_at("resolved").id
    after(monkeypatch, days=30)
    close_resolved()
    assert (db.session.get(Ticket, ticket_id).state, told("closing_soon"), told("closed")) == (
        "resolved",
        ["andi"],
        [],
    )
    closes = db.session.query(Mail).filter_by(notice="closing_soon").one().facts["closes_at"]
    assert closes == (utcnow() + timedelta(days=3)).isoformat()
    after(monkeypatch, days=2)
    close_resolved()
    assert db.session.get(Ticket, ticket_id).state == "resolved"
    after(monkeypatch, days=1, minutes=1)
    close_resolved()
    assert (db.session.get(Ticket, ticket_id).state, told("closed")) == ("closed", ["andi"])


def test_overdue_tickets_rise_once_each_also_when_notes_are_written_and_there_are_many(app, monkeypatch):
    monkeypatch.setattr("jobs.tickets.escalate.BATCH", 1)
    first, second = file_complaint(), file_complaint(email="lain@x.example")
    due = first.due_at
    monkeypatch.setattr(models.base.db, "clock", lambda: due + timedelta(minutes=1))
    assert (escalate(), told("overdue")) == (2, ["rina", "rina"])
    take(first, "note", "tono", text="Menunggu suku cadang.")
    assert escalate() == 0
    after(monkeypatch, days=10)
    take(second, "note", "tono", text="Masih menunggu.")
    assert (escalate(), told("overdue")) == (2, ["budi", "budi", "rina", "rina"])
    assert escalate() == 0


def test_tidying_keeps_an_issued_paper_and_removes_what_nobody_names(app):
    ticket = file_complaint()
    document = store().store_published(io.BytesIO(b"%PDF-1.7 tagihan"), "tagihan.pdf", 1000)
    unnamed = store().store_published(io.BytesIO(b"tidak bernama"), "x.txt", 1000)
    with write_transaction():
        db.session.add(
            IssuedDocument(
                ticket_id=ticket.id,
                kind="bill",
                title="Tagihan",
                code="0123456789ABCDEF",
                template="bill",
                data="{}",
                stamp=1,
                sha256=document.sha256,
            )
        )
    for path in store().root.glob("??/*"):
        os.utime(path, (1, 1))
    tidy()
    assert store().verify([document.sha256, unnamed.sha256]) == [unnamed.sha256]


@pytest.mark.only("sqlite")  # PostgreSQL keeps its own
def test_the_planner_gets_statistics_of_the_tables_in_use(app):
    file_complaint()
    keep_statistics()
    assert {"ticket", "event", "outbox"} <= set(db.session.scalars(text("SELECT tbl FROM sqlite_stat1")))
