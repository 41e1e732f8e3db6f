"""Writes what the runs of chaos found into docs/reliability.md, with their commit; a later run takes a section's place."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from datetime import UTC, datetime
from pathlib import Path

from tests.chaos.run import Report

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reliability.md"
HEAD = "# Reliability\n\nWritten by the runs themselves; do not edit.\n"


def write(reports: list[Report], seed: int, by: str = "make chaos") -> None:
    """One section a run; `by` is the command that makes it again."""
    text = PAGE.read_text() if PAGE.exists() else HEAD
    for report in reports:
        section = _section(report, seed, by)
        found = re.compile(rf"## {re.escape(report.name)}\n.*?(?=\n## |\Z)", re.DOTALL)
        text = found.sub(lambda _, new=section: new, text) if found.search(text) else f"{text.rstrip()}\n\n{section}"
    PAGE.write_text(text)


def _section(report: Report, seed: int, by: str) -> str:
    verdict = "Nothing was wrong." if not report.wrong else f"**Wrong: {'; '.join(report.wrong)}.**"
    rows = "\n".join(f"| {name} | {_shown(value)} |" for name, value in report.figures.items())
    return (
        f"## {report.name}\n\n"
        f"`{by}`, {datetime.now(UTC):%d %B %Y}, commit {_commit()}, seed {seed}, {os.cpu_count()} cores, "
        f"Python {platform.python_version()}. {verdict}\n\n| | |\n|---|---|\n{rows}\n"
    )


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {number:,}" for key, number in sorted(value.items(), key=str))
    return f"{value:,}" if isinstance(value, int) else str(value)


def _commit() -> str:
    run = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=True)
    return run.stdout.strip()
