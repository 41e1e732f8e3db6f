"""I3: who reads identity evidence, that each reading is on record, that it ends, and that a person can be erased."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text

from models.accounts.identity_check import IdentityCheck, check_of
from models.accounts.person import Person as Registered
from models.base.db import db, write_transaction
from models.organisation.audit import AuditEntry
from models.tickets.outbox import Mail
from models.tickets.ticket import Ticket
from tests.accounts.stories import account, change_at, dewi, person, unit_account
from tests.browse import Person
from tests.walk import REQUESTER, complaint_at, file_complaint, take

EVIDENCE = "•••• 0023"


def where(check):
    return f"/admin/identity_check/details/?id={check.id}"


def readings():
    rows = db.session.scalars(select(AuditEntry).where(AuditEntry.act == "read").order_by(AuditEntry.id))
    return [(row.actor_name, row.object_kind, row.object_id) for row in rows]


def test_i3_each_reading_of_evidence_is_on_record(app):
    check = check_of(change_at("telling"))
    address, wanted = where(check), str(check.id)
    for who in ("sari", "budi", "ketua"):
        assert EVIDENCE in Person(app, who).get(address).text
    assert readings() == [(name, "IdentityCheck", wanted) for name in ("Sari", "Pak Budi", "Bu Ketua")]


def test_i3_evidence_that_cannot_be_put_on_record_is_not_shown(app):
    from tests.accounts.directory.test_killed import no_audit_table

    address = where(check_of(change_at("telling")))
    budi = Person(app, "budi")
    with no_audit_table():
        answer = budi.client.get(address)
    assert (answer.status_code >= 500, EVIDENCE in answer.text) == (True, False)


def test_i3_no_other_page_shows_the_evidence(app):
    ticket = change_at("telling")
    pages = ["/admin/identity_check/", f"/admin/password/ticket/{ticket.id}", f"/admin/ticket/details/?id={ticket.id}"]
    found = [Person(app, who).get(page).text for who in ("sari", "nita") for page in pages]
    assert not any("0023" in words or "Kartu mahasiswa" in words for words in found)
    assert readings() == []


def test_i3_the_way_to_the_evidence_is_shown_to_those_who_may_read_it(app):
    ticket = change_at("telling")
    address, page = where(check_of(ticket)), f"/admin/ticket/details/?id={ticket.id}"
    assert [address in Person(app, who).get(page).text for who in ("sari", "nita", "budi", "ketua")] == [
        True, False, True, True,
    ]  # fmt: skip


def test_i3_the_second_person_reads_the_evidence_while_asked(app):
    ticket = change_at("second", unit_account(), contact=dewi())
    address = where(check_of(ticket))
    wati, lina = Person(app, "wati"), Person(app, "lina")
    assert [p.client.get(address).status_code for p in (wati, lina)] == [200, 404]
    take(ticket, "approve_second", "budi")
    assert wati.client.get(address).status_code == 404


def erase(app, row, who="budi", **changes):
    fields = {"proof_kind": "national_card", "is_present": "y", "reason": "Diminta sendiri.", **changes}
    return Person(app, who).post(f"/admin/person/erase/?id={row.id}", {k: v for k, v in fields.items() if v})


@pytest.fixture
def leaver(app):
    """Andi, who has left: one password change and one complaint, both ended."""
    row = person()
    owned = account(row)
    ticket = change_at("telling", owned, row)
    take(ticket, "inform", "sari", told_by="spot")
    complaint = file_complaint(email=row.email, phone="0812-7777-8888")
    take(complaint, "follow_up", "tono", text="Kami periksa.")
    take(complaint, "answer", REQUESTER, text="Baik.")
    take(complaint, "resolve", "tono", cause="a", solution="b")
    take(complaint, "confirm", REQUESTER)
    with write_transaction():
        row.status, owned.state = "left", "suspended"
    return row


def test_i3_erasure_takes_names_and_addresses_and_leaves_numbers(app, leaver):
    numbers = sorted(db.session.scalars(select(Ticket.number)))
    secrets = ("Andi Saputra", "andi.pribadi@surat.example", "2010011110023", "0812-7777-8888", "0023")
    assert erase(app, leaver).status_code == 303
    db.session.expire_all()
    assert sorted(db.session.scalars(select(Ticket.number))) == numbers
    assert db.session.query(IdentityCheck).one().is_match is True
    for table in db.metadata.sorted_tables:
        words = repr(db.session.execute(text(f'SELECT * FROM "{table.name}"')).all())
        assert [secret for secret in secrets if secret in words] == [], table.name
    budi = Person(app, "budi")
    assert numbers[0] not in budi.get("/admin/ticket/?search=saputra&state=all").text
    assert budi.client.get(f"/admin/person/erase/?id={leaver.id}").status_code == 404
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.act == "erase")).one()
    assert (entry.actor_name, entry.diff["tickets"], entry.diff["checks"]) == ("Pak Budi", 2, 1)


def test_i3_erasure_without_the_persons_presence_is_refused(app, leaver):
    answer = erase(app, leaver, is_present="")
    assert (answer.status_code, "orangnya sendiri yang hadir" in answer.text) == (422, True)
    assert db.session.get(Registered, leaver.id).name == "Andi Saputra"


def test_i3_what_is_still_needed_is_not_erased(app, leaver):
    def refused(sentence):
        answer = erase(app, leaver)
        assert (answer.status_code, sentence in answer.text) == (422, True), sentence

    open_one = file_complaint(email=leaver.email)
    refused("Masih ada tiketnya yang terbuka")
    take(open_one, "cancel", "tono", reason="Tidak jadi.")
    owned = check_of(db.session.query(Ticket).filter_by(procedure="password_change").one()).account
    with write_transaction():
        owned.state = "active"
    refused("Akunnya masih aktif")
    with write_transaction():
        owned.state, leaver.status = "closed", "active"
    refused("belum keluar atau lulus")
    assert db.session.get(Registered, leaver.id).email == "andi.pribadi@surat.example"
    assert db.session.query(Mail).filter_by(recipient=leaver.email).count() > 0


@pytest.mark.parametrize("who", ["sari", "rudi", "wati", "ketua", "rina"])
def test_i3_erasure_is_the_head_of_the_centres_alone(app, leaver, who):
    assert erase(app, leaver, who).status_code == 403


def test_i3_the_job_removes_proofs_after_the_days_of_the_setting(app, monkeypatch):
    from datetime import UTC, datetime, timedelta

    from jobs.accounts.keep_accounts import forget_secrets
    from models.base import setting

    with write_transaction():
        setting.put("proof_days", 10)
    check = check_of(change_at("telling"))
    assert forget_secrets() == 0
    monkeypatch.setattr("models.base.db.clock", lambda: datetime.now(UTC) + timedelta(days=11))
    assert (forget_secrets(), forget_secrets()) == (1, 0)
    db.session.refresh(check)
    assert (check.proof_kind, check.proof_number, check.compared, check.is_match) == ("student_card", "", {}, True)
    assert complaint_at("with_group").is_open  # nothing else was touched
