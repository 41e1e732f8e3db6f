"""Restore: whatever the archive, the present house is whole afterwards; a drill touches nothing; one way back (Z28, Z35)."""

from __future__ import annotations

import hashlib
import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from gateways.files.age import new_secret_key
from gateways.files.uploads import store
from jobs.operation.archive import LEFT_OUT, BackupRefused
from jobs.operation.backup import backup
from jobs.operation.house import house_of_this_database
from jobs.operation.restore import go_back, rehearse, restore
from jobs.operation.tidy import tidy
from models.base import setting
from models.base.calendar import Holiday
from models.base.db import db, write_transaction
from models.tickets.ticket import Attachment, Ticket
from procedures.engine.take_step import open_ticket
from tests.operations.archives import damaged, members_of, packed, with_lines, with_list
from tests.pages import page
from tests.processes import Process
from tests.walk import REQUESTER, complaint_fields, form_of

pytestmark = pytest.mark.slow


def with_file(subject: str) -> Ticket:
    kept = store().store(io.BytesIO(f"hasil ping {subject}".encode()), "ping.txt")
    form = form_of("complaint", "file_complaint", **complaint_fields(subject=subject))
    return open_ticket("complaint", "file_complaint", REQUESTER, form, files=[kept])


def state_of_house() -> dict[str, Any]:
    """Every row of every table, the schemas of the database, and every file."""
    db.session.rollback()
    found: dict[str, Any] = {}
    with db.engine.connect() as connection:
        for table in db.metadata.sorted_tables:
            found[table.name] = sorted(repr(tuple(row)) for row in connection.execute(table.select()))
        if connection.dialect.name == "postgresql":
            found["schemas"] = connection.scalars(text("SELECT nspname FROM pg_namespace ORDER BY 1")).all()
        else:
            place = Path(str(db.engine.url.database))
            found["schemas"] = sorted(path.name for path in place.parent.glob(f"{place.name}*"))
    found["files"] = sorted(str(path) for path in store().root.glob("*/*"))
    db.session.rollback()
    return found


def subjects() -> list[str]:
    db.session.rollback()
    return sorted(db.session.scalars(db.select(Ticket.subject)))


@pytest.fixture
def archive(app: Flask, tmp_path: Path) -> Path:
    """A house with two tickets, a file each, and a holiday; then the house goes on."""
    with_file("Pertama")
    with_file("Kedua")
    with write_transaction():
        db.session.add(Holiday(day=date(2026, 12, 25), name="Natal"))
    backup(tmp_path / "b.tar.gz")
    return tmp_path / "b.tar.gz"


def test_z35_forty_damaged_archives_are_refused_in_a_sentence_each_and_leave_the_house_whole(app, archive, tmp_path):
    with_file("Sesudahnya")
    before, bad, count = state_of_house(), tmp_path / "bad.tar.gz", 0
    for count, (what, data, words) in enumerate(damaged(archive), 1):
        bad.write_bytes(data)
        with pytest.raises(BackupRefused) as refused:
            restore(bad, replace=True) if count % 8 else rehearse(bad)
        sentence = str(refused.value)
        assert words in sentence and "\n" not in sentence and len(sentence) < 300, (what, sentence)
        assert state_of_house() == before, what
    assert count >= 40


def test_an_archive_takes_the_place_of_the_house_and_undo_brings_that_back_with_its_files(app, archive):
    later = with_file("Sesudahnya")
    sha256 = later.files[0].sha256
    number, client = later.number, app.test_client()
    assert "Sesudahnya" not in page(client, f"/tiket/{number}")  # a process that goes on
    restore(archive, replace=True)
    assert subjects() == ["Kedua", "Pertama"]
    assert client.get(f"/tiket/{number}").status_code == 404
    assert open_ticket(
        "complaint", "file_complaint", REQUESTER, form_of("complaint", "file_complaint", **complaint_fields())
    ).id
    assert store().verify({a.sha256 for a in db.session.query(Attachment)}) == []
    with_old_files_on_disk(sha256)
    go_back()
    assert subjects() == ["Kedua", "Pertama", "Sesudahnya"]
    assert store().verify({a.sha256 for a in db.session.query(Attachment)}) == []
    go_back()
    assert len(subjects()) == 3 and "Sesudahnya" not in subjects()


def with_old_files_on_disk(sha256: str) -> None:
    """Tidying years later spares a file that only the house kept aside names."""
    import os

    path = store().root / sha256[:2] / sha256[2:]
    os.utime(path, (0, 0))
    tidy()
    assert path.exists()


def test_the_house_kept_aside_goes_with_a_backup_a_day_later_and_not_before(app, archive, tmp_path, monkeypatch):
    restore(archive, replace=True)
    backup(tmp_path / "soon.tar.gz")
    assert house_of_this_database().kept_since() is not None
    monkeypatch.setattr("jobs.operation.backup.ASIDE_KEPT_SECONDS", -1)
    backup(tmp_path / "later.tar.gz")
    assert house_of_this_database().kept_since() is None
    with pytest.raises(BackupRefused, match="nothing to go back to"):
        go_back()


def test_a_drill_proves_an_archive_and_touches_nothing(app, archive):
    with_file("Sesudahnya")
    for name in members_of(archive):
        if name.startswith("files/"):
            sha256 = name.removeprefix("files/")
            (store().root / sha256[:2] / sha256[2:]).unlink()
            break
    before = state_of_house()
    assert rehearse(archive).counts["ticket"] == 2
    assert state_of_house() == before


