"""Backups on the timetable: one a day at its hour, some days and some months kept, their age told by the doctor."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gateways.files.age import new_secret_key
from jobs.operation.backup import backup
from jobs.operation.backup_timetable import folder, forget_old, kept, run_due_backup
from jobs.operation.doctor import examine
from jobs.operation.tidy import tidy
from models.base import setting
from models.base.db import write_transaction
from tests.browse import Person

pytestmark = pytest.mark.slow

NOON = datetime(2026, 11, 29, 5, 0, tzinfo=UTC)  # 12.00 WIB


@pytest.fixture
def clock(app, tmp_path, monkeypatch):
    """Sets the clock; archives go to a folder of this test."""
    monkeypatch.setitem(app.config, "BACKUP_FOLDER", str(tmp_path / "backups"))
    monkeypatch.setitem(app.config, "INSTANCE_PATH", str(tmp_path))

    def set_to(moment: datetime) -> None:
        monkeypatch.setattr("models.base.db.clock", lambda: moment)

    set_to(NOON)
    return set_to


def names() -> list[str]:
    return sorted(path.name for path in folder().iterdir())


def test_the_worker_backs_up_once_a_day_at_the_hour_of_the_settings(clock):
    for hours in (0, 1, 12.9, 13.2, 14, 36):  # 01.00 WIB is due 13 hours after noon
        clock(NOON + timedelta(hours=hours))
        run_due_backup()
    assert names() == ["helpdesk-20261129T050000Z.tar.gz", "helpdesk-20261129T181200Z.tar.gz"]
    assert (folder().stat().st_mode & 0o777, (folder() / names()[0]).stat().st_mode & 0o777) == (0o700, 0o600)


def test_z36_backup_made_while_the_clock_was_ahead_holds_up_none_once_it_is_right(clock):
    clock(NOON + timedelta(days=1))
    run_due_backup()
    clock(NOON)
    run_due_backup()
    assert names() == ["helpdesk-20261129T050000Z.tar.gz", "helpdesk-20261130T050000Z.tar.gz"]


def test_without_an_hour_the_worker_makes_none(clock):
    with write_transaction():
        setting.put("backup_at", "")
    run_due_backup()
    assert kept() == {}


def test_with_a_public_key_the_worker_encrypts_and_says_so_in_the_name(clock, tmp_path):
    with write_transaction():
        setting.put("backup_public_key", new_secret_key(tmp_path / "key.txt"))
    run_due_backup()
    assert names() == ["helpdesk-20261129T050000Z.tar.gz.age"]
    assert (folder() / names()[0]).read_bytes().startswith(b"age-encryption.org/v1\n")


def test_days_and_the_first_of_each_month_are_kept_and_other_files_are_left_alone(clock, tmp_path):
    folder().mkdir()
    for days in range(400):
        (folder() / f"helpdesk-{NOON - timedelta(days=days):%Y%m%dT%H%M%SZ}.tar.gz").touch()
    for name in ("own.tar.gz", ".helpdesk-20261128T050000Z.tar.gz.part"):
        (folder() / name).touch()
    forget_old()
    assert (folder() / "own.tar.gz").exists() and not list(folder().glob(".*"))
    days = [f"{made_at:%m-%d}" for made_at in sorted(kept().values())]
    assert days == [f"{month:02}-01" for month in (12, *range(1, 12))] + [f"11-{day}" for day in range(15, 30)]
    for path in sorted(kept())[:-1]:
        path.unlink()
    clock(NOON + timedelta(days=900))
    forget_old()
    assert len(kept()) == 1  # the newest stays, however old


def archive(name: str, days: int) -> None:
    (folder() / f"{name}-{NOON - timedelta(days=days):%Y%m%dT%H%M%SZ}.tar.gz").touch()


def test_an_archive_of_years_ago_goes_though_no_later_month_has_one(clock):
    folder().mkdir()
    for days in (1_100, 900, 364, 363, 362, 332, 20):  # 363 days ago began the twelfth month, December 2025
        archive("helpdesk", days)
    with write_transaction():
        setting.put("backup_at", "")
    tidy()
    assert [f"{made_at:%Y-%m-%d}" for made_at in sorted(kept().values())] == [
        "2025-12-01", "2026-01-01", "2026-11-09",
    ]  # fmt: skip


@pytest.mark.parametrize(("days", "left"), [((1_100, 400, 300), ["300"]), ((1_100, 900), ["900"]), ((900,), ["900"])])
def test_archives_of_before_an_upgrade_go_with_the_months_and_the_newest_of_all_stays(clock, days, left):
    folder().mkdir()
    for one in days:
        archive(f"before-1.0-{one}", one)
    tidy()
    assert [name.split("-")[2] for name in names()] == left
    archive("helpdesk", 0)
    tidy()
    assert [name.split("-")[0] for name in names()] == (["before", "helpdesk"] if left == ["300"] else ["helpdesk"])


def test_a_running_backup_is_no_leftover_to_the_hourly_tidying(clock):
    folder().mkdir()
    (folder() / ".helpdesk-20261129T050000Z.tar.gz.part").touch()
    tidy()
    assert len(names()) == 1


def test_the_doctor_tells_the_age_of_the_last_backup_wherever_it_lies(clock, tmp_path):
    def said() -> tuple[bool, str]:
        return next((f.is_well, f.sentence) for f in examine() if "backup" in f.sentence)

    assert said()[0] is False
    backup(tmp_path / "by-hand.tar.gz")
    assert said()[0] is True
    clock(NOON + timedelta(hours=30))
    assert said()[0] is False and re.search(r"\b30 hours ago, not encrypted", said()[1])


def test_an_administrator_turns_backups_off_and_writes_no_key_that_is_none(app, cast):
    rudi = Person(app, "rudi")
    for text, sentence in (("AGE-SECRET-KEY-1ABC", "Ini kunci rahasia"), ("age1abc", "bukan kunci publik")):
        answer = rudi.post("/admin/setting/save/", {"backup_public_key": text})
        assert (answer.status_code, sentence in answer.text) == (422, True)
    assert rudi.post("/admin/setting/save/", {"backup_at": "1 pagi"}).status_code == 422
    assert rudi.post("/admin/setting/save/", {"backup_at": "", "backup_public_key": ""}).status_code == 303


def test_the_operator_proves_restores_and_goes_back_by_command(app, tmp_path):
    def run(*words: str) -> tuple[int, str]:
        done = app.test_cli_runner().invoke(args=list(words))
        return done.exit_code, done.output

    file = str(tmp_path / "b.tar.gz")
    assert run("backup", file)[0] == 0
    assert re.fullmatch(
        r"\d+ rows and 0 files of .* UTC could be restored\. Nothing was touched\.\n", run("restore", "--try", file)[1]
    )
    assert run("restore", file) == (
        1,
        "Error: The database holds staff already; --replace puts the archive in its place.\n",
    )
    assert run("restore", "--undo")[0] == 1
    code, said = run("restore", "--replace", file)
    assert code == 0 and "All logins were ended." in said
    assert run("restore", "--undo") == (0, "The house from before the last restore is in its place again.\n")
    for wrong in (("restore",), ("restore", "--undo", file), ("restore", "--undo", "--try")):
        assert run(*wrong)[0] == 2
    assert Path(file).read_bytes()  # the archive is never changed


def test_the_operator_makes_a_pair_of_keys_and_no_key_is_overwritten(app, tmp_path):
    key = tmp_path / "key.txt"
    done = app.test_cli_runner().invoke(args=["backup-key", str(key)])
    assert done.output.startswith("age1") and key.read_text().splitlines()[1].startswith("AGE-SECRET-KEY-1")
    assert key.stat().st_mode & 0o777 == 0o600
    before = key.read_text()
    assert app.test_cli_runner().invoke(args=["backup-key", str(key)]).exit_code == 1
    assert key.read_text() == before
