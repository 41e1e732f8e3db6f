"""The schema that this code was written for, read from the migrations without Alembic, which takes 15 MB."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "migrations" / "versions"
_LINE = re.compile(r"""^(revision|down_revision)\s*=\s*["'](\w+)["']""", re.MULTILINE)


@cache
def schema_head() -> str:
    """The id of the last migration."""
    lines = [found for path in FOLDER.glob("*.py") for found in _LINE.findall(path.read_text(encoding="utf-8"))]
    followed = {revision for word, revision in lines if word == "down_revision"}
    (head,) = {revision for word, revision in lines if word == "revision"} - followed
    return head
