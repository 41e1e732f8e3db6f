"""Z24 and backups that cannot be made: one sentence, nothing half, and no good archive touched."""

from __future__ import annotations

import os
import resource
import sqlite3
import threading
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from gateways.files.age import new_secret_key
from jobs.operation.archive import BackupRefused
from jobs.operation.backup import backup, work_folder
from jobs.operation.backup_timetable import folder, kept, run_due_backup
from jobs.operation.doctor import examine
from jobs.worker.lane import Job, Lane
from models.base import setting
from models.base.db import db, utcnow, write_transaction
from models.base.heartbeat import Sweep
from tests.walk import file_complaint

LIMIT = 200_000  # bytes of a file


@pytest.fixture
def good(app, tmp_path, monkeypatch) -> bytes:
    """A good archive of yesterday's timetable, and its bytes."""
    monkeypatch.setitem(app.config, "BACKUP_FOLDER", str(tmp_path / "backups"))
    file_complaint()
    folder().mkdir()
    path = folder() / f"helpdesk-{utcnow() - timedelta(days=1):%Y%m%dT%H%M%SZ}.tar.gz"
    backup(path)
    return path.read_bytes()


def refusal(target: Path) -> str:
    with pytest.raises(BackupRefused) as refused:
        backup(target)
    sentence = str(refused.value)
    assert "\n" not in sentence and sentence.endswith(".") and len(sentence) < 500
    assert "older archives were left as they are" in sentence
    return sentence


def assert_untouched(good: bytes) -> None:
    assert [path.read_bytes() for path in folder().iterdir()] == [good]
    assert not work_folder().exists()


@pytest.mark.parametrize("is_encrypted", [False, True])
def test_a_full_disk_is_told_in_a_sentence_and_leaves_no_half_archive(good, tmp_path, is_encrypted):
    if is_encrypted:
        with write_transaction():
            setting.put("backup_public_key", new_secret_key(tmp_path / "key.txt"))
    (folder() / ".b.tar.gz.part").symlink_to("/dev/full")
    sentence = refusal(folder() / "b.tar.gz")
    assert f"The disk of {folder()}" in sentence and "full" in sentence and "make room" in sentence
    assert_untouched(good)


@contextmanager
def small_disk():
    """No file may become larger than LIMIT: as on a disk that has no more room."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (LIMIT, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_no_room_for_the_copies_is_told_alike(good, tmp_path):
    with write_transaction():
        setting.put("centre_address", os.urandom(2 * LIMIT).hex())  # a table of this size
    with small_disk():
        sentence = refusal(folder() / "b.tar.gz")
    assert str(work_folder()) in sentence and "full" in sentence
    assert_untouched(good)


@pytest.mark.parametrize("place", ["no-such-folder", "a-file", "/sys"])
def test_a_folder_that_cannot_be_written_is_named_with_its_cure(good, tmp_path, place):
    (tmp_path / "a-file").touch()
    sentence = refusal(tmp_path / place / "b.tar.gz")  # an absolute place stays as it is
    assert place in sentence and "cannot be written" in sentence and "choose another" in sentence
    assert_untouched(good)


def test_the_command_ends_with_that_sentence_and_no_trace(app, good, tmp_path):
    done = app.test_cli_runner().invoke(args=["backup", str(tmp_path / "no-such-folder" / "b.tar.gz")])
    assert done.exit_code == 1 and done.output.startswith("Error: ") and done.output.count("\n") == 1


def test_the_worker_keeps_the_sentence_and_the_doctor_tells_it(app, good, monkeypatch, tmp_path):
    (tmp_path / "a-file").touch()
    monkeypatch.setitem(app.config, "BACKUP_FOLDER", str(tmp_path / "a-file"))
    job = Job("run_due_backup", timedelta(minutes=10), lambda _ended: run_due_backup(), is_sweep=True)
    Lane("backup", [job], "a").take_turn(threading.Event())
    assert "a-file cannot be written" in db.session.get(Sweep, "run_due_backup").last_error
    assert [f.is_well for f in examine() if "a-file cannot be written" in f.sentence] == [False]


DAMAGES = {
    "an index that has lost its entries": "SELECT rootpage FROM sqlite_master WHERE name = 'ix_event_ticket_id'",
    "a table's page full of nothing": "SELECT rootpage FROM sqlite_master WHERE name = 'event'",
    "its first page": "SELECT 1",
}


@pytest.mark.only("sqlite")  # PostgreSQL says itself what it cannot read
@pytest.mark.parametrize("damage", DAMAGES)
def test_z24_a_damaged_database_is_not_backed_up_over_the_good_archives(app, good, damage):
    path = Path(str(db.engine.url.database))
    db.session.remove()
    db.engine.dispose()
    with closing(sqlite3.connect(path)) as present:
        (page,), (size,) = present.execute(DAMAGES[damage]).fetchone(), present.execute("PRAGMA page_size").fetchone()
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(bytes(size))
    for attempt in (lambda: backup(next(iter(kept()))), run_due_backup):
        with pytest.raises(BackupRefused, match=r"is damaged .*restore the last good one"):
            attempt()
        db.session.remove()
    assert_untouched(good)


@pytest.mark.only("sqlite")  # its journal
@pytest.mark.parametrize(("library", "mode"), [((3, 51, 2), "delete"), ((3, 51, 3), "wal")])
def test_z24_the_write_ahead_log_is_left_where_the_library_has_its_fault(app, monkeypatch, library, mode):
    db.session.remove()
    db.engine.dispose()
    other = "wal" if mode == "delete" else "delete"
    with closing(sqlite3.connect(str(db.engine.url.database))) as foreign:
        foreign.execute(f"PRAGMA journal_mode={other}")
    monkeypatch.setattr("models.base.write_lock.sqlite3.sqlite_version_info", library)
    assert db.session.scalar(text("PRAGMA journal_mode")) == mode
    file_complaint()
    db.session.remove()
    db.engine.dispose()
    monkeypatch.undo()
    assert db.session.scalar(text("PRAGMA journal_mode")) == (
        "wal" if sqlite3.sqlite_version_info >= (3, 51, 3) else "delete"
    )
