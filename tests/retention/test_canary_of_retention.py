"""D16: a house whose every personal field holds a canary; three years and a night later none is left anywhere."""

from __future__ import annotations

import hashlib
import os
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import JSON, String, select, text, update

import models.base.db
from documents.stored_document import file_of
from jobs.accounts.keep_accounts import forget_secrets
from jobs.demo.demo import demonstrate
from jobs.operation.retention import due_now, run_now
from jobs.operation.tidy import tidy
from jobs.outages.upkeep import keep_up
from jobs.tickets.seal_evidence import seal_evidence
from jobs.worker.print_documents import print_documents
from models.accounts.account import Account
from models.accounts.person import Person
from models.base.db import db, utcnow, write_transaction
from models.base.periods.personal_columns import KEPT
from models.base.retention import PERIODS
from models.organisation.staff import Staff
from models.outages.outage import Outage
from models.tickets.incoming_mail import IncomingMail, MailFate
from models.tickets.issued_document import IssuedDocument
from models.tickets.mailing.data_request import DataRequest
from models.tickets.ticket import Attachment, Ticket, TicketText
from procedures.tickets.evidence.verifying import verify

pytestmark = [pytest.mark.slow]
CANARY, KEPT_CANARY = "kenariqz", "simpananqz"
THREE_YEARS, ELEVEN_YEARS = timedelta(days=3 * 366), timedelta(days=11 * 366)
AS_IT_IS = {("issued_paper", "data"), ("issued_paper", "sha256"), ("attachment", "sha256"), ("incoming_mail", "sha256"),
            ("incoming_file", "sha256")}  # fmt: skip  # what is printed from, and names of files
NEVER = {"staff", "saved_filter"}  # their people work here


def is_past(key, after):
    period = PERIODS[key]
    return period.ends and timedelta(days=period.days) < after


def fill(after=THREE_YEARS):
    """A canary in every column of the rows, of another kind where its time is not over; says in how many."""
    count = 0
    for name, kept in KEPT.items():
        table = db.metadata.tables[name]
        if name in NEVER:
            continue
        for key, columns in kept.items():
            word = CANARY if is_past(key, after) else KEPT_CANARY
            for column in columns.split():
                if (name, column) not in AS_IT_IS:
                    count += _fill_column(table, table.c[column], word)
    return count


def _fill_column(table, column, word):
    if isinstance(column.type, JSON):
        value = [word] if isinstance(column.default and column.default.arg(None), list) else {"kenari": word}
        return db.session.execute(update(table).values({column.name: value})).rowcount
    if not isinstance(column.type, String):
        return 0
    if column.primary_key or column.unique or any(column.name in c.columns for c in table.constraints):
        number = table.c.id if "id" in table.c else None
        if number is None or (column.type.length or 99) < len(word) + 8:
            return 0
        with_number = (word + number.cast(String)) if column.type.length is None else word + number.cast(String)
        return db.session.execute(update(table).values({column.name: with_number})).rowcount
    query = update(table)
    if column.name == "actor_name":  # of staff it stays with their acts
        query = query.where(table.c.staff_id.is_(None))
    return db.session.execute(query.values({column.name: word[: column.type.length]})).rowcount


def found(word):
    """Table and column of every row that holds the word, in any spelling of letters."""
    seen = []
    for table in db.metadata.sorted_tables:
        for column in table.c:
            if isinstance(column.type, String | JSON):
                query = select(text("1")).select_from(table).where(column.cast(String).ilike(f"%{word}%")).limit(1)
                if db.session.execute(query).first():
                    seen.append(f"{table.name}.{column.name}")
    return seen


def close_everything():
    """Every ticket is closed, every mail decided, everybody has left and every account is shut."""
    now = utcnow()
    db.session.execute(update(Ticket).values(is_open=False, closed_at=now))
    db.session.execute(update(Outage).values(ended_at=now))
    db.session.execute(update(IncomingMail).values(state=MailFate.DISCARDED, decided_at=now))
    db.session.execute(update(Account).values(state="closed", reviewed_at=now))
    db.session.execute(update(Person).values(status="left"))
    db.session.execute(update(DataRequest).values(answered_at=now))
    db.session.execute(text("UPDATE export SET state = 'ready', expires_at = :now"), {"now": now.replace(tzinfo=None)})
    db.session.execute(text("UPDATE bulk_run SET state = 'done'"))


def nights(monkeypatch, moved):
    monkeypatch.setattr(models.base.db, "clock", lambda: moved)
    for job in (*jobs_of_the_night(), run_now):
        job()
        db.session.expire_all()


def jobs_of_the_night():
    """What forgets besides the nightly run itself."""
    return tidy, forget_secrets, keep_up


def test_d16_no_canary_is_left_after_three_years_and_bills_are_printed_still(app, cast, monkeypatch):
    demonstrate(cast)
    print_documents()
    places = Path(app.config["INSTANCE_PATH"])
    for left in (places / "exports").glob("*"):  # of tests before this one, whose rows were put back
        left.unlink()
    leaf = hashlib.sha256(CANARY.encode()).hexdigest()
    (places / "files" / leaf[:2]).mkdir(parents=True, exist_ok=True)
    kept_file = places / "files" / leaf[:2] / leaf[2:]
    kept_file.write_text(CANARY)
    with write_transaction():
        ticket = db.session.scalars(select(Ticket.id).where(Ticket.procedure == "complaint").limit(1)).one()
        db.session.add(Attachment(ticket_id=ticket, sha256=leaf, name=CANARY, size=8, content_type="text/plain"))
    with write_transaction():
        assert fill() > 500
        close_everything()
    seal_evidence()
    assert verify().faults == []
    assert len(found(CANARY)) > 80
    for path in places.rglob("*"):
        if path.is_file() and "files" in path.parts:
            os.utime(path, (1, 1))
    bills = list(
        db.session.scalars(select(IssuedDocument.id).where(IssuedDocument.kind.in_(("bill", "rab", "receipt"))))
    )
    assert len(bills) > 2

    began = utcnow()
    nights(monkeypatch, began + THREE_YEARS)

    assert found(CANARY) == []
    assert not kept_file.exists(), "the file store has let go of it"
    assert not [p for p in (places / "exports").rglob("*") if p.is_file()]
    assert set(db.session.scalars(select(TicketText.words).where(TicketText.words.contains(CANARY)))) == set()
    if db.engine.dialect.name == "sqlite":
        index = "SELECT count(*) FROM ticket_fts WHERE ticket_fts MATCH :word"
        assert db.session.execute(text(index), {"word": f"{CANARY}*"}).scalar() == 0
        db.session.rollback()
        assert CANARY.encode() not in (places / "test.db").read_bytes(), "nor in the pages of the file"
    assert all(file_of(each).startswith(b"%PDF") for each in bills), "bills are printed still"
    assert set(due_now().values()) == {0}
    assert verify().faults == [], "the chain holds over what rule took out"
    assert set(db.session.scalars(select(Staff.is_active))) == {True}

    nights(monkeypatch, began + ELEVEN_YEARS)

    left = [place for place in found(KEPT_CANARY) if PERIODS[_period(place)].ends]
    assert left == []


def _period(place):
    table, column = place.split(".")
    return next(key for key, names in KEPT[table].items() if column in names.split())
