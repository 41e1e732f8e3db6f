"""Backup: every table and every named file in one archive; keys and sessions never enter it.

Files are read after the database, and a stored file is never changed, so every file that a row names is in the
archive.
"""

from __future__ import annotations

import base64
import hashlib
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

from sqlalchemy import Connection, Table, create_engine, select, text

from gateways.files.file_store import FileDamaged, FileMissing
from gateways.files.uploads import store
from jobs.operation.archive import BATCH, FORMAT, add, columns_of, tables_of
from models.base.db import db, utcnow

PATIENCE_SECONDS = 30.0


def backup(target: Path) -> dict[str, Any]:
    """Write the archive (mode 0600, by rename) and return its manifest."""
    part = target.with_name(f".{target.name}.part")
    with (
        os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as raw,
        tarfile.open(fileobj=raw, mode="w:gz") as tar,
    ):
        with _snapshot() as connection:
            tables = tables_of(connection)
            counts, hashes = {}, {}
            for table in tables:
                data, counts[table.name] = _dumped(connection, table)
                hashes[table.name] = hashlib.sha256(data).hexdigest()
                add(tar, f"tables/{table.name}.jsonl", data)
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
        add(tar, "manifest.json", json.dumps(manifest, indent=1).encode())
    part.rename(target)
    return manifest


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


def _dumped(connection: Connection, table: Table) -> tuple[bytes, int]:
    columns, lines = columns_of(table), []
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
                add(tar, f"files/{sha256}", stream.read())
            kept.append(sha256)
        except (FileMissing, FileDamaged):
            missing.append(sha256)
    return kept, missing
