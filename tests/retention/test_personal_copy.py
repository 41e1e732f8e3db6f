"""UU 27/2022: a person gets a copy of what the house holds of them, and nobody else's; a leak is told in one command."""

from __future__ import annotations

import io
import json
import os
import re
import time
import zipfile
from types import SimpleNamespace

import pytest

from jobs.commands.all_commands import init_commands
from models.base.db import db, write_transaction
from models.organisation.audit import AuditEntry
from models.tickets.ticket import Attachment, Ticket
from procedures.accounts import personal_copy
from tests.accounts.stories import account, change_at, person, staff
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


@pytest.mark.parametrize(
    ("language", "words"), [("id", ("Perihal", "Saluran", "Dibuat")), ("en", ("Subject", "Channel"))]
)
def test_i3_the_page_of_a_copy_speaks_as_the_screens_do_and_names_no_column(app, andi, language, words):
    with write_transaction():
        staff("budi").language = language
    answer = copy(app, andi)
    with zipfile.ZipFile(io.BytesIO(answer.data)) as packed:
        page = packed.read("index.html").decode()
    for word in words:
        assert f"<dt>{word}</dt>" in page, word
    labels = re.findall(r"<dt>([^<]*)</dt>", page)
    assert labels and not [label for label in labels if "_" in label or label in personal_copy.LABELS]
    assert "<dd>web</dd>" not in page and "password_change" not in page and " WIB</dd>" in page


def test_i3_every_column_that_a_copy_gathers_has_its_label(app, andi):
    facts, _files = personal_copy.gather(andi)
    missing = {name for rows in facts.values() for row in rows for name in row} - set(personal_copy.LABELS)
    assert missing == set()


def test_i3_a_copys_files_pass_through_in_pieces_and_its_archive_lies_in_no_memory(app, andi, monkeypatch):
    class Pieces(io.BytesIO):
        def read(self, size=-1):
            assert 0 < size <= 1 << 20, "never a whole file at once"
            return super().read(size)

    big = os.urandom(5 << 20)
    monkeypatch.setattr(personal_copy, "store", lambda: SimpleNamespace(open=lambda _sha: Pieces(big)))
    with write_transaction():
        ticket = db.session.query(Ticket).filter_by(procedure="complaint", requester_email=andi.email).one()
        db.session.add(Attachment(ticket_id=ticket.id, sha256="a" * 64, name="foto.jpg", size=len(big), is_public=True,
                                  content_type="image/jpeg"))  # fmt: skip
    answer = copy(app, andi)
    with zipfile.ZipFile(io.BytesIO(answer.data)) as packed:
        assert packed.read("files/001-foto.jpg") == big
    with personal_copy.copy_of(andi.id, staff("budi"), SimpleNamespace(proof_kind=SimpleNamespace(data="x"))) as made:
        assert not isinstance(made, io.BytesIO)


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
