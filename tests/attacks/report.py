"""Writes what a whole run of attacks found into docs/reliability.md, with its commit."""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from tests.attacks.web_worker import Weight

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reliability.md"

STARTED_AT = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True).stdout.strip()


def write(database: str, requests: int, seed: int, answers: Counter[int], faults: list[str]) -> None:
    """One section a database; a later run takes its place."""
    kinds = ", ".join(f"{number:,} × {status}" for status, number in sorted(answers.items()))
    put(
        f"Hostile requests on {database}",
        f"{requests:,} requests of seed {seed}, every address, every actor of tests/attacks/world.py, in the demonstration. **{len(faults)} answered with a fault.** "
        f"Answers: {kinds}.",
    )


def write_weight(database: str, requests: int, before: Weight, after: Weight, most: int) -> None:
    """What the heavier of two workers weighed before and after so many hostile requests."""
    verdict = "reached" if after.costs <= most else f"**{after.costs - most} MB too many**"
    put(
        f"Memory of a web worker on {database}",
        f"two workers of four threads, {requests:,} hostile requests. The heavier took {before.costs} MB of the machine "
        f"before and {after.costs} MB after them ({before.whole} and {after.whole} MB where what it shares with the "
        f"other is counted whole); at most {most} are allowed: {verdict}.",
    )


def put(title: str, found: str) -> None:
    """A section with this title says what was found, and of which commit; an older one of that title goes."""
    section = f"## {title}\n\n`make attacks`, {datetime.now(UTC):%d %B %Y}, commit {STARTED_AT}: {found}\n"
    text = PAGE.read_text() if PAGE.exists() else "# Reliability\n\nWritten by the runs themselves; do not edit.\n"
    older = re.compile(rf"## {re.escape(title)}\n.*?(?=\n## |\Z)", re.DOTALL)
    text = older.sub(lambda _: section, text) if older.search(text) else f"{text.rstrip()}\n\n{section}"
    PAGE.write_text(text)
