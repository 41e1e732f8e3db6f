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
    section = (
        f"## Hostile requests on {database}\n\n"
        f"`make attacks`, {datetime.now(UTC):%d %B %Y}, commit {STARTED_AT}: {requests:,} requests of seed {seed}, "
        f"every address, eleven actors. **{len(faults)} answered with a fault.** Answers: {kinds}. "
        f"The process grew by {grown} MB.\n"
    )
    text = PAGE.read_text() if PAGE.exists() else "# Reliability\n\nWritten by the runs themselves; do not edit.\n"
    found = re.compile(rf"## Hostile requests on {database}\n.*?(?=\n## |\Z)", re.DOTALL)
    text = found.sub(lambda _: section, text) if found.search(text) else f"{text.rstrip()}\n\n{section}"
    PAGE.write_text(text)