def test_an_archive_of_one_database_is_restored_on_the_other_and_back(app, archive, tmp_path, workplace):
    from tests.conftest import HOUSES, build_house

    kind = "postgresql" if db.engine.dialect.name == "sqlite" else "sqlite"
    before = {name: rows for name, rows in state_of_house().items() if name not in ("schemas", "files")}
    if kind not in HOUSES:
        HOUSES[kind] = build_house(kind, workplace)
    other, its_store = HOUSES[kind]
    its_store.reset(other)
    with other.app_context():
        restore(archive, replace=True)
        backup(tmp_path / "back.tar.gz")
        db.session.remove()
    restore(tmp_path / "back.tar.gz", replace=True)
    after = state_of_house()
    held = {name for name in set(before) - LEFT_OUT if before[name] != after[name]}
    assert held <= {"outbox"}  # what waited is held
    assert len(before["outbox"]) == len(after["outbox"])


def test_an_encrypted_archive_opens_with_its_secret_key_alone(app, archive, tmp_path):
    with write_transaction():
        setting.put("backup_public_key", new_secret_key(tmp_path / "key.txt"))
    new_secret_key(tmp_path / "other.txt")
    safe = tmp_path / "b.tar.gz.age"
    backup(safe)
    assert b"Pertama" not in safe.read_bytes() and safe.read_bytes().startswith(b"age-encryption.org/v1")
    before = state_of_house()
    (tmp_path / "cut.age").write_bytes(safe.read_bytes()[:-100])
    (tmp_path / "empty.txt").write_text("# none\n")
    for file, key, words in (
        (safe, None, "encrypted: name the file"),
        (safe, "other.txt", "does not open with other.txt"),
        (safe, "empty.txt", "holds no secret key"),
        (tmp_path / "cut.age", "key.txt", "damaged or cut off"),
    ):
        with pytest.raises(BackupRefused, match=words):
            restore(file, replace=True, secret_key=tmp_path / key if key else None)
        assert state_of_house() == before
    assert restore(safe, replace=True, secret_key=tmp_path / "key.txt").counts["ticket"] == 2


def test_an_archive_whose_access_codes_need_another_key_is_refused_until_they_are_given_up(app, archive, tmp_path):
    before, members = state_of_house(), members_of(archive)
    other = tmp_path / "other.tar.gz"
    other.write_bytes(packed(with_list(members, lambda facts: facts["keys"].update(t1="0123456789abcdef"))))
    with pytest.raises(BackupRefused, match="LINK_KEY has another key under the id 't1'"):
        restore(other, replace=True)
    assert state_of_house() == before
    assert restore(other, replace=True, without_keys=True).counts["ticket"] == 2


@pytest.mark.only("sqlite")  # a file is SQLite's way
def test_a_present_file_that_is_no_database_any_more_is_replaced_and_kept_aside(app, archive):
    place = Path(str(db.engine.url.database))
    db.session.remove()
    db.engine.dispose()
    place.write_bytes(b"lightning" * 1000)
    restore(archive, replace=True)
    assert subjects() == ["Kedua", "Pertama"]
    assert place.with_name(f"{place.name}.before-restore").read_bytes() == b"lightning" * 1000


@pytest.mark.only("postgresql")  # SQLite knows no roles
def test_roles_of_the_old_house_keep_their_rights_on_the_new_one(app, archive):
    with db.engine.begin() as connection:
        connection.execute(text("DO $$ BEGIN CREATE ROLE reader; EXCEPTION WHEN duplicate_object THEN NULL; END $$"))
        connection.execute(text("GRANT SELECT ON ticket TO reader; GRANT USAGE ON SEQUENCE ticket_id_seq TO reader"))
    restore(archive, replace=True)
    asked = (
        "SELECT has_table_privilege('reader', 'ticket', 'SELECT'), has_table_privilege('reader', 'ticket', 'DELETE')"
    )
    with db.engine.connect() as connection:
        assert tuple(connection.execute(text(asked)).one()) == (True, False)
        assert connection.scalar(text("SELECT has_sequence_privilege('reader', 'ticket_id_seq', 'USAGE')"))


MEMORY = """
import resource
from pathlib import Path
from flask import Flask
from jobs.operation.restore import restore
from models.base.db import init_db
app = Flask("restore")
app.config.update({config!r})
init_db(app)
with app.app_context():
    from jobs.operation.fill_house import refuse_unknown_revision
    refuse_unknown_revision("0001")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    restore(Path({archive!r}), replace=True)
    print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


@pytest.mark.only("sqlite")  # the same code fills either database
def test_a_restore_holds_a_batch_and_a_block_in_memory_never_a_table_or_a_file(app, archive, tmp_path):
    members = members_of(archive)
    big = bytes(96 * 1024 * 1024)
    sha256 = hashlib.sha256(big).hexdigest()
    line = json.loads(members["tables/event.jsonl"].splitlines()[0])
    lines = [json.dumps({**line, "id": n, "data": {"text": "x" * 2000}}).encode() for n in range(1, 40_001)]
    members = with_lines({**members, f"files/{sha256}": big}, "event", lines)
    (tmp_path / "big.tar.gz").write_bytes(packed(with_list(members, lambda facts: facts["files"].append(sha256))))
    names = ("SQLALCHEMY_DATABASE_URI", "INSTANCE_PATH", "LINK_KEY")
    program = MEMORY.format(config={n: app.config[n] for n in names}, archive=str(tmp_path / "big.tar.gz"))
    done = Process(program, tmp_path).end()
    assert done.returncode == 0, done.fault
    assert int(done.said) < 64
