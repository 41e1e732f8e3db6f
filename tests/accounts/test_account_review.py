"""The yearly review: who is on the list and why, one recorded decision an account, one reminder."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from jobs.accounts.remind_reviews import remind_reviews
from models.accounts.account import Account
from models.accounts.account_due import count_due, is_due, reasons_of
from models.base.db import db, utcnow, write_transaction
from models.organisation.audit import AuditEntry
from models.organisation.unit import Contact
from models.tickets.outbox import Mail
from tests.accounts.stories import account, dewi, person, unit_account, unit_id
from tests.browse import Person
from tests.databases import both, once

pytestmark = once

PAGE = "/admin/account_review/"


def due():
    db.session.expire_all()
    return sorted(db.session.scalars(select(Account.address).where(is_due())))


def decide(who, row, verdict, **fields):
    return who.post(f"{PAGE}decide/{row.id}", {"verdict": verdict, **fields})


def move_clock(monkeypatch, **span):
    monkeypatch.setattr("models.base.db.clock", lambda: datetime.now(UTC) + timedelta(**span))


@pytest.mark.parametrize(
    ("facts", "owner", "reasons"),
    [
        ({}, {}, []),
        ({}, {"status": "left"}, ["owner_left"]),
        ({"expires_on": datetime(2020, 1, 1, tzinfo=UTC).date()}, {}, ["expired"]),
        ({"created_at": datetime(2020, 1, 1, tzinfo=UTC)}, {}, ["unreviewed"]),
        ({"created_at": datetime(2020, 1, 1, tzinfo=UTC), "reviewed_at": datetime.now(UTC)}, {}, []),
        ({"state": "closed"}, {"status": "left"}, []),
    ],
)  # fmt: skip
def test_account_is_due_for_the_reason_that_holds(app, facts, owner, reasons):
    row = account(person(**owner), **facts)
    assert (due(), [r for r in reasons_of([row])[row.id] if row.state != "closed"]) == (
        ["andi@bunghatta.ac.id"] if reasons else [],
        reasons,
    )


def test_unit_account_without_a_reachable_contact_is_due(app):
    row = unit_account()
    assert reasons_of([row])[row.id] == ["contact_gone"]
    with write_transaction():
        db.session.get_one(Account, row.id).contact_id = dewi().id
    assert due() == []
    with write_transaction():
        dewi().is_active = False
    assert due() == ["feb@bunghatta.ac.id"]


@both
def test_wati_keeps_one_and_it_rests_for_a_year_or_until_a_new_reason(app, monkeypatch):
    row = account(owner := person(status="left"))
    wati = Person(app, "wati")
    assert "1 menunggu" in wati.get(PAGE).text
    assert decide(wati, row, "keep", text="Masih mengajar.").status_code == 303
    assert (due(), "Semua sudah ditinjau" in wati.get(PAGE).text) == ([], True)
    row = db.session.get_one(Account, row.id)
    assert (row.reviewed_by.username, row.reviewed_for) == ("wati", "owner_left")
    assert [(e.what, e.text) for e in row.history] == [("reviewed", "Masih mengajar.")]
    assert db.session.query(AuditEntry).filter_by(act="review", object_kind="Account").one().diff == {"verdict": "keep"}
    with write_transaction():
        db.session.get_one(Account, row.id).expires_on = (utcnow() - timedelta(days=3)).date()
    assert due() == ["andi@bunghatta.ac.id"]
    decide(wati, row, "keep")
    move_clock(monkeypatch, days=366)
    assert (due(), owner.id > 0) == (["andi@bunghatta.ac.id"], True)


@both
def test_wati_names_another_contact_of_the_unit(app):
    row, wati, chosen = unit_account(), Person(app, "wati"), dewi().id
    with write_transaction():
        db.session.add(other := Contact(unit_id=unit_id("FTI"), name="Orang lain", kind="technical"))
        db.session.flush()
        stranger = other.id
    refused = decide(wati, row, "contact", contact=stranger)
    assert (refused.status_code, "dari unit pemilik akun ini" in refused.text, due()) == (
        409,
        True,
        ["feb@bunghatta.ac.id"],
    )
    decide(wati, row, "contact", contact=chosen)
    row = db.session.get_one(Account, row.id)
    assert (due(), row.contact_id, [e.text for e in row.history]) == ([], chosen, ["— → Dewi Anggraini", ""])


def test_wati_suspends_with_a_reason_and_the_review_counts_with_the_result(app):
    row, wati = account(person(status="left")), Person(app, "wati")
    assert decide(wati, row, "suspend", is_done_by_hand="y").status_code == 409
    refused = decide(wati, row, "suspend", text="Sudah lulus.")
    assert (refused.status_code, "Sudah lulus." in refused.text, due()) == (409, True, ["andi@bunghatta.ac.id"])
    assert decide(wati, row, "suspend", text="Sudah lulus.", is_done_by_hand="y").status_code == 303
    row = db.session.get_one(Account, row.id)
    assert (due(), row.state, [e.what for e in row.history]) == ([], "suspended", ["suspend", "reviewed"])


def test_second_officer_is_told_that_it_was_reviewed(app):
    row, wati, budi = account(person(status="left")), Person(app, "wati"), Person(app, "budi")
    decide(wati, row, "keep")
    answer = decide(budi, row, "keep")
    assert (answer.status_code, "baru saja ditinjau" in answer.text) == (409, True)


def test_list_is_narrowed_by_reason_and_paged(app):
    gone = person(status="left")
    for number in range(31):
        account(gone, f"a{number:02}@bunghatta.ac.id")
    unit_account()
    wati = Person(app, "wati")
    assert (count_due(), "feb@" in wati.get(f"{PAGE}?reason=owner_left").text) == (32, False)
    assert "feb@bunghatta.ac.id" in wati.get(f"{PAGE}?after=a29@bunghatta.ac.id").text
    assert wati.get(f"{PAGE}?reason=lain", check=False).status_code == 400


@both
def test_wati_is_reminded_once_of_each_account(app, monkeypatch):
    account(person(status="left"))
    assert (remind_reviews(), remind_reviews()) == (1, 0)
    unit_account()
    assert remind_reviews() == 0  # within the week
    move_clock(monkeypatch, days=8)
    assert (remind_reviews(), remind_reviews()) == (1, 0)
    mails = db.session.scalars(select(Mail).where(Mail.notice == "account_review").order_by(Mail.id)).all()
    assert [(m.recipient, m.facts["count"]) for m in mails] == [
        ("wati@pustikom.example", 1),
        ("wati@pustikom.example", 2),
    ]
