"""Fails when a request of people lost a quarter: more statements, more work in the database, more bytes, more CPU.

`python -m bench.guard` beside the figures of bench/guard.json, on a small SQLite house in this process; `--keep` writes
them anew, which a change that costs on purpose does. CPU is compared as a share of the floor's in turn, since machines
differ and are noisy; the other figures are the same at every run.
"""

from __future__ import annotations

import json
import os
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Flask
from sqlalchemy import event

if TYPE_CHECKING:
    from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

    from bench.inside import Inside

KEPT = Path(__file__).resolve().parent / "guard.json"
TICKETS = 1_000
BLOCKS, A_BLOCK = 7, 20  # requests of ours and of the floor's in turn; the best block of each counts
MOST, LEAST = 1.25, 0.75  # of what was kept
INSTRUCTIONS = 100  # of SQLite's machine that count as one
PLAYED = 25  # one more or less of these is chance: the tickets are others each time

Figures = dict[str, float]


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="helpdesk-guard-") as folder:
        os.environ["BENCH_FOLDER"] = folder
        found = measured()
    if "--keep" in sys.argv:
        KEPT.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n")
    faults = judged(json.loads(KEPT.read_text()), found)
    for name, figures in found.items():
        print(f"{name:<8}", ", ".join(f"{figure} {value:g}" for figure, value in figures.items()))
    print("\n".join(faults) or "No request lost a quarter.")
    return 1 if faults else 0


def judged(kept: dict[str, Figures], found: dict[str, Figures]) -> list[str]:
    """A sentence for each figure that is worse than its bound, and for a request that nobody measured."""
    faults = [f"{name}: measured, and not kept" for name in sorted(found.keys() - kept.keys())]
    for name, before in kept.items():
        if name not in found:
            faults.append(f"{name}: kept, and not measured")
            continue
        now = found[name]
        bounds = {"sql": before["sql"], "work": before["work"] * MOST + PLAYED, "kb": before["kb"] * MOST}
        faults += [
            f"{name}: {figure} {now[figure]:g}, at most {most:g}"
            for figure, most in bounds.items()
            if now[figure] > most
        ]
        if now["share"] < (least := before["share"] * LEAST):
            faults.append(f"{name}: {now['share']:.2f} of the floor's speed by CPU, at least {least:.2f}")
    return faults


def measured() -> dict[str, Figures]:
    """For each request: statements, work of the database, kilobytes, and its share of the floor's speed."""
    from bench.floor import floor  # noqa: PLC0415  # reads DATABASE_URL, as the next
    from bench.house import House  # noqa: PLC0415  # reads BENCH_FOLDER when it is imported
    from bench.inside import Inside  # noqa: PLC0415  # as above
    from bench.visits import Visitors  # noqa: PLC0415  # as above
    from models.base import setting  # noqa: PLC0415  # as above

    setting.CACHE_SECONDS = 3_600.0  # else a list that is read anew every five seconds would be counted by chance
    visitors = Visitors(House("sqlite", TICKETS).ready())
    ours, bare = Inside(visitors.app), Inside(floor())
    work = Work(visitors.app)
    found = {}
    for visit in visitors.visits(BLOCKS * A_BLOCK + 20):
        mine, theirs = (_endless(requests) for requests in (visit.ours, visit.floor))
        for _each in range(5):  # caches and compiled statements, before anything is counted
            assert ours.send(next(mine)).status_code == visit.status, visit.name
            bare.send(next(theirs))
        work.done = 0
        _status, sql, kilobytes = ours.counted(next(mine))
        done, blocks = work.done, []
        for _block in range(BLOCKS):
            blocks.append((_cpu(ours, mine), _cpu(bare, theirs)))
        best, best_floor = (min(figures) for figures in zip(*blocks, strict=True))
        figures = {"sql": sql, "work": done, "kb": round(kilobytes, 1), "share": round(best_floor / best, 2)}
        found[visit.name] = figures
    return found


class Work:
    """Counts what SQLite's machine does for this application, in INSTRUCTIONS at a time."""

    def __init__(self, app: Flask) -> None:
        from models.base.db import db  # noqa: PLC0415  # the settings stand in the environment by now

        self.done = 0
        with app.app_context():
            event.listen(db.engine, "checkout", self._watch)

    def _watch(self, connection: sqlite3.Connection, _record: ConnectionPoolEntry, _by: PoolProxiedConnection) -> None:
        connection.set_progress_handler(self._count, INSTRUCTIONS)

    def _count(self) -> int:
        self.done += 1
        return 0


def _endless(requests: list[str]) -> Iterator[str]:
    """Each once and in their order; those that may be sent again begin anew."""
    while True:
        yield from requests


def _cpu(inside: Inside, requests: Iterator[str]) -> float:
    """Seconds of this process's processor time for a block of requests."""
    block = [next(requests) for _each in range(A_BLOCK)]
    began = time.process_time()
    for request in block:
        inside.send(request)
    return time.process_time() - began


if __name__ == "__main__":
    sys.exit(main())
