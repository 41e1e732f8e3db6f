"""What a backup's archive is made of: its tables, its columns, its members; it writes and restores none.

A backup is a gzipped tar: tables/<name>.jsonl from one snapshot, then files/<sha256>, then manifest.json with the
counts and hashes by which a restore proves itself.
"""

from __future__ import annotations

import io
import tarfile
from typing import Any

from sqlalchemy import Column, Connection, MetaData, Table, inspect

from models.base.db import utcnow

LEFT_OUT = {"staff_session", "staff_token", "failed_login", "rate", "heartbeat", "export", "alembic_version"}
SEARCH = "ticket_fts"  # rebuilt by the database itself
BATCH = 1000
FORMAT = 1


class BackupRefused(RuntimeError):
    """The archive or the database does not allow it; the text says why."""


def tables_of(connection: Connection) -> list[Table]:
    """The tables as they are in this database, parents first."""
    found = MetaData()
    names = [n for n in inspect(connection).get_table_names() if not n.startswith(SEARCH) and n not in LEFT_OUT]
    found.reflect(connection, only=names)
    return [t for t in found.sorted_tables if t.name in names]


def columns_of(table: Table) -> list[Column[Any]]:
    return [c for c in table.columns if c.computed is None]


def add(tar: tarfile.TarFile, name: str, data: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size, info.mode, info.mtime = len(data), 0o600, int(utcnow().timestamp())
    tar.addfile(info, io.BytesIO(data))


def read(tar: tarfile.TarFile, name: str) -> bytes:
    try:
        member = tar.extractfile(name)
    except KeyError:
        member = None
    if member is None:
        raise BackupRefused(f"The archive is incomplete: {name} is missing.")
    return member.read()
