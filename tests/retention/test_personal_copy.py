"""UU 27/2022: a person gets a copy of what the house holds of them, and nobody else's; a leak is told in one command."""

from __future__ import annotations

import io
import json
import time
import zipfile

import pytest

from jobs.commands.all_commands import init_commands
from models.base.db import db, write_transaction
from models.organisation.audit import AuditEntry
from tests.accounts.stories import account, change_at, person
from tests.browse import Person
from tests.walk import REQUESTER, file_complaint, take


@pytest.fixture
def andi(app, cast):
    """Andi with a password change, a complaint, and somebody else's complaint beside them."""
    row = person()
    change_at("telling", account(row), row)
    complaint = file_complaint(email=row.email, subject="Wi-Fi perpustakaan mati")
    take(complaint, "note", "tono", text="Catatan antarpetugas.")
    take(complaint, "answer", REQUESTER, text="Masih mati <b>juga</b>.")
    file_complaint(email="lain@mhs.example", subject="Punya orang lain", name="Orang Lain")
    return row


def copy(app, row, who="budi", **changes):
    fields = {"proof_kind": "national_card", "is_present": "y", **changes}
    return Person(app, who).post(f"/admin/person/copy/?id={row.id}", {k: v for k, v in fields.items() if v})


def test_i3_a_copy_holds_what_is_theirs_as_page_and_as_data_and_nothing_of_others(app, andi):
    began = time.monotonic()
    answer = copy(app, andi)
    assert time.monotonic() - began < 60
    assert answer.mimetype == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.data)) as packed:
        page, facts = packed.read("index.html").decode(), json.loads(packed.read("data.json"))
    for words in (page, json.dumps(facts, ensure_ascii=False)):
        assert andi.email in words and "Wi-Fi perpustakaan mati" in words
        assert "Orang Lain" not in words and "Punya orang lain" not in words, "nobody else's"
        assert "Catatan antarpetugas" not in words
    assert "Masih mati &lt;b&gt;juga&lt;/b&gt;." in page, "what was typed is text"
    assert len(facts["tickets"]) == 2 and facts["register"][0]["number"] == andi.number
    entry = db.session.query(AuditEntry).filter_by(act="personal_copy").one()
    assert (entry.actor_name, entry.diff["tickets"]) == ("Pak Budi", 2)


def test_i3_a_copy_needs_the_person_and_the_head_of_the_centre(app, andi):
    assert copy(app, andi, is_present="").status_code == 422
    assert [copy(app, andi, who).status_code for who in ("sari", "rudi", "tono")] == [403, 403, 403]
    assert db.session.query(AuditEntry).filter_by(act="personal_copy").count() == 0


def test_i3_a_leak_is_told_by_who_what_and_when(app, andi):
    with write_transaction():
        pass
    init_commands(app)
    run = app.test_cli_runner().invoke
    said = run(args=["breach-report", "--from", "2020-01-01", "--login", "tono"])
    assert said.exit_code == 0, said.output
    assert "step:note" in said.output and andi.email in said.output
    assert "lain@mhs.example" not in said.output, "Tono touched nothing of theirs"
    assert "could read" in said.output
    assert run(args=["breach-report", "--from", "2020-01-01"]).exit_code == 2
    assert run(args=["breach-report", "--from", "2020-01-01", "--login", "nobody"]).exit_code == 1
