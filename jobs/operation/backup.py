"""Backup: every table and every named file in one archive; keys and sessions stay out of it.

Files are read after the database, and a stored file is never changed, so every file that a row names is in the
archive.
"""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import sqlite3
import tarfile
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, Any

from flask import current_app
from sqlalchemy import Connection, Table, create_engine, select, text

from gateways.files.age import encrypt
from gateways.files.file_store import FileDamaged, FileMissing
from gateways.files.last_backup import note_backup
from gateways.files.uploads import store
from jobs.operation.archive import BATCH, MANIFEST, Manifest, add, columns_of, tables_of
from jobs.operation.archive_values import written
from jobs.operation.backup_faults import faults_in_words, refuse_unsound_copy
from jobs.operation.house import house_of_this_database
from jobs.operation.one_at_a_time import one_at_a_time
from models.base import setting
from models.base.db import db, utcnow
from models.base.whole_file import sync
from models.tickets.ticket_keys import keys

PATIENCE_SECONDS = 30.0
ASIDE_KEPT_SECONDS = 24 * 3600  # the house before a restore stays at least so long


def backup(target: Path) -> Manifest:
    """Write the archive (mode 0600, by rename, encrypted where the settings name a public key); returns its list.

    The house that a restore kept aside goes with the first backup that begins a day after it. BackupRefused, with
    nothing left half and older archives untouched, for a disk that is full or shut and a database that is damaged.
    """
    part, work = target.with_name(f".{target.name}.part"), work_folder()
    with faults_in_words(target, work), one_at_a_time():
        public_key = str(setting.get("backup_public_key"))
        db.session.rollback()
        try:
            with _workplace(work) as folder:
                manifest = _fill(part, folder, public_key)
            part.rename(target)
            sync(target.parent)
        finally:
            part.unlink(missing_ok=True)
        note_backup()
        _forget_house_aside()
    return manifest


def work_folder() -> Path:
    """Where copies lie while a backup is made."""
    return Path(current_app.config["INSTANCE_PATH"]) / "backup-work"


def _fill(part: Path, folder: Path, public_key: str) -> Manifest:
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        if public_key:
            with tempfile.TemporaryFile(dir=folder) as plain:
                manifest = _write(plain, folder)
                plain.seek(0)
                encrypt(plain, file, public_key)
        else:
            manifest = _write(file, folder)
        file.flush()
        os.fsync(file.fileno())
    return manifest


@contextmanager
def _workplace(folder: Path) -> Iterator[Path]:
    """This folder for copies, its owner's alone; what a killed backup left there is removed."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _forget_house_aside() -> None:
    house = house_of_this_database()
    since = house.kept_since()
    if since is not None and time.time() - since > ASIDE_KEPT_SECONDS:
        house.forget_aside()


def _write(file: IO[bytes], folder: Path) -> Manifest:
    counts, hashes = dict[str, int](), dict[str, str]()
    with tarfile.open(fileobj=file, mode="w:gz") as tar:
        with _snapshot(folder) as connection:
            tables = tables_of(connection)
            for table in tables:
                counts[table.name], hashes[table.name] = _add_table(tar, connection, table, folder)
            revision = connection.scalar(text("SELECT version_num FROM alembic_version"))
            named = _named_files(connection, tables)
        files, missing = _add_files(tar, named)
        made_at = utcnow().isoformat()
        manifest = Manifest(made_at, str(revision), counts, hashes, files, missing, keys().fingerprints())
        listed = manifest.as_json()
        add(tar, MANIFEST, io.BytesIO(listed), len(listed))
    return manifest


@contextmanager
def _snapshot(folder: Path) -> Iterator[Connection]:
    """A connection that sees one moment of the database while others go on writing."""
    if db.engine.dialect.name != "sqlite":
        with db.engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
            connection.execute(text("SET LOCAL statement_timeout = 0"))
            connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
            yield connection
        return
    copy = folder / "copy.db"
    with db.engine.connect() as live:
        driver: Any = live.connection.dbapi_connection
        with closing(sqlite3.connect(copy)) as target:
            _copy(driver, target)
            refuse_unsound_copy(target)
    engine = create_engine(f"sqlite:///{copy}")
    with engine.connect() as connection:
        yield connection
    engine.dispose()


class _TooBusy(Exception):
    """Others write so often that a copy in small steps would begin anew for ever."""


def _copy(live: sqlite3.Connection, target: sqlite3.Connection) -> None:
    """In small steps, between which others write; after a while in one go, for which they wait."""
    ends = time.monotonic() + PATIENCE_SECONDS

    def step(_status: int, remaining: int, _total: int) -> None:
        if remaining and time.monotonic() > ends:
            raise _TooBusy

    try:
        live.backup(target, pages=2000, progress=step)
    except _TooBusy:
        live.backup(target)


def _add_table(tar: tarfile.TarFile, connection: Connection, table: Table, folder: Path) -> tuple[int, str]:
    """Add a table's rows by way of a nameless file, since a tar says each size first; their count and hash."""
    columns, digest, count = columns_of(table), hashlib.sha256(), 0
    asked = select(*columns).order_by(*table.primary_key.columns).execution_options(yield_per=BATCH)
    with tempfile.TemporaryFile(dir=folder) as lines:
        for row in connection.execute(asked):
            line = written(columns, row)
            digest.update(line)
            lines.write(line)
            count += 1
        size = lines.tell()
        lines.seek(0)
        add(tar, f"tables/{table.name}.jsonl", lines, size)
    return count, digest.hexdigest()


def _named_files(connection: Connection, tables: list[Table]) -> list[str]:
    hashes: set[str] = set()
    for table in tables:
        if "sha256" in table.c:
            hashes |= set(connection.scalars(select(table.c.sha256).where(table.c.sha256 != "").distinct()))
    return sorted(h for h in hashes if h)


def _add_files(tar: tarfile.TarFile, hashes: list[str]) -> tuple[list[str], list[str]]:
    """Add every file that is whole; returns the hashes of those, and of those that are lost."""
    files, kept, missing = store(), list[str](), list[str]()
    db.session.rollback()  # the limits were read
    for sha256 in hashes:
        try:
            with files.open(sha256, whatever_size=True) as stream:
                add(tar, f"files/{sha256}", stream, os.fstat(stream.fileno()).st_size)
            kept.append(sha256)
        except (FileMissing, FileDamaged):
            missing.append(sha256)
    return kept, missing
