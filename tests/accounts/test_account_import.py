"""Accounts that exist already, from a file: owners and units of the registers, nothing moved that a procedure moves."""

from __future__ import annotations

from datetime import date

import pytest

from models.accounts.account import Account
from models.accounts.person import Person as PersonRow
from models.accounts.person import name_key
from models.base.db import db, write_transaction
from procedures.accounts.import_accounts import AccountImport
from tests.browse import Person
from tests.databases import both, once
from tests.imports import agrees, confirm, load, outcomes, plan, refusals, upload

pytestmark = once

HEAD = "Alamat,Nama di direktori,Jenis,Nomor pemilik,Unit,Email kontak,Keadaan,Istimewa,Kuota (MB),Berlaku sampai\n"
FILE = HEAD + (
    "feb@kampus.example,,email unit kerja,,FEB,dewi@feb.example,aktif,tidak,5.000,31/12/2027\n"
    "andi@kampus.example,andi01,akun internet,0110023,,,,,,\n"
)


@pytest.fixture
def people(app, cast):
    with write_transaction():
        for number, name, status in (("0110023", "Andi", "active"), ("0110024", "Joni", "left")):
            db.session.add(PersonRow(number=number, name=name, name_key=name_key(name), kind="student", status=status))


def accounts():
    rows = db.session.query(Account).order_by(Account.address)
    return [
        (a.address, a.login, a.kind, a.owner.number if a.owner else "", a.unit.code if a.unit else "",
         a.contact.name if a.contact else "", a.state, a.quota_mb, a.expires_on)
        for a in rows
    ]  # fmt: skip


@both
def test_wati_imports_accounts_after_looking_at_them(app, people):
    wati = Person(app, "wati")
    page = upload(wati, "account", FILE)
    assert (page.status_code, accounts(), "Kontak teknis: Dewi Anggraini" in page.text) == (200, [], True)
    assert confirm(wati, "account", page).status_code == 303
    assert accounts() == [
        ("andi@kampus.example", "andi01", "internet", "0110023", "", "", "active", None, None),
        ("feb@kampus.example", "feb", "unit_email", "", "FEB", "Dewi Anggraini", "active", 5_000, date(2027, 12, 31)),
    ]
    assert [event.what for event in db.session.query(Account).first().history] == ["registered"]
    assert load(AccountImport, FILE).counts == {"new": 0, "changed": 0, "same": 2, "refused": 0}


def test_every_account_that_stays_out_says_why(app, people):
    found = plan(AccountImport, HEAD + (
        "a@kampus.example,,akun internet,999,,,,,,\n"
        "b@kampus.example,,akun internet,0110024,,,,,,\n"
        "c@kampus.example,,email unit kerja,,,,,,,\n"
        "d@kampus.example,,email unit kerja,,FEB,siapa@feb.example,,,,\n"
        "e@kampus.example,,akun internet,0110023,,,dibekukan,,,\n"
        "f@kampus.example,x1,akun internet,0110023,,,,,,\n"
        "g@kampus.example,x1,akun internet,0110023,,,,mungkin,,\n"
        "h@kampus.example,x1,akun internet,0110023,,,,,,\n"
        "ändi@kampus.example,,akun internet,0110023,,,,,,\n"
    ))  # fmt: skip
    assert [(number, why.split(". ")[0]) for number, why in refusals(found)] == [
        (2, "Nomor pemilik “999” tidak ada di register orang, atau orangnya sudah keluar."),
        (3, "Nomor pemilik “0110024” tidak ada di register orang, atau orangnya sudah keluar."),
        (4, "Unit pemiliknya harus diisi."),
        (5, "Kontak “siapa@feb.example” tidak ada di unit itu"),
        (6, "Hanya akun aktif yang didaftarkan"),
        (8, "Istimewa “mungkin” tidak dikenal"),
        (9, "“x1” sudah ada di baris 7."),
        (10, "Alamat “ändi@kampus.example”: Huruf “ä” sebelum @ tidak dapat dikirimi email"),
    ]
    assert agrees(found)


@both
def test_import_moves_no_account_and_changes_what_may_be_changed_by_hand(app, people):
    load(AccountImport, FILE)
    found = plan(
        AccountImport, "Alamat,Jenis,Nomor pemilik,Unit\nandi@kampus.example,akun internet,0110024,\n"
        "feb@kampus.example,email unit kerja,,FTI\nFEB@kampus.example,email organisasi,,FEB\n",
    )  # fmt: skip
    assert [why for _number, why in refusals(found)] == [
        "Nomor pemilik akun ini di register: 0110023. Itu tidak diubah lewat impor.",
        "Unit akun ini di register: Fakultas Ekonomi dan Bisnis. Itu tidak diubah lewat impor.",
        "Jenis akun ini di register: Email unit kerja. Itu tidak diubah lewat impor. “feb@kampus.example” sudah ada di "
        "baris 3.",
    ]
    done = load(AccountImport, "Alamat,Jenis,Kuota,Kedaluwarsa\nfeb@kampus.example,email unit kerja,6000,31/12/2028\n")
    assert outcomes(done) == [(2, "changed", "feb@kampus.example")]
    account = db.session.query(Account).filter_by(address="feb@kampus.example").one()
    assert (account.quota_mb, account.unit.code, account.contact.name) == (6_000, "FEB", "Dewi Anggraini")
    assert "Kuota (MB): 5000 → 6000" in account.history[-1].text


def test_login_that_the_directory_does_not_know_is_refused(app, people, monkeypatch):
    known = type("Known", (), {"is_connected": True, "find": lambda self, login: login == "andi01" or None})
    monkeypatch.setattr("procedures.accounts.import_accounts.open_directory", lambda _config: known())
    found = plan(AccountImport, FILE)
    assert refusals(found) == [(2, "Nama ini tidak ada di server direktori. Periksa ejaannya.")]
