"""`make chaos`: the whole runs, minutes to an hour of them; `python -m tests.chaos --cycles 200 --only kills`."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.chaos import hosts, mails_in, report, run

DATABASES = ("sqlite", "postgresql")


def main() -> int:
    words = argparse.ArgumentParser(prog="chaos")
    words.add_argument(
        "--cycles", type=int, default=1_000, help="kills on each database; a twentieth of it cuts between hosts"
    )
    words.add_argument("--mails", type=int, default=10_000)
    words.add_argument("--seed", type=int, default=20261129)
    words.add_argument("--only", choices=("kills", "mails", "inbox", "day", "disk", "hosts"))
    words.add_argument("--database", choices=DATABASES)
    asked = words.parse_args()
    is_well = True
    for name, run_it in _runs(asked):
        if asked.only in (None, name):
            done = run_it(_folder())
            report.write([done], asked.seed)  # at once: a run that is cut off leaves what was done before it
            print(f"{done.name}: {'; '.join(done.wrong) or 'nothing wrong'}  {done.figures}", flush=True)
            is_well = is_well and not done.wrong
    return 0 if is_well else 1


def _runs(asked: argparse.Namespace) -> list[tuple[str, Callable[[Path], run.Report]]]:
    chosen = [asked.database] if asked.database else list(DATABASES)
    runs: list[tuple[str, Callable[[Path], run.Report]]] = []
    for kind in chosen:
        runs.append(("kills", lambda place, kind=kind: run.kills(place, kind, asked.cycles, asked.seed)))
        runs.append(("mails", lambda place, kind=kind: run.ten_thousand_mails(place, kind, asked.mails)))
        runs.append(("inbox", lambda place, kind=kind: mails_in.ten_thousand_mails_in(place, kind, asked.mails)))
        runs.append(("day", lambda place, kind=kind: run.day_without_mail(place, kind)))
    runs.append(("hosts", lambda place: hosts.hosts(place, max(1, asked.cycles // 20), asked.seed)))
    return [*runs, ("disk", run.full_disk)]


def _folder() -> Path:
    return Path(tempfile.mkdtemp(prefix="chaos-"))


if __name__ == "__main__":
    sys.exit(main())
