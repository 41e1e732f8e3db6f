"""Restore: fills a database from a backup's archive, on either kind of database; it sends no mail that was waiting.

Files are put back before the rows that name them, and nothing is written before the whole archive has proved itself.
"""

from __future__ import annotations

import base64
import hashlib
import json
import tarfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

from flask import current_app
from flask_migrate import upgrade
from sqlalchemy import Column, Connection, DateTime, MetaData, func, inspect, select, text

from gateways.files.uploads import store
from jobs.operation.archive import BATCH, FORMAT, SEARCH, BackupRefused, columns_of, read, tables_of
from jobs.operation.schema import init_migrations
from models.base.db import db


def restore(source: Path, replace: bool = False) -> dict[str, Any]:
    """Fill an empty database (or, with `replace`, empty it first) from an archive, on either kind of database.

    Mails wait as `held` until an administrator releases them. Raises BackupRefused before anything is written when
    the archive is damaged, or when the database holds staff and `replace` is not given.
    """
    with tarfile.open(source, "r:gz") as tar:
        manifest = json.loads(read(tar, "manifest.json"))
        if manifest.get("format") != FORMAT:
            raise BackupRefused("This is no backup of this product, or one of a newer version.")
        dumps = {name: read(tar, f"tables/{name}.jsonl") for name in manifest["counts"]}
        for name, data in dumps.items():
            if hashlib.sha256(data).hexdigest() != manifest["hashes"][name]:
                raise BackupRefused(f"The archive is damaged: table {name} does not match its hash.")
        for sha256 in manifest["files"]:
            if hashlib.sha256(read(tar, f"files/{sha256}")).hexdigest() != sha256:
                raise BackupRefused(f"The archive is damaged: file {sha256} does not match its hash.")
        _refuse_to_overwrite(replace)
        _empty()
        init_migrations(current_app)
        upgrade(revision=manifest["revision"])
        _restore_files(tar, manifest["files"])  # before the rows that name them
        with db.engine.begin() as connection:
            _fill(connection, dumps)
            _check_counts(connection, manifest["counts"])
        upgrade()
    return dict(manifest)


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
    for table in tables_of(connection):
        own = [c for c in columns_of(table) if any(k.column.table is table for k in c.foreign_keys)]
        rows = [json.loads(line) for line in dumps.get(table.name, b"").decode().splitlines()]
        rows = [{c.name: _typed(c, row.get(c.name), sqlite) for c in columns_of(table)} for row in rows]
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


def _hold(name: str, rows: list[dict[str, Any]]) -> None:
    """What was on its way when the backup was made must not go out twice (security.md Z28)."""
    if name == "outbox":
        for row in rows:
            if row["state"] in ("queued", "claimed"):
                row["state"], row["leased_until"] = "held", None


def _check_counts(connection: Connection, counts: dict[str, int]) -> None:
    for table in tables_of(connection):
        found = connection.scalar(select(func.count()).select_from(table)) or 0
        if found != counts.get(table.name, 0):
            raise BackupRefused(
                f"Table {table.name} holds {found} rows after the restore, not {counts.get(table.name, 0)}."
            )


def _restore_files(tar: tarfile.TarFile, hashes: list[str]) -> None:
    files = store()
    db.session.rollback()  # the limits were read; an open reader would keep SQLite from committing the rows
    for sha256 in hashes:
        files.put_back(sha256, read(tar, f"files/{sha256}"))
