"""Backup, restore, doctor: nothing is missing, nothing goes out twice, nothing lies open (Z23, Z27, Z28, B1)."""

from __future__ import annotations

import io
import sqlite3
import stat
import tarfile
import threading
import time
from pathlib import Path

import pytest

from app import create_app
from gateways.files.uploads import store
from jobs.operation.archive import BackupRefused
from jobs.operation.backup import _copy, backup
from jobs.operation.doctor import examine
from jobs.operation.restore import restore
from jobs.worker.send_outbox import send_outbox
from jobs.worker.worker import work_once
from models.base.db import db
from models.organisation.sessions import StaffSession
from models.organisation.staff import Staff
from models.tickets.outbox import Mail, MailState
from models.tickets.ticket import Attachment, Ticket, TicketText
from procedures.engine.take_step import open_ticket
from tests.browse import Person
from tests.conftest import PASSWORD, FreshClient
from tests.walk import REQUESTER, complaint_fields, file_complaint, form_of

pytestmark = pytest.mark.slow


def with_file(subject: str) -> Ticket:
    kept = store().store(io.BytesIO(f"hasil ping {subject}".encode()), "ping.txt")
    form = form_of("complaint", "file_complaint", **complaint_fields(subject=subject))
    return open_ticket("complaint", "file_complaint", REQUESTER, form, files=[kept])


def elsewhere(tmp_path: Path) -> object:
    other = create_app(
        {
            "SQLALCHEMY_DATABASE_URI": f"sqlite:///{tmp_path / 'other.db'}",
            "INSTANCE_PATH": str(tmp_path / "other"),
            "BASE_URL": "http://other.example",
            "MAIL_AS_FILES": str(tmp_path / "other" / "mail"),
        }
    )
    other.test_client_class = FreshClient
    return other


def test_z27_a_backup_while_others_write_names_no_file_that_it_lacks(app, tmp_path):
    stop, faults = threading.Event(), []

    def write() -> None:
        with app.app_context():
            count = 0
            while not stop.is_set() and count < 200:
                try:
                    with_file(f"sambil {count}")
                except Exception as fault:
                    faults.append(fault)
                db.session.remove()
                count += 1

    first = with_file("sebelum").number
    db.session.remove()
    writer = threading.Thread(target=write)
    writer.start()
    manifests = []
    try:
        for n in range(3):
            manifests.append(backup(tmp_path / f"{n}.tar.gz"))
            db.session.remove()
    finally:
        stop.set()
        writer.join()
    assert faults == []
    assert [m.missing for m in manifests] == [[], [], []]
    other = elsewhere(tmp_path)
    with other.app_context():
        restore(tmp_path / "2.tar.gz")
        assert db.session.query(Ticket).filter_by(number=first).count() == 1
        assert store().verify({a.sha256 for a in db.session.query(Attachment)}) == []


def test_z28_a_restored_house_opens_files_finds_words_and_sends_nothing_until_released(app, tmp_path):
    ticket = with_file("Proyektor aneh")
    sari = Person(app, "sari")
    assert sari.client.get("/admin/").status_code == 200
    manifest = backup(tmp_path / "b.tar.gz")
    queued = db.session.query(Mail).filter_by(state=MailState.QUEUED).count()
    number = ticket.number
    other = elsewhere(tmp_path)
    with other.app_context():
        restore(tmp_path / "b.tar.gz")
        assert db.session.query(StaffSession).count() == 0
        assert db.session.query(Mail).filter_by(state=MailState.HELD).count() == queued > 0
        assert (send_outbox(), list((tmp_path / "other").glob("mail/*"))) == (0, [])
        row = db.session.query(Ticket).filter_by(number=number).one()
        assert "proyektor" in db.session.get(TicketText, row.id).words.lower()
        assert manifest.counts["ticket"] == db.session.query(Ticket).count()
        rudi = Person(other, "rudi")
        assert rudi.post("/admin/outbox/release/").status_code == 303
        assert send_outbox() == queued
        found = Person(other, "sari").get("/admin/ticket/?search=proyektor&state=all").text
        assert number in found
        assert db.session.get(Staff, 1).is_password(PASSWORD)
    with pytest.raises(BackupRefused, match="holds staff already"):
        restore(tmp_path / "b.tar.gz")


