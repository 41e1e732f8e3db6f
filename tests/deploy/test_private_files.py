"""S21: whatever web, worker and commands write into the instance is their owner's alone, even begun under a loose umask."""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from gateways.files.private import open_to_others
from jobs.operation.doctor import _permissions

ROOT = Path(__file__).resolve().parents[2]
LOOSE = 0o022  # as most shells and services start: everybody reads
WORKS = """
import io, sys
from pathlib import Path
from app import create_app
from gateways.files import import_files
from gateways.files.private import open_to_others
from jobs.operation.backup import backup
from jobs.operation.restore import restore
from jobs.worker.worker import work_once
from models.base.db import db, write_transaction
from models.organisation.export import Export
from models.organisation.staff import Staff
from models.organisation.unit import Unit

place = Path(sys.argv[1])
with create_app().app_context():
    sari = db.session.query(Staff).filter_by(username="sari").one()
    db.session.rollback()
    with write_transaction():
        db.session.add(Export(staff_id=sari.id, view="unit", title="Unit", format="csv"))
    for shelf in (import_files.shelf(), import_files.preview_shelf()):
        shelf.store_raw([b"nim,nama"], "orang.csv")
    work_once()
    with write_transaction():
        db.session.add(Unit(code="ZZ", name="Unit ZZ", kind="bureau"))
        db.session.flush()
        assert (place / "helpdesk.db-journal").exists() or (place / "helpdesk.db-wal").exists()
        print(*open_to_others(place))
    backup(place / "sendiri.tar.gz")
    restore(place / "sendiri.tar.gz", replace=True)
"""
KINDS = {
    "keys": "*_key",
    "logins of the demonstration": "demo-logins.txt",
    "database": "helpdesk.db",
    "the database before a restore": "helpdesk.db.before-restore",
    "mails": "mail/*.eml",
    "uploads and printed documents": "files/*/*",
    "exports": "exports/*",
    "files to read in": "imports/*/*",
    "files looked at before": "imports-previewed/*/*",
    "seals": "audit_head*",
    "backups": "backups/helpdesk-*",
    "a backup by hand": "sendiri.tar.gz",
    "compiled pages": "pages-*/*",
    "locks": ".backup.lock",
    "logs": "worker.log",
    "what speaks with gunicorn": "*.ctl",
}


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def answers(address, server):
    until = time.monotonic() + 60
    while time.monotonic() < until and server.poll() is None:
        try:
            with urlopen(address, timeout=10) as answer:
                return answer.status
        except (URLError, ConnectionError):
            time.sleep(0.2)
    return None


@pytest.mark.slow
def test_s21_whatever_web_worker_and_commands_write_is_their_owners_alone(tmp_path):
    place = tmp_path / "i"
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if not name.endswith("_KEY")} | {
        "HELPDESK_ENV": "development", "INSTANCE_PATH": str(place), "PORT": str(port), "METRICS_FOLDER": str(place / "m"),
    }  # fmt: skip

    def run(*words):
        return subprocess.run(
            [sys.executable, *words], cwd=ROOT, env=environment, umask=LOOSE, timeout=300, text=True, check=True,
            stdout=subprocess.PIPE,
        ).stdout.strip()  # fmt: skip

    run("-m", "flask", "--app", "app", "db", "upgrade")
    run("-m", "flask", "--app", "app", "seed-demo")
    while_writing = run("-c", WORKS, str(place))
    script = (ROOT / "scripts" / "run").read_text()
    first = script[
        script.index("umask") : script.index("flask --app")
    ]  # what the script does before any program of ours
    log = ["bash", "-euc", f"instance={place}\n{first}\necho >>$instance/worker.log"]
    subprocess.run(log, umask=LOOSE, check=True, timeout=20)
    command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--access-logfile", "/dev/null"]
    server = subprocess.Popen([*command, "app:create_app()"], cwd=ROOT, env=environment, umask=LOOSE)
    try:
        status = answers(f"http://127.0.0.1:{port}/", server)
        found, missing = list(open_to_others(place)), [kind for kind, name in KINDS.items() if not [*place.glob(name)]]
    finally:
        server.terminate()
        server.wait(30)

    assert (status, missing) == (200, [])
    assert (found, while_writing) == ([], "")


def test_s21_the_doctor_names_what_others_may_read(app, monkeypatch, tmp_path):
    place = tmp_path / "instance"
    (place / "files").mkdir(parents=True, mode=0o700)
    place.chmod(0o700)
    (place / "files" / "surat").touch(mode=0o600)
    monkeypatch.setitem(app.config, "INSTANCE_PATH", str(place))
    monkeypatch.setitem(app.config, "HELPDESK_ENV", "production")
    assert _permissions() == (True, f"What lies in {place} is nobody else's to read.")

    (place / "files" / "surat").chmod(0o640)

    is_well, said = _permissions()
    assert not is_well and str(place / "files" / "surat") in said and said.endswith(f"chmod -R go= {place}")


def test_s21_a_link_to_elsewhere_is_not_followed(tmp_path):
    tmp_path.chmod(0o700)
    (tmp_path / "lain").symlink_to("/etc")
    assert list(open_to_others(tmp_path)) == []
