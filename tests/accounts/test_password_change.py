"""Password changes, P1 to P5, as stories with named people, beside the table typed from the paper."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text

from models.accounts.directory_change import DirectoryChange
from models.accounts.identity_check import check_of, checks_to_purge, checks_visible_to
from models.base.db import db, write_transaction
from models.tickets.outbox import Mail
from models.tickets.ticket import Ticket
from procedures.accounts import directory_calls
from procedures.accounts.reconcile_directory import reconcile
from procedures.engine import catalog
from procedures.engine.take_step import StepRefused
from tests.accounts.stories import (
    ALL_SAME,
    account,
    ask_change,
    change,
    change_at,
    dewi,
    person,
    staff,
    unit_account,
)  # fmt: skip
from tests.accounts.test_unit_email import later, no_directory_afterwards, use  # noqa: F401 - a fixture among them
from tests.databases import both, once
from tests.walk import take

pytestmark = once

SECONDS = ["head_of_centre", "service_officer", "head_networking", "head_systems"]
PAPER = [
    ("P1", "request_change", ["operator"], [], ["proof"]),
    ("P2", "record_proof", ["operator"], ["proof"], ["comparison"]),
    ("P3", "compare", ["operator"], ["comparison"], ["change", "second", "refused"]),
    ("P3b", "approve_second", SECONDS, ["second"], ["change"]),
    ("P3c", "reject_second", SECONDS, ["second"], ["refused"]),
    ("P4", "change_password", ["operator"], ["change"], ["changing"]),
    ("P4b", "password_changed", ["product"], ["changing"], ["telling"]),
    ("P4c", "change_failed", ["product"], ["changing"], ["change"]),
    ("P4d", "password_made", ["product"], ["changing"], ["setting"]),
    ("P4e", "record_set", ["operator"], ["setting"], ["telling"]),
    ("P4f", "give_up_setting", ["operator"], ["setting"], ["change"]),
    ("P5", "inform", ["operator"], ["telling"], ["done"]),
]


def test_table_of_the_paper_is_the_programs():
    steps = [s for s in catalog.get("password_change").steps.values() if not s.is_common]
    assert [(s.number, s.name, s.roles(), [*s.sources], [*s.targets]) for s in steps] == PAPER


def test_andi_gets_a_new_password_at_the_desk(app, slapd):
    use(app, slapd)
    slapd.directory().create("andi.desk", "Andi", "andi@x.test")
    slapd.directory().activate("andi.desk")
    slapd.directory().set_password("andi.desk", "password-lama-1")
    owner = person()
    ticket = change_at("change", account(owner, "andi.desk@bunghatta.ac.id"), owner)
    made = change(ticket)
    assert (slapd.binds("andi.desk", made.password), slapd.binds("andi.desk", "password-lama-1")) == (True, False)
    assert made.must_change
    take(ticket, "inform", "sari", told_by="spot")
    assert (ticket.state, check_of(ticket).told_by, check_of(ticket).proof_number) == ("done", "spot", "•••• 0023")
    told = db.session.scalars(select(Mail.recipient).where(Mail.notice == "password_changed")).all()
    assert sorted(told) == ["andi.desk@bunghatta.ac.id", "andi.pribadi@surat.example"]


def test_no_match_ends_in_refusal_with_its_reason(app):
    ticket = change_at("comparison")
    take(ticket, "compare", "sari", name_same="y", result="no_match", reason="Foto dan nomor berbeda.")
    assert (ticket.state, check_of(ticket).is_match, check_of(ticket).reason) == (
        "refused", False, "Foto dan nomor berbeda.",
    )  # fmt: skip


def test_match_needs_every_field_ticked(app):
    ticket = change_at("comparison")
    with pytest.raises(StepRefused) as refused:
        take(ticket, "compare", "sari", **{**ALL_SAME, "unit_same": None})
    assert "Centang setiap data" in refused.value.form.result.errors[0]


def test_no_change_without_presence(app):
    ticket = change_at("proof")
    with pytest.raises(StepRefused) as refused:
        take(ticket, "record_proof", "sari", proof_kind="national_card", proof_number="0001")
    assert "hadir" in str(refused.value.form.is_present.errors[0])


@pytest.mark.parametrize(
    ("facts", "owner_facts", "sentence"),
    [
        ({"state": "suspended"}, {}, "Akun ini tidak aktif."),
        ({}, {"status": "left"}, "Menurut register orang ini sudah keluar."),
    ],
)
def test_unfit_account_is_refused_with_its_sentence(app, facts, owner_facts, sentence):
    owner = person(**owner_facts)
    with pytest.raises(StepRefused) as refused:
        ask_change(account(owner, **facts), owner)
    assert refused.value.sentence.startswith(sentence)
    assert db.session.query(Ticket).count() == 0


def test_account_of_another_person_is_refused(app):
    andi = person()
    with pytest.raises(StepRefused) as refused:
        ask_change(account(andi), person("99", "Andi Saputra", email="lain@surat.example"))
    assert refused.value.sentence == "Akun ini bukan milik orang itu. Pilih akun miliknya."


@both
def test_i1_unit_account_needs_a_contact_of_the_unit_and_a_second_person(app):
    ticket = change_at("second", unit_account(), contact=dewi())
    with pytest.raises(StepRefused):
        take(ticket, "change_password", "sari", told_by="spot")
    take(ticket, "approve_second", "wati")
    change(ticket)
    told = set(db.session.scalars(select(Mail.recipient).where(Mail.notice == "password_changed")))
    assert told == {"feb@bunghatta.ac.id", "dewi@feb.example", "dekan@feb.example"}


def test_i2_operator_cannot_serve_herself(app):
    own = person("1", "Sari", email="", staff_id=staff("sari").id)
    with pytest.raises(StepRefused) as refused:
        ask_change(account(own), own)
    assert "milik Anda sendiri" in refused.value.sentence


def test_i2_superiors_account_needs_a_head_who_is_not_the_owner(app):
    boss = person("2", "Bu Rina", email="", staff_id=staff("rina").id)
    ticket = change_at("second", account(boss), boss)
    with pytest.raises(StepRefused) as officer:
        take(ticket, "approve_second", "wati")
    assert (officer.value.why, ticket.state) == ("need", "second")
    take(ticket, "approve_second", "budi")
    assert ticket.state == "change"


def test_i2_head_of_centres_own_account_is_approved_by_another_head(app):
    boss = person("3", "Pak Budi", email="", staff_id=staff("budi").id)
    ticket = change_at("second", account(boss), boss)
    with pytest.raises(StepRefused) as refused:
        take(ticket, "approve_second", "budi")
    assert refused.value.why == "need"
    take(ticket, "approve_second", "hadi")
    assert ticket.state == "change"


def test_i2_sixth_guarded_change_in_an_hour_is_stopped_and_told(app):
    row = unit_account()
    for _turn in range(5):
        ticket = change_at("second", row, contact=dewi())
        take(ticket, "approve_second", "wati")
        change(ticket)
    ticket = change_at("second", row, contact=dewi())
    take(ticket, "approve_second", "wati")
    with pytest.raises(StepRefused) as refused:
        take(ticket, "change_password", "sari", told_by="spot")
    assert "Batas perubahan" in refused.value.sentence
    alert = db.session.scalars(select(Mail).where(Mail.notice == "limit_passed")).one()
    assert (alert.recipient, alert.facts["stopped"], alert.facts["count"]) == ("budi@pustikom.example", True, 5)


@both
def test_ordinary_changes_over_the_limit_are_told_but_not_stopped(app):
    from models.base import setting

    with write_transaction():
        setting.put("password_changes_per_hour", 2)
    owner = person()
    row = account(owner)
    for _turn in range(3):
        change(change_at("change", row, owner))
    alert = db.session.scalars(select(Mail).where(Mail.notice == "limit_passed")).one()
    assert (alert.facts["stopped"], alert.facts["count"]) == (False, 3)


@both
def test_i3_evidence_is_read_by_those_who_took_part_the_head_and_the_audit(app):
    ticket = change_at("telling")
    from models.accounts.identity_check import IdentityCheck

    def readers():
        people = ("sari", "nita", "wati", "rudi", "rina", "budi", "ketua")
        return [p for p in people if db.session.scalars(
            select(IdentityCheck).where(checks_visible_to(staff(p)))).all()]  # fmt: skip

    assert check_of(ticket).changed_by.username == "sari"
    assert readers() == ["sari", "budi", "ketua"]


def test_i3_proof_is_removed_after_thirty_days_and_the_check_stays(app, monkeypatch):
    from datetime import UTC, datetime, timedelta

    ticket = change_at("telling")
    assert checks_to_purge() == []
    monkeypatch.setattr("models.base.db.clock", lambda: datetime.now(UTC) + timedelta(days=31))
    with write_transaction():
        for check in checks_to_purge():
            check.purge()
    check = check_of(ticket)
    assert (check.proof_kind, check.proof_number, check.compared, check.is_match) == ("student_card", "", {}, True)


def test_directory_that_is_down_leaves_the_old_password_and_says_so(app, slapd):
    use(app, slapd, url="ldaps://127.0.0.1:1")
    ticket = change_at("change")
    failure = change(ticket)
    assert (ticket.state, "tidak dapat dihubungi" in failure.sentence) == ("change", True)


@pytest.mark.parametrize("set_before", [False, True])
def test_z34_change_cut_off_by_a_crash_is_explained_and_can_be_repeated(app, slapd, monkeypatch, set_before):
    use(app, slapd)
    login = f"crash{set_before}".lower()
    owner = person()
    ticket = change_at("change", account(owner, f"{login}@bunghatta.ac.id"), owner)
    take(ticket, "change_password", "sari", told_by="spot")  # … and the process ends here
    if set_before:
        slapd.directory().create(login, "Andi", "a@x.test")
        slapd.directory().set_password(login, "tidak-dilihat-siapa-pun-1")
    later(monkeypatch)
    assert reconcile() == 1
    words = "tidak ada yang melihatnya" if set_before else "sebelum direktori mengubah"
    assert (ticket.state, words in ticket.events[-1].text) == ("change", True)
    if not set_before:
        slapd.directory().create(login, "Andi", "a@x.test")
    assert len(change(ticket).password) == 19


@both
def test_s11_new_password_is_nowhere_in_the_database(app, monkeypatch, caplog):
    canary = "Knar-2qwx-canary-7zzz"
    monkeypatch.setattr(directory_calls, "new_password", lambda: canary)
    owner = person()
    ticket = change_at("change", account(owner), owner)
    assert change(ticket, told_by="link").password == canary
    assert canary not in caplog.text
    assert db.session.query(DirectoryChange).one().state == "done"
    for table in db.metadata.sorted_tables:
        rows = db.session.execute(text(f'SELECT * FROM "{table.name}"')).all()
        assert canary not in repr(rows), table.name


def test_link_needs_another_registered_address(app):
    owner = person(email="andi@bunghatta.ac.id")
    ticket = change_at("change", account(owner), owner)
    with pytest.raises(StepRefused) as refused:
        take(ticket, "change_password", "sari", told_by="link")
    assert "Tidak ada alamat lain" in refused.value.sentence
