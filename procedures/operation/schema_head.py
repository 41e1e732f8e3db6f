"""The schemas that this code knows, and the one it was written for: read from the migrations without Alembic."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "migrations" / "versions"
_LINE = re.compile(r"""^(revision|down_revision)\s*=\s*["'](\w+)["']""", re.MULTILINE)


@cache
def schema_head() -> str:
    """The id of the last migration."""
    followed = {revision for word, revision in _lines() if word == "down_revision"}
    (head,) = known_schemas() - followed
    return head


def known_schemas() -> set[str]:
    """The ids of every migration."""
    return {revision for word, revision in _lines() if word == "revision"}


@cache
def _lines() -> list[tuple[str, str]]:
    return [found for path in FOLDER.glob("*.py") for found in _LINE.findall(path.read_text(encoding="utf-8"))]
