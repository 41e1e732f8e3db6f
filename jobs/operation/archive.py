"""What a backup's archive is made of, and the manifest by which whoever restores it proves it whole.

An archive is a gzipped tar, as a whole encrypted by age where the settings name a public key: tables/<name>.jsonl from
one snapshot, then files/<sha256>, then manifest.json.
"""

from __future__ import annotations

import json
import re
import tarfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import IO, Any

from sqlalchemy import JSON, Column, Connection, MetaData, Table, inspect

from models.base.columns.json_value import Held
from models.base.db import utcnow

LEFT_OUT = {"staff_session", "staff_token", "failed_login", "rate", "heartbeat", "export", "alembic_version"}
SEARCH = ("ticket_fts", "file_fts", "article_fts")  # rebuilt by the database itself
BATCH = 1000  # rows that are held at once
FORMAT = 1
MANIFEST = "manifest.json"
TABLE = re.compile(r"tables/([a-z][a-z0-9_]*)\.jsonl")
FILE = re.compile(r"files/([0-9a-f]{64})")


class BackupRefused(RuntimeError):
    """The archive, the database or the machine does not allow it; the text says why and what to do."""


@dataclass(frozen=True)
class Manifest:
    """The list of an archive: rows and SHA-256 a table, files that are in it and files that were lost before it.

    `keys` are the fingerprints of LINK_KEY by id, so that a house is opened again with its own keys; archives made
    before version 0.4 have none.
    """

    made_at: str
    revision: str
    counts: dict[str, int]
    hashes: dict[str, str]
    files: list[str]
    missing: list[str]
    keys: dict[str, str]
    format: int = FORMAT

    @property
    def rows(self) -> int:
        return sum(self.counts.values())

    def as_json(self) -> bytes:
        return json.dumps(asdict(self), indent=1).encode()

    @classmethod
    def parse(cls, raw: bytes) -> Manifest:
        """Read what a backup wrote; BackupRefused for anything else."""
        try:
            facts = json.loads(raw)
        except ValueError:
            facts = None
        if not isinstance(facts, dict) or "format" not in facts:
            raise BackupRefused("This is no backup of this helpdesk: its list (manifest.json) cannot be read.")
        if facts["format"] != FORMAT:
            raise BackupRefused("This backup was made by a newer version: update the helpdesk first, then restore it.")
        facts.setdefault("keys", {})
        known: dict[str, Any] = {name: facts.get(name) for name in cls.__dataclass_fields__}
        if not _is_sound(known):
            raise BackupRefused("The archive is damaged: its list (manifest.json) is not as a backup writes it.")
        return cls(**known)


def _is_sound(facts: Mapping[str, Any]) -> bool:
    """Has every entry of a manifest its type?"""

    def mapping(name: str, kind: type) -> bool:
        found = facts[name]
        return isinstance(found, dict) and all(type(value) is kind for value in found.values())

    def texts(name: str) -> bool:
        return isinstance(facts[name], list) and all(isinstance(one, str) for one in facts[name])

    try:
        datetime.fromisoformat(facts["made_at"])
    except (TypeError, ValueError):
        return False
    return (
        isinstance(facts["revision"], str)
        and mapping("counts", int)
        and mapping("hashes", str)
        and mapping("keys", str)
        and texts("files")
        and texts("missing")
        and set(facts["counts"]) == set(facts["hashes"])
    )


def tables_of(connection: Connection) -> list[Table]:
    """The tables as they are in this database, parents first; NULL in a JSON column stays NULL."""
    found = MetaData()
    names = [n for n in inspect(connection).get_table_names() if not n.startswith(SEARCH) and n not in LEFT_OUT]
    found.reflect(connection, only=names)
    tables = [t for t in found.sorted_tables if t.name in names]
    for column in (c for table in tables for c in table.columns):
        if isinstance(column.type, JSON):
            column.type.none_as_null = bool(column.nullable)
    return tables


def columns_of(table: Table) -> list[Column[Held]]:
    return [c for c in table.columns if c.computed is None]


def add(tar: tarfile.TarFile, name: str, data: IO[bytes], size: int) -> None:
    """Write one member from where `data` stands."""
    info = tarfile.TarInfo(name)
    info.size, info.mode, info.mtime = size, 0o600, int(utcnow().timestamp())
    tar.addfile(info, data)
