"""Looks at everything of the installation, however long it takes, and says in plain sentences what is not well.

The quick looks are procedures/operation/house_health.py's; here are those that open files, servers and certificates.
"""

from __future__ import annotations

import socket
import sqlite3
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from flask import current_app
from flask_babel import force_locale
from sqlalchemy import func, select, text

from gateways.directory.interface import DirectoryError
from gateways.directory.open_directory import open_directory
from gateways.files.private import open_to_others
from gateways.files.uploads import store
from gateways.issuer import IssuerUnreachable
from gateways.smtp import SendLater, open_door
from jobs.operation.tidy import hashes_in_use
from models.base.db import db, utcnow
from models.organisation.roles import Role
from models.organisation.staff import Staff, StaffRole, has_demo_accounts
from models.outages.network import WebService
from procedures.base.replica import state_of_replica
from procedures.operation.house_health import Finding, Look
from procedures.operation.house_health import examine as look_at
from procedures.operation.watched import WATCHED
from procedures.organisation.campus_issuer import issuer
from procedures.tickets.readiness import points

CERTIFICATE_DAYS = 14  # time enough to renew one
ENOUGH_FOR_EMERGENCIES = 2  # administrators whose password opens when the campus is away
SECONDS = 5.0  # for a server's certificate
NAMED = 3  # open files, in one line


def examine() -> Iterator[Finding]:
    """Everything that is looked at, in order; a database that is away ends the examination."""
    for finding in look_at({**WATCHED, **SLOW}):
        yield finding
        if finding.name == "database" and not finding.is_well:
            return
    yield from _setup()


def _sqlite() -> tuple[bool, str]:
    if db.engine.dialect.name != "sqlite":
        return True, "PostgreSQL keeps its files itself."
    check = db.session.scalar(text("PRAGMA integrity_check"))
    mode = db.session.scalar(text("PRAGMA journal_mode"))
    is_safe = mode != "wal" or sqlite3.sqlite_version_info >= (3, 51, 3)
    said = f"SQLite {sqlite3.sqlite_version} with journal mode {mode}; its integrity check: {check}."
    return check == "ok" and is_safe, said


def _files() -> tuple[bool, str]:
    damaged = store().verify(hashes_in_use())
    said = f"{len(damaged)} stored files are missing or damaged" + (f": {', '.join(damaged[:5])}." if damaged else ".")
    return not damaged, said


def _mail_server() -> tuple[bool, str]:
    if current_app.config["MAIL_AS_FILES"]:
        return True, f"Mails are kept as files in {current_app.config['MAIL_AS_FILES']}."
    server = current_app.config["MAIL_SERVER"]
    try:
        with open_door():
            return True, f"The mail server {server} answers."
    except SendLater as fault:
        return False, f"The mail server {server} is not reached safely: {fault}."


def _directory() -> tuple[bool, str]:
    url = current_app.config.get("DIRECTORY_URL")
    if not url:
        return True, "No directory is connected: the register stands alone."
    try:
        open_directory(current_app.config).find("doctor-looks-for-nobody")
    except DirectoryError as fault:
        return False, f"The directory {url} does not answer as it should: {fault.detail}."
    return True, f"The directory {url} answers."


def _campus() -> tuple[bool, str]:
    """The issuer by which staff sign in, and who still comes in when it is away."""
    config = current_app.config
    of = issuer()
    if of is None and not config["DIRECTORY_SIGN_IN"]:
        return True, "Nobody signs in through the campus."
    said = ["The directory opens the panel for staff."] if config["DIRECTORY_SIGN_IN"] else []
    try:
        if of is not None:
            of.is_well()
            said.append(f"The issuer {config['OIDC_ISSUER']} answers.")
    except IssuerUnreachable as fault:
        return False, f"The issuer {config['OIDC_ISSUER']} does not answer as it should: {fault}."
    holds = select(func.count()).select_from(StaffRole).join(Staff)
    holds = holds.where(StaffRole.role == Role.ADMINISTRATOR.value, Staff.is_active, Staff.is_break_glass)
    kept = int(db.session.scalar(holds) or 0)
    if config["LOCAL_SIGN_IN"] == "break_glass" and kept < ENOUGH_FOR_EMERGENCIES:
        return False, f"{kept} administrators have an emergency login: mark two before the campus is away."
    return True, " ".join(said)


def _certificates() -> tuple[bool, str]:
    """Our own, and those of the watched services, as the watch last saw them."""
    before = utcnow() + timedelta(days=CERTIFICATE_DAYS)
    near = select(WebService.name, WebService.certificate_ends_at).where(
        WebService.is_watched, WebService.certificate_ends_at < before
    )
    ending = {name: ends for name, ends in db.session.execute(near).tuples() if ends}
    db.session.rollback()  # no transaction is open while a server is asked
    if (own := _own_certificate_ends_at()) is not None and own < before:
        ending["BASE_URL"] = own
    said = ", ".join(f"{name} on {ends:%Y-%m-%d}" for name, ends in sorted(ending.items()))
    return not ending, f"Certificates end soon: {said}." if ending else "No certificate ends within two weeks."


def _own_certificate_ends_at() -> datetime | None:
    """None where BASE_URL has none, or where it cannot be reached from here, as behind many proxies."""
    url = urlsplit(current_app.config["BASE_URL"])
    if url.scheme != "https" or not url.hostname:
        return None
    try:
        with (
            socket.create_connection((url.hostname, url.port or 443), SECONDS) as line,
            ssl.create_default_context().wrap_socket(line, server_hostname=url.hostname) as safe,
        ):
            ends = str((safe.getpeercert() or {})["notAfter"])
    except ssl.SSLCertVerificationError:
        return utcnow()
    except (OSError, KeyError):
        return None
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(ends), UTC)


def _permissions() -> tuple[bool, str]:
    """Every file of the instance, not only the keys (security.md S21)."""
    config = current_app.config
    folder = Path(config["INSTANCE_PATH"])
    found = [str(path) for path in open_to_others(folder)]
    if found and config["HELPDESK_ENV"] == "production":
        some = ", ".join(found[:NAMED]) + (" …" if len(found) > NAMED else "")
        return (
            False,
            f"Others on this machine may read or enter {len(found)} files and folders: {some}; chmod -R go= {folder}",
        )
    return True, f"What lies in {folder} is nobody else's to read."


def _people() -> tuple[bool, str]:
    holds = select(func.count()).select_from(StaffRole).join(Staff)
    admins = db.session.scalar(holds.where(StaffRole.role == Role.ADMINISTRATOR.value, Staff.is_active))
    if has_demo_accounts() and current_app.config["HELPDESK_ENV"] == "production":
        return False, "Demo accounts exist: production must not run with them."
    return bool(admins), f"{admins} administrator{' is' if admins == 1 else 's are'} active."


SLOW: dict[str, Look] = {
    "replica": state_of_replica,
    "sqlite": _sqlite,
    "files": _files,
    "mail_server": _mail_server,
    "directory": _directory,
    "campus": _campus,
    "certificates": _certificates,
    "permissions": _permissions,
    "people": _people,
}


def _setup() -> Iterator[Finding]:
    """The points of the page “Penyiapan” that wait for somebody."""
    with force_locale("en"):
        left = [point for point in points().values() if not point.is_done]
        for point in left:
            yield Finding("setup", False, f"Set-up, step {point.number}, {point.title}: {point.fact}.")
    if not left:
        yield Finding("setup", True, "The set-up is complete.")
