"""What of a row is sealed, in which form: canonical JSON of its plain facts, and digests of what may be forgotten.

A digest is an HMAC with the key, the row and the field, so that nobody can try names against it, and equal words of two
rows have different digests. When the words go, their digest stays with the seal, and the chain still proves the rest.
"""

from __future__ import annotations

import hmac
import json
from datetime import UTC, datetime
from typing import Protocol, TypeAlias

from sqlalchemy import Table

from models.base.columns.json_value import Held
from models.base.db import Base, db
from models.organisation.audit import AuditEntry
from models.tickets.evidence.seal import SealedKind
from models.tickets.ticket import Event

MODELS: dict[str, type[AuditEntry | Event]] = {SealedKind.AUDIT.value: AuditEntry, SealedKind.EVENT.value: Event}
PLAIN: dict[str, tuple[str, ...]] = {
    "audit": ("staff_id", "act", "object_kind", "object_id"),
    "event": (
        "ticket_id",
        "kind",
        "step",
        "number",
        "from_state",
        "to_state",
        "actor_kind",
        "staff_id",
        "on_behalf_of",
        "version",
        "once",
    ),
}
WORDS: dict[str, tuple[str, ...]] = {"audit": ("actor_name", "ip"), "event": ("actor_name", "text", "ip", "is_public")}
FACTS: dict[str, str] = {"audit": "diff", "event": "data"}
"""The column whose values are digested one by one, each under "column.name"."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_dumps = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode


class SealedRow(Protocol):
    """A row of the audit or of a history, as a statement over its table gives it."""

    id: int
    at: datetime
    staff_id: int | None
    actor_name: str
    ip: str


Forgot: TypeAlias = dict[str, list[str]]
"""Of each field that was emptied by rule the digests of its first and of its present value."""


def table_of(model: type[Base]) -> Table:
    return db.metadata.tables[model.__tablename__]


def digest(key: bytes, kind: str, row_id: int, field: str, value: Held) -> str:
    """128 bits that stand for one value of one row; nothing stands for nothing."""
    if value is None or value == "":
        return ""
    return hmac.digest(key, f"{kind}|{row_id}|{field}|{_dumps(value)}".encode(), "sha256").hex()[:32]


def values_of(kind: str, row: SealedRow) -> dict[str, Held]:
    """The fields of a row that are sealed by their digest."""
    found: dict[str, Held] = {name: getattr(row, name) for name in WORDS[kind]}
    column = FACTS[kind]
    found.update((f"{column}.{name}", value) for name, value in (getattr(row, column) or {}).items())
    return found


def digests_of(key: bytes, kind: str, row: SealedRow) -> dict[str, str]:
    return {name: digest(key, kind, row.id, name, value) for name, value in values_of(kind, row).items()}


def seal_of(key: bytes, before: str, seq: int, kind: str, row: SealedRow, digests: dict[str, str]) -> str:
    """The seal of a row that stands behind the seal `before`."""
    at = row.at
    micros = (at - _EPOCH).days * 86_400_000_000 + (at - _EPOCH).seconds * 1_000_000 + at.microsecond
    plain = [getattr(row, name) for name in PLAIN[kind]]
    said = [before, seq, kind, row.id, micros, plain, {name: value for name, value in digests.items() if value}]
    return hmac.digest(key, _dumps(said).encode(), "sha256").hex()
