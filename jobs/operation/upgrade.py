"""Brings an installation to this version: a backup, the schema migration by migration, then a look whether all is well.

Killed anywhere, it goes on when it is called again: every migration is one transaction that notes itself.
"""

from __future__ import annotations

import fcntl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.migration import MigrationContext
from flask import current_app
from sqlalchemy.exc import DBAPIError

from jobs.operation.backup import backup
from jobs.operation.backup_timetable import STAMP, folder
from jobs.operation.schema import init_migrations
from models.base import setting
from models.base.db import db, utcnow
from models.base.version import VERSION
from procedures.operation.house_health import SERVES, examine
from procedures.operation.schema_head import known_schemas, schema_head
from procedures.operation.watched import WATCHED

LOCKED = ("55P03", "40P01")  # PostgreSQL: a lock was not had in time; a deadlock
TRIES, PAUSE_SECONDS = 6, 5.0
KEPT = 3  # archives of before an upgrade
LOOKS = {**SERVES, "keys": WATCHED["keys"]}


class UpgradeRefused(RuntimeError):
    """It cannot be done now; the text says why and what to do."""


def upgrade_house(tell: Callable[[str], None], with_backup: bool = True) -> bool:
    """Do all of it, telling each act in a line; true when something is not well afterwards.

    Raises UpgradeRefused and BackupRefused; the schema is then that of the last migration that was told.
    """
    with _one_at_a_time():
        here = _schema()
        if here == schema_head():
            tell(f"The schema is at {here}, as version {VERSION} needs it.")
        else:
            _refuse_unknown(here)
            if here and with_backup:
                tell(f"Backup of before: {_backup_of_before(here)}")
            _migrate(tell)
            _forget_old()
        return _is_bad(tell)


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """On this machine; between machines the migrations hold a lock of the database."""
    with (Path(current_app.config["INSTANCE_PATH"]) / ".upgrade.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UpgradeRefused("An upgrade is at work: wait until it has ended.") from None
        yield


def _schema() -> str:
    """The schema of the database; empty for a database without tables."""
    with db.engine.connect() as connection:
        return ", ".join(sorted(MigrationContext.configure(connection).get_current_heads()))


def _refuse_unknown(here: str) -> None:
    if here and here not in known_schemas():
        raise UpgradeRefused(
            f"The database has the schema {here[:40]!r}, which version {VERSION} does not know, since a newer one was "
            "here: install that version, or a later one; nothing was changed."
        )


def _backup_of_before(here: str) -> Path:
    ending = ".tar.gz.age" if setting.get("backup_public_key") else ".tar.gz"
    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    target = folder() / f"before-{VERSION}-{here}-{utcnow():{STAMP}}{ending}"
    backup(target)
    return target


def _migrate(tell: Callable[[str], None]) -> None:
    """Every migration that is missing; who holds a table is waited for, and not for ever."""
    init_migrations(current_app)
    db.session.remove()
    config = current_app.extensions["migrate"].migrate.get_config()
    config.attributes["tell"] = lambda revision: tell(f"Migration {revision}")
    for left in reversed(range(TRIES)):
        try:
            command.upgrade(config, "head")
            return
        except DBAPIError as fault:
            if getattr(fault.orig, "sqlstate", "") not in LOCKED:
                raise
            if not left:
                raise UpgradeRefused(
                    "Others hold the tables of the database: stop every web process and worker, then call this again; "
                    "it goes on where it was."
                ) from None
            tell("Somebody holds a table: trying again …")
            time.sleep(PAUSE_SECONDS)


def _forget_old() -> None:
    archives = sorted(folder().glob("before-*"), key=lambda path: path.stat().st_mtime)
    for path in archives[:-KEPT]:
        path.unlink(missing_ok=True)


def _is_bad(tell: Callable[[str], None]) -> bool:
    bad = False
    for finding in examine(LOOKS):
        tell(f"{'ok  ' if finding.is_well else 'BAD '} {finding.sentence}")
        bad = bad or not finding.is_well
    db.session.rollback()
    return bad
