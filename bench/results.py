"""Keeps every figure as it comes in bench/results.json, and writes bench/results.md from all of them."""

import json
import os
import platform
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import NotRequired, TypedDict

import psutil

HERE = Path(__file__).resolve().parent
KEPT, SHOWN = HERE / "results.json", HERE / "results.md"
VISITS = ("status", "submit", "list", "ticket", "search", "common")
MOST_MB, MOST_START, MOST_GROWTH_MB, LEAST_GROWTH = 120.0, 1.5, 3.0, 0.85
FLOOR_START = {"sqlite": 0.42, "postgresql": 0.52}  # seconds, on the machine of which MOST_START was said
MOST_TIMES_RARE = 5.0  # the CPU of a search for a common word beside that for a rare one


class Speed(TypedDict):
    """Requests a second, milliseconds of half and of 95 % of them, and CPU milliseconds of one."""

    per_second: float
    p50: float
    p95: float
    cpu: float


class Request(TypedDict):
    """One request beside its floor, with its targets (0: none) and the profiler's seconds by layer."""

    title: str
    ours: Speed
    floor: Speed
    share: float
    sql: int
    most_sql: int
    kb: float
    most_kb: float
    judged: bool
    layers: dict[str, float]
    at: NotRequired[str]


class WorkerFigures(TypedDict):
    """A worker's memory and growth (MB) and its cold start (seconds), beside the floor's."""

    memory: float
    growth: float
    floor_memory: float
    start: float
    floor_start: float
    at: NotRequired[str]


class Other(TypedDict):
    """What another program of the benchmark printed."""

    title: str
    verdict: str
    text: str
    at: NotRequired[str]


class Results(TypedDict, total=False):
    """All that is kept, by part; requests and workers by the installation's name."""

    machine: str
    requests: dict[str, Request]
    workers: dict[str, WorkerFigures]
    others: dict[str, Other]


def save(part: str, name: str, figures: Request | WorkerFigures | Other) -> None:
    """Keep one part's figures and write the page anew; what other runs found stays."""
    kept = read()
    kept.setdefault(part, {})[name] = {**figures, "at": datetime.now(UTC).strftime("%Y-%m-%d %H:%M")}
    kept["machine"] = machine()
    part_file = KEPT.with_suffix(f".{os.getpid()}")
    part_file.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n")
    part_file.replace(KEPT)
    SHOWN.write_text(page(kept))


def read() -> Results:
    return json.loads(KEPT.read_text()) if KEPT.exists() else {}


def machine() -> str:
    processor = next(
        (line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line),
        platform.machine(),
    )
    return (
        f"{psutil.cpu_count()} cores ({processor}), {psutil.virtual_memory().total / 2**30:.0f} GiB, "
        f"{platform.system()} {platform.release().split('-')[0]}, Python {platform.python_version()}, "
        f"SQLite {sqlite3.sqlite_version}, PostgreSQL 18"
    )


def page(kept: Results) -> str:
    """The whole page."""
    lines = [
        "# Benchmark", "",
        "Written by `make bench`; do not edit. Each request beside the floor (`bench/floor.py`: bare Flask pages over "
        "the same rows), on the same machine in the same run: production settings, gunicorn with 2 workers of 4 threads, "
        "4 connections, each opened anew after 20 requests, median of 3 runs. Login, rights, layout and CSRF are on. CPU is that of the application and the "
        "database a request. The floor ends its transactions as Flask-SQLAlchemy does by itself. A run during which other "
        "programs took more than a sixth of a core is not judged.", "",
        f"Machine: {kept.get('machine', machine())}.", "",
    ]  # fmt: skip
    for name in sorted({key.split("/")[0] for key in kept.get("requests", {})}, key=_place):
        lines += _requests(name, kept["requests"])
    lines += _growth(kept.get("requests", {})) + _common(kept.get("requests", {})) + _workers(kept.get("workers", {}))
    lines += _others(kept) + _layers(kept.get("requests", {}))
    return "\n".join(lines) + "\n"


def _place(name: str) -> tuple[int, str]:
    kind, _dash, tickets = name.partition("-")
    return int(tickets), kind


def _called(name: str) -> str:
    kind, _dash, tickets = name.partition("-")
    return f"{ {'sqlite': 'SQLite', 'postgresql': 'PostgreSQL'}[kind] }, {int(tickets):,} tickets"


def _requests(name: str, found: dict[str, Request]) -> list[str]:
    head = ("request", "req/s", "p50 ms", "p95 ms", "CPU ms", "SQL", "KB", "floor req/s", "floor CPU ms", "of the floor",
            "verdict")  # fmt: skip
    lines = [f"## {_called(name)}", "", f"| {' | '.join(head)} |", "|---" * len(head) + "|"]
    for visit in VISITS:
        if row := found.get(f"{name}/{visit}"):
            ours, floor = row["ours"], row["floor"]
            lines.append(
                f"| {row['title']} | {ours['per_second']:,.0f} | {ours['p50']:.1f} | {ours['p95']:.1f} "
                f"| {ours['cpu']:.2f} | {row['sql']} | {row['kb']:.1f} | {floor['per_second']:,.0f} | {floor['cpu']:.2f} "
                f"| {ours['per_second'] / floor['per_second']:.2f} | {verdict(row)} |"
            )
    return [*lines, ""]