def test_b1_a_backup_is_its_owners_alone_and_holds_no_key_or_session(app, tmp_path):
    Person(app, "sari")
    backup(tmp_path / "b.tar.gz")
    assert stat.S_IMODE((tmp_path / "b.tar.gz").stat().st_mode) == 0o600
    with tarfile.open(tmp_path / "b.tar.gz") as tar:
        names = tar.getnames()
        words = b"".join(tar.extractfile(n).read() for n in names)
    assert not [n for n in names if "session" in n or "token" in n]
    assert app.config["SECRET_KEY"].encode() not in words and app.config["LINK_KEY"].encode() not in words
    assert PASSWORD.encode() not in words
    for path in (
        "/backup.sqlite",
        "/.env",
        "/.git/config",
        "/instance/helpdesk.db",
        "/instance/secret_key",
        "/static/../config.py",
    ):
        assert app.test_client().get(path).status_code == 404


def test_a_damaged_backup_is_refused_before_anything_is_written(app, tmp_path):
    backup(tmp_path / "b.tar.gz")
    with tarfile.open(tmp_path / "b.tar.gz") as tar, tarfile.open(tmp_path / "bad.tar.gz", "w:gz") as bad:
        for member in tar.getmembers():
            data = tar.extractfile(member).read()
            if member.name == "tables/unit.jsonl":
                data = data.replace(b"Rektorat", b"Rektorak")
            member.size = len(data)
            bad.addfile(member, io.BytesIO(data))
    count = db.session.query(Staff).count()
    with pytest.raises(BackupRefused, match="damaged"):
        restore(tmp_path / "bad.tar.gz", replace=True)
    assert db.session.query(Staff).count() == count


def test_the_doctor_finds_the_house_well_and_names_a_lost_file(app):
    with_file("ada berkas")
    work_once()
    assert [f.sentence for f in examine() if not f.is_well] == []
    sha256 = db.session.query(Attachment).first().sha256
    (store().root / sha256[:2] / sha256[2:]).unlink()
    assert [f.sentence for f in examine() if not f.is_well] == [f"1 stored files are missing or damaged: {sha256}."]


@pytest.mark.only("sqlite")  # a file lock is SQLite's way
def test_z23_a_write_lock_gives_a_friendly_503_and_no_half_write(app, monkeypatch):
    ticket_id = file_complaint().id
    tono = Person(app, "tono")
    token = tono.token()
    db.session.remove()
    with app.app_context():
        db.engine.dispose()
    monkeypatch.setattr("models.base.db.BUSY_SECONDS", 0.2)
    holder = sqlite3.connect(app.config["SQLALCHEMY_DATABASE_URI"].removeprefix("sqlite:///"), isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    began = time.monotonic()
    answer = tono.client.post(f"/admin/ticket/{ticket_id}/do/reply", data={"csrf_token": token, "text": "Halo."})
    holder.execute("ROLLBACK")
    holder.close()
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "Sistem sedang sibuk" in answer.text
    assert time.monotonic() - began >= 0.2
    assert [e.kind for e in db.session.get(Ticket, ticket_id).events] == ["step"] * 3


def test_a_backup_with_a_damaged_file_is_refused_while_the_old_house_still_stands(app, tmp_path):
    with_file("ada berkas")
    backup(tmp_path / "b.tar.gz")
    with tarfile.open(tmp_path / "b.tar.gz") as tar, tarfile.open(tmp_path / "bad.tar.gz", "w:gz") as bad:
        for member in tar.getmembers():
            data = tar.extractfile(member).read()
            if member.name.startswith("files/"):
                data = data[:-1] + b"?"
            bad.addfile(member, io.BytesIO(data))
    with pytest.raises(BackupRefused, match="damaged: file"):
        restore(tmp_path / "bad.tar.gz", replace=True)
    assert db.session.query(Ticket).count() == 1


@pytest.mark.only("sqlite")  # PostgreSQL has a snapshot of its own
def test_z27_a_copy_that_others_interrupt_for_ever_is_made_in_one_go(app, tmp_path, monkeypatch):
    with_file("sibuk")
    steps: list[int] = []

    class Live:
        def backup(self, target, pages=-1, progress=None):
            steps.append(pages)
            if progress:
                progress(0, 10, 100)

    monkeypatch.setattr("jobs.operation.backup.PATIENCE_SECONDS", -1.0)
    _copy(Live(), None)
    assert steps == [2000, -1]
