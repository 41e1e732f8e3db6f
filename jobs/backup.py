"""Backup and restore: every table and every named file in one archive; keys and sessions never enter it.

A backup is a gzipped tar: tables/<name>.jsonl from one snapshot, then files/<sha256>, then manifest.json with the
counts and hashes by which a restore proves itself. Files are read after the database, and a stored file is never
changed, so every file that a row names is in the archive.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import sqlite3
import tarfile
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from flask_migrate import upgrade
from sqlalchemy import Column, Connection, DateTime, MetaData, Table, create_engine, func, inspect, select, text

from gateways.file_store import FileDamaged, FileMissing
from gateways.uploads import store
from models.db import db, utcnow

LEFT_OUT = {"staff_session", "staff_token", "failed_login", "rate", "heartbeat", "export", "alembic_version"}
SEARCH = "ticket_fts"  # rebuilt by the database itself
BATCH = 1000
PATIENCE_SECONDS = 30.0
FORMAT = 1


class BackupRefused(RuntimeError):
    """The archive or the database does not allow it; the text says why."""


def backup(target: Path) -> dict[str, Any]:
    """Write the archive (mode 0600, by rename) and return its manifest."""
    part = target.with_name(f".{target.name}.part")
    with (
        os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as raw,
        tarfile.open(fileobj=raw, mode="w:gz") as tar,
    ):
        with _snapshot() as connection:
            tables = _tables(connection)
            counts, hashes = {}, {}
            for table in tables:
                data, counts[table.name] = _dumped(connection, table)
                hashes[table.name] = hashlib.sha256(data).hexdigest()
                _add(tar, f"tables/{table.name}.jsonl", data)
            revision = connection.scalar(text("SELECT version_num FROM alembic_version"))
            named = _named_files(connection, tables)
        files, missing = _add_files(tar, named)
        manifest = {
            "format": FORMAT,
            "made_at": utcnow().isoformat(),
            "revision": revision,
            "counts": counts,
            "hashes": hashes,
            "files": files,
            "missing": missing,
        }
        _add(tar, "manifest.json", json.dumps(manifest, indent=1).encode())
    part.rename(target)
    return manifest


def restore(source: Path, replace: bool = False) -> dict[str, Any]:
    """Fill an empty database (or, with `replace`, empty it first) from an archive, on either kind of database.

    Mails wait as `held` until an administrator releases them. Raises BackupRefused before anything is written when
    the archive is damaged, or when the database holds staff and `replace` is not given.
    """
    with tarfile.open(source, "r:gz") as tar:
        manifest = json.loads(_read(tar, "manifest.json"))
        if manifest.get("format") != FORMAT:
            raise BackupRefused("This is no backup of this product, or one of a newer version.")
        dumps = {name: _read(tar, f"tables/{name}.jsonl") for name in manifest["counts"]}
        for name, data in dumps.items():
            if hashlib.sha256(data).hexdigest() != manifest["hashes"][name]:
                raise BackupRefused(f"The archive is damaged: table {name} does not match its hash.")
        for sha256 in manifest["files"]:
            if hashlib.sha256(_read(tar, f"files/{sha256}")).hexdigest() != sha256:
                raise BackupRefused(f"The archive is damaged: file {sha256} does not match its hash.")
        _refuse_to_overwrite(replace)
        _empty()
        upgrade(revision=manifest["revision"])
        _restore_files(tar, manifest["files"])  # before the rows that name them
        with db.engine.begin() as connection:
            _fill(connection, dumps)
            _check_counts(connection, manifest["counts"])
        upgrade()
    return dict(manifest)


@contextmanager
def _snapshot() -> Iterator[Connection]:
    """A connection that sees one moment of the database while others go on writing."""
    if db.engine.dialect.name != "sqlite":
        with db.engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
            yield connection
        return
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy.db"
        with db.engine.connect() as live:
            driver: Any = live.connection.dbapi_connection
            target = sqlite3.connect(copy)
            _copy(driver, target)
            target.close()
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


def _tables(connection: Connection) -> list[Table]:
    """The tables as they are in this database, parents first."""
    found = MetaData()
    names = [n for n in inspect(connection).get_table_names() if not n.startswith(SEARCH) and n not in LEFT_OUT]
    found.reflect(connection, only=names)
    return [t for t in found.sorted_tables if t.name in names]


def _columns(table: Table) -> list[Column[Any]]:
    return [c for c in table.columns if c.computed is None]


def _dumped(connection: Connection, table: Table) -> tuple[bytes, int]:
    columns, lines = _columns(table), []
    rows = connection.execution_options(yield_per=BATCH).execute(select(*columns).order_by(*table.primary_key.columns))
    for row in rows:
        lines.append(json.dumps({c.name: _plain(v) for c, v in zip(columns, row, strict=True)}, ensure_ascii=False))
    return ("\n".join(lines) + "\n" if lines else "").encode(), len(lines)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return (value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return {"base64": base64.b64encode(bytes(value)).decode()}
    return value if isinstance(value, str | int | float | bool | list | dict | None) else str(value)


def _typed(column: Column[Any], value: Any, naive: bool) -> Any:
    if value is None:
        return None
    if isinstance(column.type, DateTime):
        moment = datetime.fromisoformat(value)
        return moment.replace(tzinfo=None) if naive else moment
    if column.type.python_type is date:
        return date.fromisoformat(value)
    if isinstance(value, dict) and set(value) == {"base64"}:
        return base64.b64decode(value["base64"])
    return value


def _refuse_to_overwrite(replace: bool) -> None:
    if replace or "staff" not in inspect(db.engine).get_table_names():
        return
    with db.engine.connect() as connection:
        if connection.scalar(text("SELECT count(*) FROM staff")):
            raise BackupRefused("The database holds staff already; --replace empties it first.")


def _empty() -> None:
    names = inspect(db.engine).get_table_names()
    found = MetaData()
    with db.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            driver: Any = connection.connection.dbapi_connection
            driver.execute("PRAGMA foreign_keys=OFF")
            for name in names:
                if name == SEARCH or not name.startswith(SEARCH):
                    connection.execute(text(f'DROP TABLE IF EXISTS "{name}"'))
            connection.commit()
            driver.execute("PRAGMA foreign_keys=ON")
        else:
            found.reflect(connection)
            found.drop_all(connection)
            connection.commit()


def _fill(connection: Connection, dumps: dict[str, bytes]) -> None:
    sqlite = connection.dialect.name == "sqlite"
    for table in _tables(connection):
        own = [c for c in _columns(table) if any(k.column.table is table for k in c.foreign_keys)]
        rows = [json.loads(line) for line in dumps.get(table.name, b"").decode().splitlines()]
        rows = [{c.name: _typed(c, row.get(c.name), sqlite) for c in _columns(table)} for row in rows]
        _hold(table.name, rows)
        for start in range(0, len(rows), BATCH):
            later = [{**row, **dict.fromkeys((c.name for c in own), None)} for row in rows[start : start + BATCH]]
            connection.execute(table.insert(), later)
        for column in own:  # a row may point to one that comes after it
            for row in rows:
                if row[column.name] is not None:
                    connection.execute(
                        table.update().where(table.c.id == row["id"]).values({column.name: row[column.name]})
                    )
        if not sqlite and "id" in table.c and rows:
            connection.execute(
                text("SELECT setval(pg_get_serial_sequence(:table, 'id'), :last)"),
                {"table": table.name, "last": max(row["id"] for row in rows)},
            )


def _hold(name: str, rows: list[dict[str, Any]]) -> None:
    """What was on its way when the backup was made must not go out twice (security.md Z28)."""
    if name == "outbox":
        for row in rows:
            if row["state"] in ("queued", "claimed"):
                row["state"], row["leased_until"] = "held", None


def _check_counts(connection: Connection, counts: dict[str, int]) -> None:
    for table in _tables(connection):
        found = connection.scalar(select(func.count()).select_from(table)) or 0
        if found != counts.get(table.name, 0):
            raise BackupRefused(
                f"Table {table.name} holds {found} rows after the restore, not {counts.get(table.name, 0)}."
            )


def _named_files(connection: Connection, tables: list[Table]) -> list[str]:
    hashes: set[str] = set()
    for table in tables:
        if "sha256" in table.c:
            hashes |= set(connection.scalars(select(table.c.sha256).where(table.c.sha256 != "").distinct()))
    return sorted(h for h in hashes if h)


def _add_files(tar: tarfile.TarFile, hashes: list[str]) -> tuple[list[str], list[str]]:
    kept, missing = [], []
    for sha256 in hashes:
        try:
            with store().open(sha256) as stream:
                _add(tar, f"files/{sha256}", stream.read())
            kept.append(sha256)
        except (FileMissing, FileDamaged):
            missing.append(sha256)
    return kept, missing


def _restore_files(tar: tarfile.TarFile, hashes: list[str]) -> None:
    files = store()
    db.session.rollback()  # the limits were read; an open reader would keep SQLite from committing the rows
    for sha256 in hashes:
        files.put_back(sha256, _read(tar, f"files/{sha256}"))


def _add(tar: tarfile.TarFile, name: str, data: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size, info.mode, info.mtime = len(data), 0o600, int(utcnow().timestamp())
    tar.addfile(info, io.BytesIO(data))


def _read(tar: tarfile.TarFile, name: str) -> bytes:
    try:
        member = tar.extractfile(name)
    except KeyError:
        member = None
    if member is None:
        raise BackupRefused(f"The archive is incomplete: {name} is missing.")
    return member.read()
