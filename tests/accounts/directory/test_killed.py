"""Z34: killed by SIGKILL at each point between intent, directory and result, every change is explained and mended."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from models.accounts.account import Account
from models.accounts.directory_change import ChangeState, DirectoryChange
from models.accounts.one_time_link import OneTimeLink
from models.base.db import db
from models.organisation.audit import AuditEntry
from models.tickets.outbox import Mail
from models.tickets.ticket import Ticket
from procedures.accounts.directory_calls import change_password
from procedures.accounts.reconcile_directory import reconcile
from procedures.engine.take_step import StepRefused
from tests.accounts.directory.killed import POINTS
from tests.accounts.stories import TYPED, account, change, change_at, email_at, person
from tests.accounts.test_unit_email import later, no_directory_afterwards, use  # noqa: F401 - a fixture among them
from tests.operations.test_crash_and_race import KEYS
from tests.walk import take

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[3]
DIRECTORY = ("URL", "BIND_DN", "BIND_PASSWORD", "BASE_DN", "CA_FILE")
OLD = "kopi-lama-di-padang-1"


def killed_at(app, step, tickets):
    """The return code of each child; the step of the ticket was under way when it was killed."""
    db.session.remove()
    config = {key: app.config[key] for key in (*KEYS, *(f"DIRECTORY_{name}" for name in DIRECTORY))}
    given = json.dumps({"config": config, "step": step, "tickets": tickets})
    done = subprocess.run(
        [sys.executable, "-m", "tests.accounts.directory.killed", given], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-800:]
    codes = json.loads(done.stdout)
    assert set(codes.values()) == {-9}, done.stderr[-2_000:]
    return codes


@contextmanager
def no_audit_table():
    """The audit cannot be written."""
    for old, new in (("audit_entry", "audit_away"), ("audit_away", "audit_entry")):
        db.session.rollback()
        with db.engine.begin() as connection:
            connection.execute(text(f"ALTER TABLE {old} RENAME TO {new}"))
        if new == "audit_away":
            yield


def ticket_of(ticket_id):
    return db.session.get_one(Ticket, ticket_id)


def test_z34_password_change_killed_anywhere_is_explained_and_repeated(app, slapd, monkeypatch):
    use(app, slapd)
    tickets = {}
    for number, name in enumerate(POINTS["change_password"]):
        slapd.directory().make(f"mati{number}", "Andi", f"mati{number}@x.test", OLD, "lama")
        slapd.age_password(f"mati{number}")
        owner = person(f"20100111100{number:02}", f"Andi {number}", email=f"pribadi{number}@surat.example")
        tickets[name] = change_at("change", account(owner, f"mati{number}@bunghatta.ac.id"), owner).id
    assert killed_at(app, "change_password", tickets) == dict.fromkeys(tickets, -9)
    assert ticket_of(tickets["before the intent is committed"]).state == "change"
    assert {ticket_of(i).state for i in [*tickets.values()][1:]} == {"changing"}
    assert reconcile() == 0  # a request might still be at work
    later(monkeypatch)
    assert (reconcile(), reconcile()) == (6, 0)
    rows = {
        t: db.session.scalars(select(DirectoryChange).where(DirectoryChange.ticket_id == t)).all()
        for t in tickets.values()
    }
    told = set(db.session.scalars(select(Mail.ticket_id).where(Mail.notice == "password_changed")))
    for number, (name, ticket_id) in enumerate(tickets.items()):
        in_force = number >= list(tickets).index("before the must-change flag")
        assert slapd.binds(f"mati{number}", OLD) is not in_force, name
        assert ([row.state for row in rows[ticket_id]], ticket_of(ticket_id).state) == (
            ["explained"] if number else [],
            "change",
        ), name
        if number:
            said = rows[ticket_id][0].explanation
            assert ("tidak ada yang melihatnya" in said, "sebelum direktori mengubah" in said) == (
                in_force,
                not in_force,
            )
            assert rows[ticket_id][0].in_directory is in_force
        assert (ticket_id in told) is in_force, name
        assert slapd.binds(f"mati{number}", change(ticket_of(ticket_id)).password), name
    assert set(db.session.scalars(select(DirectoryChange.state))) == {"explained", "done"}


def test_z34_creation_killed_anywhere_is_finished_with_a_password_that_binds(app, slapd, monkeypatch):
    use(app, slapd)
    tickets = {name: email_at("creation", address=f"unit.{n}x").id for n, name in enumerate(POINTS["create_account"])}
    assert killed_at(app, "create_account", tickets) == dict.fromkeys(tickets, -9)
    assert [ticket_of(i).state for i in tickets.values()] == ["creation", *["creating"] * 8]
    later(monkeypatch)
    assert (reconcile(), reconcile()) == (8, 0)
    take(ticket_of(tickets["before the intent is committed"]), "create_account", "wati", told_by="mail")
    assert {ticket_of(i).state for i in tickets.values()} == {"done"}
    assert [*db.session.execute(select(Account.state, DirectoryChange.state).join_from(Account, DirectoryChange))] == [
        ("active", "done")
    ] * 9
    assert db.session.query(OneTimeLink).count() == 9
    for mail in db.session.scalars(select(Mail).where(Mail.notice == "account_ready")):
        token = mail.facts["one_time_link"].rsplit("/", 1)[1]
        link = OneTimeLink.found(token)
        assert slapd.binds(link.account.login, link.reveal(token)), link.account.login


@pytest.mark.parametrize("step", ["change_password", "create_account"])
def test_z34_without_its_audit_row_nothing_reaches_the_directory(app, slapd, step):
    use(app, slapd)
    slapd.directory().make("andi", "Andi", "andi@x.test", OLD, "lama")
    ticket = change_at("change") if step == "change_password" else email_at("creation")
    with no_audit_table(), pytest.raises(DBAPIError, match="audit_entry"):
        change(ticket) if step == "change_password" else take(ticket, step, "wati", told_by="mail")
    assert slapd.binds("andi", OLD)
    assert [entry.login for entry in slapd.directory().entries()] == ["andi"]
    assert (db.session.query(DirectoryChange).count(), ticket.state) == (
        0,
        "change" if step == "change_password" else "creation",
    )


def test_z34_result_whose_audit_row_fails_is_explained_later(app, slapd, monkeypatch):
    use(app, slapd)
    slapd.directory().make("andi", "Andi", "andi@x.test", OLD, "lama")
    ticket = change_at("change")
    take(ticket, "change_password", "sari", told_by="spot")
    with no_audit_table():
        assert change_password(ticket.id) is None  # unclear to whoever asked; nothing is shown
    db.session.refresh(ticket)
    assert (slapd.binds("andi", OLD), ticket.state) == (False, "changing")
    later(monkeypatch)
    assert reconcile() == 1
    row = db.session.scalars(select(DirectoryChange)).one()
    assert (row.state, row.in_directory, ticket.state) == (ChangeState.EXPLAINED, True, "change")
    assert db.session.scalars(select(AuditEntry).where(AuditEntry.act == "step:change_failed")).one()


def test_z34_two_workers_do_not_mend_one_change_twice(app, slapd, monkeypatch):
    use(app, slapd, url="ldaps://127.0.0.1:1")
    ticket = change_at("change")
    take(ticket, "change_password", "sari", told_by="spot")
    later(monkeypatch)
    assert reconcile() == 0
    row = db.session.scalars(select(DirectoryChange)).one()
    assert (row.state, "tidak dapat dihubungi" in row.explanation) == ("intended", True)
    use(app, slapd)
    assert reconcile() == 0  # the first worker has it for a minute
    later(monkeypatch, minutes=3)
    assert (reconcile(), ticket.state) == (1, "change")


@pytest.mark.parametrize(("ticket_in", "step"), [("changing", "cancel"), ("creating", "cancel")])
def test_z34_nobody_cancels_while_the_directory_is_at_work(app, monkeypatch, ticket_in, step):
    monkeypatch.setattr("procedures.accounts.directory_calls.create_account", lambda *_: None)
    if ticket_in == "changing":
        ticket = change_at("change")
        take(ticket, "change_password", "sari", told_by="spot")
    else:
        ticket = email_at("creation")
        take(ticket, "create_account", "wati", told_by="mail", is_done_by_hand="y", **TYPED)
    with pytest.raises(StepRefused) as refused:
        take(ticket, step, "sari", reason="Tidak jadi.")
    assert (refused.value.why, ticket.state) == ("state", ticket_in)


def test_entry_of_somebody_else_is_never_taken_over(app, slapd):
    use(app, slapd)
    slapd.directory().make("prodi.akuntansi", "Orang lain", "prodi.akuntansi@bunghatta.ac.id", OLD, "lama")
    ticket = email_at("creation")
    for _try in range(2):
        take(ticket, "create_account", "wati", told_by="mail")
        assert (ticket.state, "sudah ada di server direktori" in ticket.events[-1].text) == ("creation", True)
    assert slapd.binds("prodi.akuntansi", OLD)
