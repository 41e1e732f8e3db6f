"""Z26: every release's rows are backed up and restored by this version, and an upgrade refuses what it cannot do.

What kills do to the upgrade of a release's own archive: tests/deploy/test_release_upgrades.py.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from flask_migrate import upgrade
from sqlalchemy import Connection, select, text

import jobs.operation.upgrade
from config_readers import ConfigError
from jobs.operation.backup import backup
from jobs.operation.restore import restore
from jobs.operation.schema import is_up_to_date
from jobs.operation.upgrade import UpgradeRefused, upgrade_house
from models.base.db import db
from models.tickets.ticket import Ticket
from procedures.operation.house_health import SERVES, look
from procedures.operation.schema_head import schema_head
from start import refuse_to_start
from tests.operations.test_upgrade import RELEASES, contents, load
from tests.operations.test_upgrade import empty as empty  # fixtures
from tests.operations.test_upgrade import kept as kept
from tests.pages import page

OLDEST = RELEASES[0]


def of_release(app, kept):
    """The house of a release as it was, and its rows."""
    upgrade(revision=kept["revision"])
    with db.engine.begin() as connection:
        load(connection, kept["tables"])
        return contents(connection, kept["tables"])


def rows_now(kept):
    with db.engine.begin() as connection:
        return contents(connection, kept["tables"])


@pytest.mark.slow
def test_z26_the_archive_of_a_release_is_restored_by_this_version_with_every_row(empty, kept, tmp_path):
    before = of_release(empty, kept)
    backup(tmp_path / "release.tar.gz")

    restore(tmp_path / "release.tar.gz", replace=True, without_keys=True)

    after = rows_now(kept)
    for name, rows in before.items():
        if name not in ("outbox", "staff_token", "export"):  # mails are held, links and files of exports stay out
            assert after[name] == rows, name
    assert is_up_to_date()
    number = db.session.scalar(select(Ticket.number).order_by(Ticket.id).limit(1))
    db.session.rollback()
    assert number in page(empty.test_client(), f"/tiket/{number}")


@pytest.mark.slow
@pytest.mark.parametrize("kept", [OLDEST], ids=["0.1.0"], indirect=True)
def test_an_upgrade_backs_up_migrates_looks_and_has_nothing_to_do_the_second_time(empty, kept, tmp_path):
    before, told = of_release(empty, kept), list[str]()

    upgrade_house(told.append)

    assert told[0].startswith("Backup of before: ") and told[1].startswith("Migration ")
    assert f"Migration {schema_head()}" in told
    bad = [said for said in told if said.startswith("BAD")]
    assert len(bad) == 1 and "Keys lost" in bad[0]  # the tests have other keys than the demonstration had
    (archive,) = (tmp_path / "backups").glob("before-*.tar.gz")
    assert rows_now(kept) == before
    again = list[str]()
    upgrade_house(again.append)
    assert again[0].startswith(f"The schema is at {schema_head()}") and not [w for w in again if "Migration" in w]
    restore(archive, replace=True, without_keys=True)  # what was made before is a whole archive


def newer():
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))


def test_a_newer_schema_is_refused_by_the_upgrade_and_by_every_start(app):
    newer()

    with pytest.raises(UpgradeRefused, match="'9999', which version .* does not know.*nothing was changed"):
        upgrade_house(print)
    with pytest.raises(ConfigError, match="DATABASE_URL: .*'9999', which this version .* does not know"):
        refuse_to_start(app)
    assert not look("schema", SERVES["schema"]).is_well
    assert "9999, of a newer version: install that version" in look("schema", SERVES["schema"]).sentence


@pytest.mark.slow
@pytest.mark.parametrize("command", [("gunicorn", "app:create_app()"), ("flask", "--app", "app", "work")])
def test_web_and_worker_end_in_one_sentence_before_a_newer_schema(app, command, tmp_path):
    newer()
    database = db.engine.url.render_as_string(hide_password=False)
    given = {"HELPDESK_ENV": "development", "DATABASE_URL": database, "INSTANCE_PATH": str(tmp_path), "HOME": "/tmp"}
    program, *words = command
    place = Path(__file__).resolve().parents[2]

    ran = subprocess.run(
        [Path(sys.executable).parent / program, *words],
        cwd=place,
        env=given,
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert ran.returncode != 0
    assert "has the schema '9999', which this version" in ran.stderr and "Traceback" not in ran.stderr


@pytest.mark.only("postgresql")
@pytest.mark.parametrize("kept", [OLDEST], ids=["0.1.0"], indirect=True)
def test_a_table_that_somebody_holds_is_waited_for_and_then_said_in_words(empty, kept, monkeypatch):
    """Only PostgreSQL has locks of tables."""
    monkeypatch.setattr(jobs.operation.upgrade, "PAUSE_SECONDS", 0)
    monkeypatch.setattr(jobs.operation.upgrade, "TRIES", 2)
    of_release(empty, kept)
    told: list[str] = []
    with db.engine.connect() as holder:
        holder.execute(text("SELECT pg_advisory_lock(8254)"))
        make_impatient(monkeypatch)
        with pytest.raises(UpgradeRefused, match="stop every web process and worker"):
            upgrade_house(told.append, with_backup=False)
    assert told == ["Somebody holds a table: trying again …"]


def make_impatient(monkeypatch):
    """A tenth of a second instead of ten."""
    execute = Connection.execute

    def quick(self, statement, *more, **named):
        if "lock_timeout" in str(statement):
            statement = text("SET lock_timeout = '100ms'")
        return execute(self, statement, *more, **named)

    monkeypatch.setattr(Connection, "execute", quick)
