"""The report on password changes: counts by day, proof, reason and staff; no proof, no person, no ticket in it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models.accounts.identity_report import report_of
from models.base.db import utcnow
from models.base.wording import WIB
from tests.accounts.stories import account, ask_change, change_at, dewi, person, unit_account
from tests.browse import Person
from tests.databases import both, once
from tests.walk import take

pytestmark = once

PAGE = "/admin/identity_report/"


@pytest.fixture
def a_day_at_the_desk(app):
    """Two changed (one by Nita, with a second person), one without a match, one refused by the second person."""
    change_at("telling")
    ticket = change_at("second", unit_account(), contact=dewi(), by="nita")
    take(ticket, "reject_second", "budi", reason="Kontaknya tidak dapat dihubungi.")
    rahmi = person("77", "Rahmi")
    ticket = ask_change(account(rahmi, "rahmi@bunghatta.ac.id"), rahmi)
    take(ticket, "record_proof", "sari", proof_kind="national_card", proof_number="9981", is_present="y")
    take(ticket, "compare", "sari", result="no_match", reason="Foto pada KTP berbeda.")


def today():
    return utcnow().astimezone(WIB).date()


def test_day_is_counted_by_proof_reason_and_staff(app, a_day_at_the_desk):
    found = report_of(today() - timedelta(days=1), today())
    assert (found.checked, found.changed, found.refused, found.guarded) == (3, 1, 2, 0)
    assert found.days == [(today() - timedelta(days=1), 0, 0), (today(), 1, 2)]
    assert [(str(label), n) for label, n in found.proofs] == [("Kartu mahasiswa", 2), ("KTP", 1)]
    assert sorted(found.reasons) == [("Foto pada KTP berbeda.", 1), ("Kontaknya tidak dapat dihubungi.", 1)]
    assert found.staff == [("Sari", 2, 1, 1), ("Nita", 1, 0, 1)]


def test_i3_report_shows_counts_and_neither_proof_nor_person(app, a_day_at_the_desk):
    for name in ("budi", "ketua"):
        reader = Person(app, name)
        for text in (reader.get(PAGE).text, reader.get(f"{PAGE}export/").text):
            assert ("KTP" in text, "Foto pada KTP berbeda." in text) == (True, True)
            assert [w for w in ("9981", "0023", "Rahmi", "Andi", "PTK-", "bunghatta.ac.id") if w in text] == []
    assert reader.get(f"{PAGE}export/?format=xlsx").data.startswith(b"PK")


@both
def test_period_narrows_the_report_and_a_wrong_one_is_explained(app, a_day_at_the_desk):
    budi = Person(app, "budi")
    assert "Belum ada pemeriksaan pada masa ini" in budi.get(f"{PAGE}?first=2020-01-01&last=2020-01-31").text
    for wrong, says in (
        ("first=besok", "tidak terbaca sebagai tanggal"),
        ("first=2026-02-01&last=2026-01-01", "harus sebelum"),
        ("first=2020-01-01&last=2026-01-01", "paling lama satu tahun"),
        ("last=0001-01-01", "Periksa tahunnya"),
    ):
        answer = budi.get(f"{PAGE}?{wrong}", check=False)
        assert (answer.status_code, says in answer.text) == (422, True), wrong
        assert budi.get(f"{PAGE}export/?{wrong}", check=False).status_code == 400
