"""Looks whether the installation is well, and says in plain sentences what is not."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from flask_babel import force_locale
from sqlalchemy import func, select, text

from gateways.files.last_backup import last_backup_at
from gateways.files.uploads import store
from gateways.smtp import SendLater, open_door
from jobs.operation.tidy import hashes_in_use
from models.base import heartbeat, setting
from models.base.db import db, utcnow
from models.organisation.roles import Role
from models.organisation.staff import Staff, StaffRole, has_demo_accounts
from models.tickets.link_key import wrong_keys
from models.tickets.outbox import Mail, MailState
from models.tickets.ticket import Ticket
from models.tickets.ticket_keys import keys
from procedures.tickets.readiness import points

LEAST_FREE = 1024**3
OLDEST_BACKUP_HOURS = 26  # one a day, and two hours to make it


@dataclass(frozen=True)
class DoctorFinding:
    """One thing looked at: is it well, and the sentence about it."""

    is_well: bool
    sentence: str


def examine() -> Iterator[DoctorFinding]:
    """Everything that is looked at, in order; a database that is away ends the examination."""
    try:
        db.session.execute(text("SELECT 1"))
    except Exception as fault:  # whatever keeps it away, the operator must read it
        yield DoctorFinding(False, f"The database does not answer: {type(fault).__name__}.")
        return
    yield DoctorFinding(True, f"The database answers ({db.engine.dialect.name}).")
    yield _schema()
    yield from _sqlite()
    yield _disk()
    yield _files()
    yield _mail()
    yield _worker()
    yield from _sweeps()
    yield from _keys()
    yield _dead_mails()
    yield _people()
    yield _backup()
    yield from _setup()


def _schema() -> DoctorFinding:
    with db.engine.connect() as connection:
        here = set(MigrationContext.configure(connection).get_current_heads())
    head = set(ScriptDirectory(str(Path(current_app.root_path) / "migrations")).get_heads())
    return DoctorFinding(
        here == head,
        f"The schema is at {', '.join(sorted(here)) or 'nothing'}"
        + ("." if here == head else f", not at {', '.join(head)}: run db upgrade."),
    )


def _sqlite() -> Iterator[DoctorFinding]:
    if db.engine.dialect.name != "sqlite":
        return
    check = db.session.scalar(text("PRAGMA integrity_check"))
    yield DoctorFinding(check == "ok", f"SQLite's integrity check: {check}.")
    mode = db.session.scalar(text("PRAGMA journal_mode"))
    safe = mode != "wal" or sqlite3.sqlite_version_info >= (3, 51, 3)
    yield DoctorFinding(safe, f"SQLite {sqlite3.sqlite_version} with journal mode {mode}.")


def _disk() -> DoctorFinding:
    free = shutil.disk_usage(current_app.config["INSTANCE_PATH"]).free
    return DoctorFinding(free > LEAST_FREE, f"{free // 1024**2} MB are free on the disk of the instance folder.")


def _files() -> DoctorFinding:
    damaged = store().verify(hashes_in_use())
    return DoctorFinding(
        not damaged,
        f"{len(damaged)} stored files are missing or damaged" + (f": {', '.join(damaged[:5])}." if damaged else "."),
    )


def _mail() -> DoctorFinding:
    if current_app.config["MAIL_AS_FILES"]:
        return DoctorFinding(True, f"Mails are kept as files in {current_app.config['MAIL_AS_FILES']}.")
    try:
        with open_door():
            return DoctorFinding(True, f"The mail server {current_app.config['MAIL_SERVER']} answers.")
    except SendLater as fault:
        return DoctorFinding(
            False, f"The mail server {current_app.config['MAIL_SERVER']} is not reached safely: {fault}."
        )


def _worker() -> DoctorFinding:
    beat = heartbeat.last_beat()
    if beat is None:
        return DoctorFinding(False, "No worker has ever run: start `flask --app app work`.")
    return DoctorFinding(not heartbeat.is_silent(beat), f"A worker was last seen at {beat:%Y-%m-%d %H:%M:%S} UTC.")


def _sweeps() -> Iterator[DoctorFinding]:
    for sweep in db.session.scalars(select(heartbeat.Sweep).where(heartbeat.Sweep.last_error != "")):
        yield DoctorFinding(False, f"The job {sweep.name} failed: {sweep.last_error}.")


def _keys() -> Iterator[DoctorFinding]:
    for key_id in wrong_keys(keys()):
        yield DoctorFinding(
            False, f"LINK_KEY has another secret under {key_id!r} than the one of old tickets: put it back."
        )
    used = set(db.session.scalars(select(Ticket.link_key_id).distinct()))
    lost = sorted(key for key in used if key not in keys())
    yield DoctorFinding(
        not lost,
        f"Keys lost for access codes of old tickets: {', '.join(lost)}."
        if lost
        else "All keys of access codes are here.",
    )


def _dead_mails() -> DoctorFinding:
    count = db.session.scalar(select(func.count()).where(Mail.state == MailState.DEAD)) or 0
    return DoctorFinding(
        count == 0, f"{count} mails were given up; see the outbox in the panel." if count else "No mail was given up."
    )


def _people() -> DoctorFinding:
    admins = db.session.scalar(
        select(func.count())
        .select_from(StaffRole)
        .join(Staff)
        .where(StaffRole.role == Role.ADMINISTRATOR.value, Staff.is_active)
    )
    if has_demo_accounts() and current_app.config["HELPDESK_ENV"] == "production":
        return DoctorFinding(False, "Demo accounts exist: production must not run with them.")
    return DoctorFinding(bool(admins), f"{admins} administrators are active.")


def _backup() -> DoctorFinding:
    """Its age, and whether a stranger who finds it can read it."""
    last = last_backup_at()
    if last is None:
        return DoctorFinding(False, "No backup has been made: start a worker, or run `flask --app app backup FILE`.")
    hours = int((utcnow() - last).total_seconds() // 3600)
    how = (
        "encrypted" if setting.get("backup_public_key") else "not encrypted (`flask --app app backup-key` makes a key)"
    )
    return DoctorFinding(hours <= OLDEST_BACKUP_HOURS, f"The last backup was made {hours} hours ago, {how}.")


def _setup() -> Iterator[DoctorFinding]:
    """The points of the page “Penyiapan” that wait for somebody."""
    with force_locale("en"):
        left = [point for point in points().values() if not point.is_done]
        for point in left:
            yield DoctorFinding(False, f"Set-up, step {point.number}, {point.title}: {point.fact}.")
    if not left:
        yield DoctorFinding(True, "The set-up is complete.")
