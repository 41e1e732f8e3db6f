"""Writes what a whole run of attacks found into docs/reliability.md, with its commit."""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reliability.md"

STARTED_AT = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True).stdout.strip()


def write(database: str, requests: int, seed: int, answers: Counter[int], faults: list[str], grown: int) -> None:
    """One section a database; a later run takes its place."""
    kinds = ", ".join(f"{number:,} × {status}" for status, number in sorted(answers.items()))
    put(
        f"Hostile requests on {database}",
        f"{requests:,} requests of seed {seed}, every address, eleven actors. **{len(faults)} answered with a fault.** "
        f"Answers: {kinds}. The process grew by {grown} MB.",
    )


def put(title: str, found: str) -> None:
    """A section with this title says what was found, and of which commit; an older one of that title goes."""
    section = f"## {title}\n\n`make attacks`, {datetime.now(UTC):%d %B %Y}, commit {STARTED_AT}: {found}\n"
    text = PAGE.read_text() if PAGE.exists() else "# Reliability\n\nWritten by the runs themselves; do not edit.\n"
    older = re.compile(rf"## {re.escape(title)}\n.*?(?=\n## |\Z)", re.DOTALL)
    text = older.sub(lambda _: section, text) if older.search(text) else f"{text.rstrip()}\n\n{section}"
    PAGE.write_text(text)
