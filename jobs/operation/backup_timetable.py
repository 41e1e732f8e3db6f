"""Backs up once a day at the hour of the settings, and keeps the archives of some days and some months."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from flask import current_app

from jobs.operation.backup import backup, work_folder
from jobs.operation.backup_faults import faults_in_words
from models.base import setting
from models.base.calendar import working_hours
from models.base.db import db, utcnow
from models.base.lease import CLOCKS_DIFFER

NAME = re.compile(r"helpdesk-(\d{8}T\d{6}Z)\.tar\.gz(\.age)?")
BEFORE = re.compile(r"before-.+-(\d{8}T\d{6}Z)\.tar\.gz(\.age)?")  # an upgrade's own
STAMP = "%Y%m%dT%H%M%SZ"


def run_due_backup() -> None:
    """Make today's archive in the folder of backups unless it is there, then remove those past keeping."""
    due = _due_since()
    if due is None:
        return
    past = [made_at for made_at in kept().values() if made_at <= utcnow() + CLOCKS_DIFFER]  # a clock was ahead once
    if past and max(past) >= due:
        return
    with faults_in_words(folder(), work_folder()):
        folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    ending = ".tar.gz.age" if setting.get("backup_public_key") else ".tar.gz"
    backup(folder() / f"helpdesk-{utcnow():{STAMP}}{ending}")
    forget_old()


def folder() -> Path:
    chosen = current_app.config["BACKUP_FOLDER"]
    return Path(chosen) if chosen else Path(current_app.config["INSTANCE_PATH"]) / "backups"


def kept() -> dict[Path, datetime]:
    """The archives of the timetable, each with the moment at which it was begun; other files are left alone."""
    return _stamped(NAME)


def _stamped(name: re.Pattern[str]) -> dict[Path, datetime]:
    """The files of the folder that are called so, each with the moment in its name."""
    found = {}
    for path in folder().glob("*.tar.gz*"):
        if shape := name.fullmatch(path.name):
            found[path] = datetime.strptime(shape[1], STAMP).replace(tzinfo=UTC)
    return found


def forget_old() -> None:
    """After a backup: remove the archives past keeping, and halves of a backup that was killed."""
    forget_archives()
    for half in folder().glob(".helpdesk-*.part"):
        half.unlink(missing_ok=True)


def forget_archives() -> None:
    """Keep the archives of the last days, the first of each of the last months, and always the newest.

    The months are counted back from the present one (UTC), whether or not they have an archive: one of long ago would
    hold what the house has forgotten since. Archives of before an upgrade go with the last of these months.
    """
    days, months = int(setting.get("backup_days_kept")), int(setting.get("backup_months_kept"))
    db.session.rollback()
    now = utcnow()
    since, oldest = now - timedelta(days=days), _month(now) - months + 1
    archives = sorted(kept().items(), key=lambda one: one[1])
    of_upgrades = _stamped(BEFORE)
    newest = max([made_at for _path, made_at in archives] + list(of_upgrades.values()), default=now)
    firsts: dict[int, Path] = {}
    for path, made_at in archives:
        firsts.setdefault(_month(made_at), path)
    stays = {path for month, path in firsts.items() if month >= oldest}
    stays |= {path for path, made_at in of_upgrades.items() if _month(made_at) >= oldest}
    for path, made_at in [*archives[:-1], *of_upgrades.items()]:
        if path not in stays and made_at < min(since, newest):
            path.unlink(missing_ok=True)


def _month(moment: datetime) -> int:
    """A month as a number that grows by one from each to the next."""
    return moment.year * 12 + moment.month


def _due_since() -> datetime | None:
    """The latest moment at which a backup was due, or None when the settings name no hour."""
    hour = str(setting.get("backup_at"))
    zone = ZoneInfo(working_hours().zone)
    db.session.rollback()
    if not hour:
        return None
    now = utcnow().astimezone(zone)
    today = datetime.combine(now.date(), time.fromisoformat(hour), zone)
    return today if today <= now else datetime.combine(now.date() - timedelta(days=1), time.fromisoformat(hour), zone)