def verdict(row: Request) -> str:
    """Whether a request reaches its target, and by how much not."""
    ratio = row["ours"]["per_second"] / row["floor"]["per_second"]
    short = []
    if ratio < row["share"]:
        short.append(f"{ratio:.2f} instead of {row['share']:.2f} of the floor")
    if row["most_sql"] and row["sql"] > row["most_sql"]:
        short.append(f"{row['sql']} statements instead of {row['most_sql']}")
    if row["most_kb"] and row["kb"] > row["most_kb"]:
        short.append(f"{row['kb']:.1f} KB instead of {row['most_kb']}")
    if not row["judged"]:
        by_cpu = row["floor"]["cpu"] / row["ours"]["cpu"]
        return f"not judged: the machine was busy ({by_cpu:.2f} of the floor by CPU)"
    return f"falls short: {'; '.join(short)}" if short else "reached"


def _growth(found: dict[str, Request]) -> list[str]:
    """Each request's speed as the table grows."""
    numbers = sorted({int(key.split("-")[1].split("/")[0]) for key in found})
    if len(numbers) < 2:
        return []
    lines = ["## Growth (req/s)", "", "| request | " + " | ".join(f"{n:,}" for n in numbers) + " | kept | verdict |",
             "|---|" + "---|" * (len(numbers) + 2)]  # fmt: skip
    for kind in ("sqlite", "postgresql"):
        for visit in VISITS:
            rows = [found.get(f"{kind}-{n}/{visit}") for n in numbers]
            have = [row for row in rows if row]
            if len(have) < 2:
                continue
            kept = have[-1]["ours"]["per_second"] / have[0]["ours"]["per_second"]
            judged = all(row["judged"] for row in have)
            said = (
                "not judged" if not judged else "reached" if kept >= LEAST_GROWTH else f"falls short of {LEAST_GROWTH}"
            )
            cells = " | ".join(f"{row['ours']['per_second']:,.0f}" if row else "–" for row in rows)
            title = f"{have[0]['title']}, {_called(f'{kind}-{numbers[0]}').split(',')[0]}"
            lines.append(f"| {title} | {cells} | {kept:.2f} | {said} |")
    return [*lines, ""]


def _common(found: dict[str, Request]) -> list[str]:
    """What a search for a common word costs beside one for a rare word."""
    houses = sorted({key.split("/")[0] for key in found if key.endswith("/common")}, key=_place)
    lines = []
    for house in houses:
        rare, common = found.get(f"{house}/search"), found[f"{house}/common"]
        if rare:
            times = common["ours"]["cpu"] / rare["ours"]["cpu"]
            judged = rare["judged"] and common["judged"]
            said = "not judged" if not judged else "reached" if times <= MOST_TIMES_RARE else "falls short"
            lines.append(
                f"| {_called(house)} | {rare['ours']['cpu']:.1f} | {common['ours']['cpu']:.1f} | {times:.1f} | {said} |"
            )
    if not lines:
        return []
    head = ["## A common word beside a rare one (CPU ms)", "", "| installation | rare | common | times | verdict |",
            "|---|---|---|---|---|"]  # fmt: skip
    return [*head, *lines, ""]


def _workers(found: dict[str, WorkerFigures]) -> list[str]:
    if not found:
        return []
    lines = ["## A worker", "", "| installation | memory after 10,000 requests | growth in the last half | floor "
             "| cold start to first page | floor | where the floor takes as long as in docs/performance.md | verdict |",
             "|---|---|---|---|---|---|---|---|"]  # fmt: skip
    for name, row in sorted(found.items(), key=lambda item: _place(item[0])):
        short = [f"{row['memory']:.0f} MB instead of {MOST_MB:.0f}"] if row["memory"] > MOST_MB else []
        short += [f"grows by {row['growth']:.1f} MB"] if row["growth"] > MOST_GROWTH_MB else []
        there = row["start"] * FLOOR_START[name.partition("-")[0]] / row["floor_start"]
        short += [f"starts in {there:.2f} s instead of {MOST_START}"] if there > MOST_START else []
        said = f"falls short: {'; '.join(short)}" if short else "reached"
        cells = (_called(name), f"{row['memory']:.0f} MB", f"{row['growth']:+.1f} MB", f"{row['floor_memory']:.0f} MB",
                 f"{row['start']:.2f} s", f"{row['floor_start']:.2f} s", f"{there:.2f} s", said)  # fmt: skip
        lines.append(f"| {' | '.join(cells)} |")
    return [*lines, ""]


def _others(kept: Results) -> list[str]:
    """What other programs of the benchmark printed: the watch, the documents."""
    lines = []
    for name, row in sorted(kept.get("others", {}).items()):
        lines += [f"## {row['title']}", "", f"`python -m bench.{name}`, {row['at']} UTC: {row['verdict']}.", "",
                  "```", row["text"].rstrip(), "```", ""]  # fmt: skip
    return lines


def _layers(found: dict[str, Request]) -> list[str]:
    """Where the time goes: the profiler's shares of our own request, by layer."""
    names = [key for key in found if key.split("/")[0] == max((k.split("/")[0] for k in found), key=_place)]
    if not names:
        return []
    lines = [f"## Where the time goes ({_called(names[0].split('/')[0])})", "",
             "Shares of a request's Python time by layer, from cProfile.", ""]  # fmt: skip
    for visit in VISITS:
        key = names[0].split("/")[0] + "/" + visit
        if key in found:
            whole = sum(found[key]["layers"].values()) or 1
            shares = ", ".join(
                f"{layer} {own / whole:.0%}" for layer, own in found[key]["layers"].items() if own / whole >= 0.02
            )
            lines.append(f"- {found[key]['title']}: {shares}.")
    return [*lines, ""]
