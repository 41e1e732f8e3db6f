"""What the night's forgetting left standing once: mails on their way, stand-ins, reopened tickets, proofs of money back."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from sqlalchemy import select, text, update

import models.base.db
from gateways.files import evidence_files
from jobs.operation import retention
from jobs.operation.retention import due_now, run_now
from jobs.operation.retention_parts import PARTS
from jobs.organisation.send_digests import collect_all
from jobs.tickets.seal_evidence import seal_evidence
from jobs.worker.outbox_rows import bury, postpone, sent
from mails.render import Rendered
from models.accounts.person import Person
from models.base.db import db, utcnow, write_transaction
from models.organisation import audit
from models.organisation.audit import AuditEntry
from models.tickets.copied_person import CopiedPerson
from models.tickets.merge import Merge
from models.tickets.outbox import Mail, MailState
from models.tickets.ticket import Attachment, Event, Ticket
from procedures.engine import catalog
from procedures.engine.take_step import StepRefused
from procedures.tickets.forget_identity import forget_copies
from procedures.tickets.forget_ticket import FORGOTTEN, PAYMENT_STEPS, forget_tickets
from tests.installation.installation_walk import SCAN
from tests.installation.installation_walk import take as take_installation
from tests.installation.test_overpayment import paid
from tests.walk import REQUESTER, complaint_at, file_complaint, take

LATER = timedelta(days=3 * 366)


def forget(*tickets: Ticket) -> None:
    with write_transaction():
        forget_tickets([ticket.id for ticket in tickets])
    db.session.expire_all()


def in_state(mail: Mail, state: MailState) -> Mail:
    with write_transaction():
        db.session.execute(update(Mail).where(Mail.id == mail.id).values(state=state.value))
    return mail


def first_mail(ticket: Ticket) -> Mail:
    return db.session.scalars(select(Mail).where(Mail.ticket_id == ticket.id).order_by(Mail.id)).unique().first()


@pytest.mark.parametrize("state", [MailState.QUEUED, MailState.CLAIMED, MailState.HELD, MailState.COLLECTED])
def test_d16_no_mail_of_a_forgotten_ticket_goes_out_nor_into_a_digest(app, cast, state):
    ticket = complaint_at("closed")
    mail = in_state(first_mail(ticket), state)
    forget(ticket)
    assert (mail.state, mail.recipient) == (MailState.DEAD, "")
    assert collect_all() == 0 and db.session.query(Mail).filter_by(notice="staff_digest").count() == 0


def test_d16_what_was_told_in_a_digest_is_not_said_to_be_given_up(app, cast, monkeypatch):
    with write_transaction():
        for state in (MailState.TOLD, MailState.SENT, MailState.QUEUED):
            db.session.add(Mail(message_id=f"<{state}@x>", notice="login_alert", recipient="a@x.example", state=state))
    moved = utcnow() + timedelta(days=120)
    monkeypatch.setattr(models.base.db, "clock", lambda: moved)
    run_now()
    db.session.expire_all()
    states = [mail.state for mail in db.session.query(Mail).filter(Mail.message_id.endswith("@x>")).order_by(Mail.id)]
    assert states == [MailState.TOLD, MailState.SENT, MailState.DEAD]


@pytest.mark.parametrize("outcome", ["sent", "postponed", "given up"])
def test_d16_a_mail_that_was_on_its_way_when_its_ticket_was_forgotten_brings_no_word_back(app, cast, outcome):
    ticket = complaint_at("closed")
    mail = in_state(first_mail(ticket), MailState.CLAIMED)
    forget(ticket)
    with write_transaction():
        if outcome == "sent":
            sent(mail.id, Rendered("Wi-Fi Andi", "Halo Andi", "Halo Andi", None))
        elif outcome == "postponed":
            postpone(mail.id, "450 andi@mhs.example busy")
        else:
            bury(mail.id, "550 andi@mhs.example unknown")
    db.session.expire_all()
    words = repr(db.session.execute(text("SELECT * FROM outbox")).all())
    assert "andi" not in words.lower() and mail.state in (MailState.SENT, MailState.DEAD)
    assert db.session.query(Event).filter_by(ticket_id=ticket.id, step="mail_failed").count() == 0


def test_i3_what_waits_for_a_copied_person_who_is_forgotten_is_given_up(app, cast):
    ticket = complaint_at("in_progress")
    with write_transaction():
        db.session.add(CopiedPerson(ticket_id=ticket.id, name="Dewi", email="dewi@feb.example", confirmed_at=utcnow()))
    take(ticket, "reply", "tono", text="Kami periksa.")
    waiting = db.session.query(Mail).filter_by(recipient="dewi@feb.example").one()
    with write_transaction():
        assert forget_copies("dewi@feb.example") == 1
    db.session.expire_all()
    assert (waiting.state, waiting.recipient) == (MailState.DEAD, "")


def test_d16_the_stand_in_of_an_erased_person_leaves_the_audit_with_its_line(app, cast, monkeypatch):
    with write_transaction():
        for name in ("Orang 12", "Orang Tua Andi"):
            audit.record("answer", "Ticket", 1, actor_name=name)
    moved = utcnow() + LATER
    monkeypatch.setattr(models.base.db, "clock", lambda: moved)
    run_now()
    assert set(db.session.scalars(select(AuditEntry.actor_name).where(AuditEntry.act == "answer"))) == {FORGOTTEN}


def test_d16_a_line_that_holds_plain_facts_alone_is_looked_through_once(app, cast, monkeypatch):
    with write_transaction():
        audit.record("erase", "Person", 1, staff=cast["budi"], diff={"tickets": 2, "proof": "national_card"})
    moved = utcnow() + LATER
    monkeypatch.setattr(models.base.db, "clock", lambda: moved)
    assert due_now()["acts"] >= 1
    run_now()
    assert due_now()["acts"] == 0
    assert db.session.scalars(select(AuditEntry.diff).where(AuditEntry.act == "erase")).one()["tickets"] == 2


def test_d16_a_forgotten_ticket_that_moves_again_is_forgotten_again_in_its_turn(app, cast, monkeypatch):
    ticket = complaint_at("closed")
    forget(ticket)
    assert ticket.forgotten_at is not None
    take(ticket, "reopen", REQUESTER, reason="Mati lagi di kamar 12.")
    db.session.expire_all()
    assert ticket.forgotten_at is None
    take(ticket, "resolve", "tono", cause="Kabel kamar 12.", solution="Diganti.")
    take(ticket, "confirm", REQUESTER)
    ticket_id, moved = ticket.id, utcnow() + LATER
    monkeypatch.setattr(models.base.db, "clock", lambda: moved)
    run_now()
    ticket = db.session.get_one(Ticket, ticket_id)
    assert [event.text for event in ticket.events if "kamar 12" in event.text] == [] and ticket.cause == ""


@pytest.mark.parametrize("is_noted", [False, True])
def test_a_merged_ticket_that_was_emptied_is_not_taken_out_again(app, cast, is_noted):
    target, ticket = complaint_at("in_progress"), file_complaint(name="Mega", email="mega@mhs.example")
    take(ticket, "follow_up", "tono", text="")
    take(ticket, "merge", "tono", into=target.number)
    forget(ticket)
    if is_noted:
        take(ticket, "answer", REQUESTER, text="Masih saya tanyakan.")
    with pytest.raises(StepRefused) as refused:
        take(ticket, "unmerge", "tono", reason="Ternyata lain.")
    assert "isinya sudah dihapus" in refused.value.sentence
    assert db.session.query(Merge).one().undone_at is None


def test_n8f_the_proof_that_money_went_back_is_kept_as_long_as_the_bill(app, cast):
    ticket = paid()
    back = {"returned_on": utcnow().date().isoformat(), "text": "Transfer BRI."}
    take_installation(ticket, "return_overpayment", "budi", files=(SCAN,), **back)
    forget(ticket)
    left = db.session.query(Attachment).filter_by(ticket_id=ticket.id)
    steps = [db.session.get(Event, file.event_id).step for file in left]
    assert sorted(steps) == ["record_payment", "return_overpayment"]


def test_n8f_every_step_of_payment_that_takes_a_proof_is_named(app):
    steps = catalog.get("network_installation").steps.values()
    money = {step.name for step in steps if "payment" in step.name and step.asks is not None and step.asks.takes_files}
    assert money == set(PAYMENT_STEPS)


def test_b2_two_workers_that_seal_send_the_days_seal_once(app, cast):
    file_complaint()
    seal_evidence()
    head = db.session.query(Mail).filter_by(notice="seal_of_the_day").count()
    assert head > 0
    evidence_files.begin_again_from(None)  # as on a second machine, whose files do not know of the first one's day
    with write_transaction():
        audit.record("login", staff=cast["sari"])
    seal_evidence()
    assert db.session.query(Mail).filter_by(notice="seal_of_the_day").count() == head


def test_the_command_leaves_the_lock_between_two_batches_as_long_as_it_held_it(app, cast, monkeypatch):
    waited: list[float] = []
    monkeypatch.setattr(time, "sleep", waited.append)
    with write_transaction():
        for number in range(1200):
            db.session.add(AuditEntry(act="edit", actor_name="Andi", diff={"x": str(number)}))
    moved = utcnow() + LATER
    monkeypatch.setattr(models.base.db, "clock", lambda: moved)
    run_now()
    assert len(waited) >= 3 and max(waited) > 0


def test_the_register_reads_the_audit_before_it_takes_the_lock(app, cast, monkeypatch):
    with write_transaction():
        db.session.add(
            Person(number="19990001", name="Andi Lulus", name_key="andi lulus", email="lulus@x.example", status="left")
        )
        audit.record("edit", "Person", 99, staff=cast["sari"], diff={"email": ["lulus@x.example", ""]})
    last = db.session.scalar(select(AuditEntry.id).order_by(AuditEntry.id.desc()).limit(1))
    asked: list[tuple[bool, object]] = []

    def note(_connection, _cursor, statement, parameters, *_more):
        if statement.startswith("SELECT audit_entry.id") and "LIKE" in statement.upper():
            asked.append((bool(db.session.info.get("writing")), parameters))

    from sqlalchemy import event

    moved = utcnow() + LATER
    monkeypatch.setattr(models.base.db, "clock", lambda: moved)
    event.listen(db.engine, "before_cursor_execute", note)
    try:
        monkeypatch.setattr(retention, "PARTS", {"register": PARTS["register"]})
        run_now()
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    assert [writes for writes, _p in asked] == [False, True], "all of it before, what came since under the lock"
    assert last in (asked[1][1].values() if isinstance(asked[1][1], dict) else asked[1][1])
    db.session.expire_all()
    assert db.session.get(AuditEntry, last).diff == {}
