"""One alert as another monitor sent it, in the same words whichever monitor it was."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from models.base.columns.json_value import Json

LONGEST_HOST = 500
LONGEST_TEXT = 1_000


class Says(StrEnum):
    """What an alert says of its host."""

    FIRING = "firing"
    RESOLVED = "resolved"
    OTHER = "other"  # a test of the connection, an acknowledgement, the other monitor's own maintenance


@dataclass(frozen=True)
class Alert:
    """One alert. `key` recognises the same alert when it comes again or is resolved; `hosts` are the names,
    addresses and URLs that it may be about, the surest first."""

    key: str
    says: Says
    name: str = ""
    severity: str = ""
    hosts: tuple[str, ...] = ()
    text: str = ""
    began_at: datetime | None = None


class BodyUnread(ValueError):
    """The body is none that a known monitor sends."""


def plain(value: Json, longest: int = LONGEST_TEXT) -> str:
    """A value of a foreign body as one printable line; an unfilled template variable is nothing."""
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        return ""
    text = " ".join("".join(c if c.isprintable() else " " for c in str(value)).split())[:longest]
    is_unfilled = text.startswith(("{", "*UNKNOWN*")) or text in ("N/A", "null", "None")
    return "" if is_unfilled else text


def hosts_of(values: Iterable[Json]) -> tuple[str, ...]:
    """Each host once, in the order given; no empty one."""
    return tuple(dict.fromkeys(host for value in values if (host := plain(value, LONGEST_HOST))))


def key_of(*parts: Json | list[tuple[str, Json]] | tuple[Json, Json]) -> str:
    """A key of fixed length, whatever the other monitor uses for one."""
    return hashlib.sha256("\0".join(str(part) for part in parts).encode("utf-8", "replace")).hexdigest()


def moment(value: Json) -> datetime | None:
    """An ISO time or seconds since 1970 as aware UTC; a time without a zone is UTC. None where it is neither."""
    try:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return datetime.fromtimestamp(value, UTC)
        found = datetime.fromisoformat(str(value))
        found = found if found.tzinfo else found.replace(tzinfo=UTC)
        return found.astimezone(UTC) if found.year > 1970 else None  # 0001-01-01 is "not yet" in Go
    except (ValueError, OverflowError, OSError):
        return None
