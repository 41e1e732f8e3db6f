"""Suspending, activating and closing accounts through a real directory: nothing half done, the holders told."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from models.accounts.account import Account
from models.accounts.directory_change import ChangeKind, ChangeState, DirectoryChange
from models.base.db import db, write_transaction
from models.organisation.audit import AuditEntry
from models.tickets.outbox import Mail
from procedures.accounts import state
from procedures.accounts.reconcile_directory import reconcile
from procedures.accounts.state import ChangeRefused
from tests.accounts.stories import account, person, staff, unit_account
from tests.accounts.test_unit_email import later, no_directory_afterwards, use  # noqa: F401 - a fixture among them
from tests.browse import Person
from tests.databases import both, once

pytestmark = once

OLD = "kopi-lama-di-padang-1"


def change(row, kind, by="wati", reason="Laporan penyalahgunaan.", **options):
    state.change_state(row.id, ChangeKind(kind), staff(by), reason, **{"by_hand": False, **options})


def fresh(row):
    db.session.expire_all()
    return db.session.get_one(Account, row.id)


def told():
    mails = db.session.scalars(select(Mail).where(Mail.notice == "account_state").order_by(Mail.id))
    return [(mail.recipient, mail.facts["kind"]) for mail in mails]


def refusal(row, kind, **options):
    with pytest.raises(ChangeRefused) as refused:
        change(row, kind, **options)
    return refused.value.sentence


@pytest.fixture
def andi(app, slapd):
    """An account that is in the directory too."""
    use(app, slapd)
    slapd.directory().make("andi", "Andi", "andi@bunghatta.ac.id", OLD, "lama")
    return account(person())


@both
def test_wati_suspends_activates_and_closes_and_the_owner_is_told_each_time(app, slapd, andi):
    change(andi, "suspend")
    assert (fresh(andi).state, slapd.binds("andi", OLD)) == ("suspended", False)
    change(andi, "activate", reason="Sudah beres.")
    assert (fresh(andi).state, slapd.binds("andi", OLD)) == ("active", True)
    change(andi, "close", reason="Lulus.")
    assert (fresh(andi).state, slapd.binds("andi", OLD)) == ("closed", False)
    assert told() == [
        ("andi.pribadi@surat.example", "suspend"),
        ("andi@bunghatta.ac.id", "activate"),
        ("andi.pribadi@surat.example", "activate"),
        ("andi.pribadi@surat.example", "close"),
    ]
    assert [(e.what, e.text, e.staff.name) for e in fresh(andi).history] == [
        ("suspend", "Laporan penyalahgunaan.", "Wati"),
        ("activate", "Sudah beres.", "Wati"),
        ("close", "Lulus.", "Wati"),
    ]
    acts = db.session.query(AuditEntry).filter_by(object_kind="Account").order_by(AuditEntry.id)
    assert [(a.act, a.diff) for a in acts][0] == ("suspend", {"reason": "Laporan penyalahgunaan."})


def test_closed_account_is_not_opened_again(app):
    row = account(person(), state="closed")
    assert refusal(row, "activate", by_hand=True).startswith("Keadaan akun ini sudah berubah: Ditutup.")


def test_directory_that_is_down_leaves_everything_as_it_was_and_says_so(app, slapd, andi):
    app.config["DIRECTORY_URL"] = "ldaps://127.0.0.1:1"
    assert refusal(andi, "suspend").startswith("Server direktori tidak dapat dihubungi, jadi belum ada yang diubah.")
    assert (fresh(andi).state, told(), slapd.binds("andi", OLD)) == ("active", [], True)
    assert db.session.scalars(select(DirectoryChange)).one().state == ChangeState.FAILED.value


@pytest.mark.parametrize("done_before", [False, True])
def test_z34_suspension_cut_off_by_a_crash_is_finished_once(app, slapd, andi, monkeypatch, done_before):
    state._intend(andi.id, ChangeKind.SUSPEND, staff("wati"), "Alasan.", False, False, "")
    if done_before:
        slapd.directory().suspend("andi")
    assert refusal(andi, "activate").startswith("Keadaan akun ini")
    assert refusal(andi, "close").startswith("Perubahan sebelumnya belum ada hasilnya")
    later(monkeypatch)
    assert (reconcile(), reconcile()) == (1, 0)
    assert (fresh(andi).state, slapd.binds("andi", OLD)) == ("suspended", False)
    assert told() == [("andi.pribadi@surat.example", "suspend")]


@both
def test_z34_crash_while_the_directory_stays_away_keeps_waiting(app, slapd, andi, monkeypatch):
    state._intend(andi.id, ChangeKind.SUSPEND, staff("wati"), "Alasan.", False, False, "")
    app.config["DIRECTORY_URL"] = "ldaps://127.0.0.1:1"
    later(monkeypatch)
    assert reconcile() == 0
    assert db.session.scalars(select(DirectoryChange)).one().state == ChangeState.INTENDED.value


def test_login_that_the_directory_lacks_is_told_but_may_be_closed(app, slapd):
    use(app, slapd)
    row = account(person())
    assert refusal(row, "suspend").startswith("Akun ini tidak ada di server direktori.")
    change(row, "close")
    assert fresh(row).state == "closed"


def test_directory_without_suspension_asks_for_the_tick(app, plain_slapd):
    use(app, plain_slapd)
    plain_slapd.directory().make("andi", "Andi", "andi@bunghatta.ac.id", OLD, "lama")
    row = account(person())
    assert refusal(row, "suspend").startswith("Server direktori tidak mendukung tindakan ini.")
    change(row, "suspend", by_hand=True)
    assert (fresh(row).state, db.session.scalars(select(DirectoryChange)).all()[-1].in_directory) == (
        "suspended",
        False,
    )


def test_without_a_directory_the_officer_ticks_what_she_did(app):
    row = account(person())
    assert refusal(row, "suspend").startswith("Lakukan dahulu di sistem email")
    change(row, "suspend", by_hand=True)
    assert fresh(row).state == "suspended"


def test_i2_privileged_account_is_the_heads_and_ones_own_is_nobodys(app):
    row = account(person(), is_privileged=True)
    assert refusal(row, "suspend", by_hand=True).startswith("Akun istimewa dan akun pimpinan")
    change(row, "suspend", by="budi", by_hand=True)
    own = account(person("77", "Wati", staff_id=staff("wati").id, email=""), "wati@bunghatta.ac.id")
    assert refusal(own, "suspend", by_hand=True).startswith("Akun ini milik Anda sendiri.")


def test_page_offers_what_fits_and_keeps_the_words_of_a_refusal(app):
    row, wati = unit_account(), Person(app, "wati")
    page = wati.get(f"/admin/account/details/?id={row.id}").text
    assert ("Bekukan" in page, "Tutup akun" in page, "Aktifkan lagi" in page) == (True, True, False)
    where = f"/admin/account/state/?id={row.id}"
    answer = wati.post(where, {"kind": "suspend", "reason": "Tanpa pengelola."})
    assert (answer.status_code, "centang bahwa sudah dilakukan" in answer.text, "Tanpa pengelola." in answer.text) == (
        409,
        True,
        True,
    )
    assert wati.post(where, {"kind": "suspend", "reason": " "}).status_code == 422
    assert wati.post(where, {"kind": "password", "reason": "x"}).status_code == 400
    wati.post(where, {"kind": "suspend", "reason": "Tanpa pengelola.", "is_done_by_hand": "y"})
    assert "Aktifkan lagi" in wati.get(f"/admin/account/details/?id={row.id}").text
    assert sorted(told()) == [("dekan@feb.example", "suspend"), ("dewi@feb.example", "suspend")]
    assert "Aktifkan lagi" not in Person(app, "ketua").get(f"/admin/account/details/?id={row.id}").text


@both
def test_register_is_filtered_and_exported_whole(app):
    gone = person(status="left")
    account(gone)
    with write_transaction():
        db.session.add(Account(address="feb@bunghatta.ac.id", login="feb", kind="unit_email", quota_mb=5_000))
    wati = Person(app, "wati")
    assert "andi@" in (page := wati.get("/admin/account/?needs=owner_left").text) and "feb@" not in page
    assert "feb@" in (page := wati.get("/admin/account/?needs=contact_gone").text) and "andi@" not in page
    assert wati.get("/admin/account/?needs=semua", check=False).status_code == 400
    lines = wati.get("/admin/account/export/?needs=owner_left").text.lstrip("\ufeff").splitlines()
    assert len(lines) == 2 and "2010011110023" in lines[1]


NEW = {"address": "Andi@bunghatta.ac.id", "kind": "internet", "owner_number": "2010011110023", "unit_id": "0"}


def test_wati_enters_an_account_that_exists_with_its_owner(app, slapd):
    use(app, slapd)
    owner_id, wati = person().id, Person(app, "wati")
    refused = wati.post("/admin/account/new/", NEW)
    assert (refused.status_code, "tidak ada di server direktori" in refused.text) == (422, True)
    slapd.directory().make("andi", "Andi", "andi@bunghatta.ac.id", OLD, "lama")
    assert wati.post("/admin/account/new/", NEW).status_code == 303
    row = db.session.scalars(select(Account)).one()
    assert (row.address, row.login, row.owner_id, row.state) == ("andi@bunghatta.ac.id", "andi", owner_id, "active")
    assert [(e.what, e.staff.username) for e in row.history] == [("registered", "wati")]
    again = wati.post("/admin/account/new/", NEW)
    assert (again.status_code, "sudah ada di register" in again.text) == (422, True)


@both
def test_account_to_enter_needs_somebody_whose_it_is(app):
    person("99", status="left")
    wati = Person(app, "wati")
    for number in ("", "77", "99"):
        answer = wati.post("/admin/account/new/", {**NEW, "owner_number": number})
        assert "tidak ada di register orang, atau orangnya sudah keluar" in answer.text
    answer = wati.post("/admin/account/new/", {**NEW, "kind": "unit_email"})
    assert (answer.status_code, "Pilih unit pemilik akun ini." in answer.text) == (422, True)
    assert db.session.query(Account).count() == 0
