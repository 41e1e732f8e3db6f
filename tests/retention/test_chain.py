"""B2: the audit and the histories are sealed row by row; a changed, added or missing row is found and named."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

import models.base.db
from gateways.files import evidence_files
from jobs.commands.all_commands import init_commands
from jobs.operation.retention import run_now
from jobs.tickets.seal_evidence import seal_evidence
from models.base.db import db, utcnow, write_transaction
from models.organisation import audit
from models.organisation.audit import AuditEntry
from models.tickets.evidence.seal import Seal
from models.tickets.outbox import Mail
from models.tickets.ticket import Event
from procedures.tickets.evidence.sealing import ChainBroken, chain_goes_on
from procedures.tickets.evidence.verifying import verify
from procedures.tickets.forget_ticket import FORGOTTEN
from tests.walk import complaint_at


@pytest.fixture
def sealed(app, cast):
    """A ticket's whole life, and a few acts, all sealed."""
    ticket = complaint_at("closed")
    with write_transaction():
        for number in range(5):
            audit.record(
                "edit", "Unit", number, staff=cast["sari"], diff={"name": ["lama", f"baru {number}"]}, ip="10.0.0.9"
            )
    rows = db.session.query(Event).count() + db.session.query(AuditEntry).count()
    assert seal_evidence() == rows == db.session.query(Seal).count()
    assert verify().is_well
    return ticket


def by_hand(statement, **values):
    """What somebody does who reaches the database and not the program."""
    with write_transaction():
        db.session.execute(text(statement), values)
    db.session.expire_all()


def some_id(kind):
    return db.session.query(kind.id).order_by(kind.id).offset(2).limit(1).scalar()


TAMPERING = {
    "one field of an event": ("UPDATE event SET text = 'lain' WHERE id = :event", "Row {event} of event"),
    "who did it": ("UPDATE audit_entry SET actor_name = 'Tono' WHERE id = :act", "Row {act} of audit_entry"),
    "a difference": ("UPDATE audit_entry SET diff = '{{}}' WHERE id = :act", "Row {act} of audit_entry"),
    "when": ("UPDATE audit_entry SET at = '2020-01-01 00:00:00' WHERE id = :act", "Row {act} of audit_entry"),
    "an address": ("UPDATE audit_entry SET ip = '' WHERE id = :act", "Row {act} of audit_entry"),
    "an act taken away": ("DELETE FROM audit_entry WHERE id = :act", "Row {act} of audit_entry is missing"),
    "two acts swapped": (
        "UPDATE audit_entry SET object_id = CASE WHEN object_id = '1' THEN '2' ELSE '1' END WHERE object_id IN ('1', '2')"
        " AND object_kind = 'Unit'",
        "not as it was sealed",
    ),
    "two seals swapped": (
        "UPDATE seal SET value = (SELECT value FROM seal AS other WHERE other.seq = 5 - seal.seq) WHERE seq IN (2, 3)",
        "not as it was sealed",
    ),
    "a seal taken away": ("DELETE FROM seal WHERE seq = 3", "Seal 3 is missing"),
    "a field emptied as if by rule": (
        'UPDATE seal SET forgot = \'{{"ip": ["0123", ""]}}\' WHERE kind = \'audit\' AND row_id = :act',
        "Row {act} of audit_entry",
    ),
}


@pytest.mark.parametrize("what", sorted(TAMPERING))
def test_b2_what_was_changed_by_hand_is_found_and_named(sealed, what):
    act = db.session.query(AuditEntry.id).filter_by(object_kind="Unit", object_id="3").scalar()
    ids = {"event": some_id(Event), "act": act}
    statement, named = TAMPERING[what]
    statement = statement.replace("{{", "{").replace("}}", "}")
    by_hand(statement, **{key: value for key, value in ids.items() if f":{key}" in statement})

    verdict = verify()

    assert not verdict.is_well
    assert any(named.format(**ids) in sentence for sentence in verdict.faults), verdict.faults


def test_b2_a_row_put_in_under_an_old_date_gets_no_seal_and_is_named(sealed, monkeypatch):
    by_hand(
        "INSERT INTO audit_entry (at, actor_name, act, object_kind, object_id, diff, ip)"
        " VALUES (:at, 'Rudi', 'roles', 'Staff', '1', '{}', '')",
        at=(utcnow() - timedelta(hours=3)).replace(tzinfo=None).isoformat(" "),
    )
    seal_evidence()
    added = db.session.query(AuditEntry.id).filter_by(act="roles").scalar()
    assert any(f"Row {added} of audit_entry has no seal" in sentence for sentence in verify().faults)


def test_b2_a_tail_cut_off_is_found_by_the_seal_outside_and_nothing_is_sealed_over_it(sealed):
    last = db.session.query(Seal.seq).order_by(Seal.seq.desc()).limit(1).scalar()
    act = db.session.query(AuditEntry.id).order_by(AuditEntry.id.desc()).limit(1).scalar()
    by_hand("DELETE FROM seal WHERE seq > :seq", seq=last - 2)
    by_hand("DELETE FROM audit_entry WHERE id = :act", act=act)
    by_hand("UPDATE seal_head SET seq = :seq, value = (SELECT value FROM seal WHERE seq = :seq)", seq=last - 2)

    assert any("The end is cut off" in sentence for sentence in verify().faults)
    with pytest.raises(ChainBroken):
        seal_evidence()
    chain_goes_on()  # as a restore does, which is told in the audit and to the operator
    seal_evidence()
    assert verify().is_well or all("no seal" in sentence for sentence in verify().faults)


def test_b2_what_rule_takes_out_leaves_the_chain_whole(sealed, monkeypatch):
    moved = utcnow() + timedelta(days=3 * 366)
    monkeypatch.setattr(models.base.db, "clock", lambda: moved)
    run_now()
    db.session.expire_all()
    assert {event.text for event in db.session.query(Event)} == {""}
    assert FORGOTTEN in {event.actor_name for event in db.session.query(Event)}
    assert {entry.ip for entry in db.session.query(AuditEntry)} == {""}
    assert verify().faults == []
    by_hand("UPDATE event SET actor_name = 'Andi Saputra' WHERE actor_name = :gone", gone=FORGOTTEN)
    assert any("was changed after it had been emptied by rule" in sentence for sentence in verify().faults)


def test_b2_the_key_and_the_last_seal_are_their_owners_alone_and_the_days_seal_is_mailed(sealed, app):
    from pathlib import Path

    for name in ("audit_head", "audit_heads"):
        assert (Path(app.config["INSTANCE_PATH"]) / name).stat().st_mode & 0o777 == 0o600
    head = evidence_files.last_head()
    mails = list(db.session.query(Mail).filter_by(notice="seal_of_the_day"))
    assert mails and {(mail.facts["seq"], mail.facts["value"]) for mail in mails} == {(head.seq, head.value)}


def test_b2_the_command_says_yes_or_names_the_row_and_ends_with_one(sealed, app):
    init_commands(app)
    run = app.test_cli_runner().invoke
    head = evidence_files.last_head()
    assert run(args=["audit", "verify", "--seal", f"{head.seq}:{head.value}"]).exit_code == 0
    assert run(args=["audit", "verify", "--seal", f"{head.seq}:{'0' * 64}"]).exit_code == 1
    by_hand("UPDATE audit_entry SET act = 'login' WHERE object_id = '3' AND object_kind = 'Unit'")
    done = run(args=["audit", "verify"])
    assert done.exit_code == 1
    assert "is not as it was sealed" in done.output
