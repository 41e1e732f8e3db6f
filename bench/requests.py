"""Measures the five requests beside the floor.

`python -m bench.requests --tickets 10000 [--only sqlite] [--visit list]`

Three runs each, ours and the floor's in turn, median kept; a run beside busy neighbours is not judged. Every
visit's result is saved as soon as it is there, so that a long benchmark can be done in pieces.
"""

import json
import os
import statistics
import subprocess
import sys

from bench.arguments import arguments
from bench.house import ROOT, House
from bench.inside import Inside
from bench.results import save
from bench.server import CONNECTIONS, FLOOR, OTHERS_MOST, OURS, Server, load, others
from bench.visits import Visit, Visitors

SECONDS = float(os.environ.get("BENCH_SECONDS", "10"))
RUNS = int(os.environ.get("BENCH_RUNS", "3"))
MOST_A_SECOND = 1_200  # complaints that are prepared for each second of a run


def drive(port: int, seconds: float, requests: list[str]) -> dict:
    """The client's figures, from a program of its own."""
    order = {"port": port, "connections": CONNECTIONS, "seconds": seconds, "requests": requests}
    command = [sys.executable, "-m", "bench.client"]
    done = subprocess.run(command, input=json.dumps(order), text=True, capture_output=True, cwd=ROOT, check=True)
    return json.loads(done.stdout)


def run(server: Server, seconds: float, requests: list[str], status: int) -> dict:
    """One run: requests a second, latencies in ms, CPU ms a request, and how busy everybody else was."""
    before = load(server)
    found = drive(server.port, seconds, requests)
    after = load(server)
    if set(found["statuses"]) != {str(status)}:
        sys.exit(f"answers {found['statuses']} instead of {status}")
    return {
        "per_second": found["count"] / found["took"],
        "p50": found["p50"] * 1000,
        "p95": found["p95"] * 1000,
        "cpu": (after.server - before.server) * 1000 / found["count"],
        "others": others(before, after),
    }


def middle(runs: list[dict]) -> dict:
    """The median of each figure; `others` is that of the worst run."""
    kept = {key: statistics.median(each[key] for each in runs) for key in runs[0]}
    return {**kept, "others": max(each["others"] for each in runs)}


def measure(house: House, chosen: list[str]) -> None:
    """Every chosen visit of one installation."""
    visitors = Visitors(house.ready())
    inside = Inside(visitors.app)
    submits = int(MOST_A_SECOND * (SECONDS + 1) * RUNS) + 80
    for visit in visitors.visits(submits if not chosen or "submit" in chosen else 80):
        if not chosen or visit.name in chosen:
            _one(house, visit, inside)


def _one(house: House, visit: Visit, inside: Inside) -> None:
    mine, floors = list(visit.ours), list(visit.floor)
    inside.counted(mine.pop(0) if visit.status == 303 else mine[0])
    status, sql, kilobytes = inside.counted(mine.pop(0) if visit.status == 303 else mine[1 % len(mine)])
    assert status == visit.status, status
    layers = inside.layers([mine.pop(0) for _ in range(30)] if visit.status == 303 else (mine * 60)[:60])
    ours, floor = [], []
    with Server(house, FLOOR) as bare, Server(house, OURS) as product:  # idle beside each other
        for turn in range(RUNS + 1):
            seconds = SECONDS if turn else min(1.0, SECONDS)  # the first warms up
            floor.append(run(bare, seconds, _part(floors, visit, turn, seconds), visit.status))
            ours.append(run(product, seconds, _part(mine, visit, turn, seconds), visit.status))
    figures = {"ours": middle(ours[1:]), "floor": middle(floor[1:])}
    busiest = max(figures["ours"]["others"], figures["floor"]["others"])
    save("requests", f"{house.name}/{visit.name}", {
        **figures, "title": visit.title, "share": visit.share, "sql": sql, "kb": kilobytes, "layers": layers,
        "most_sql": visit.most_sql, "most_kb": visit.most_kb, "judged": busiest <= OTHERS_MOST, "seconds": SECONDS,
    })  # fmt: skip
    mine_s, bare_s = figures["ours"], figures["floor"]
    print(f"{house.name:18} {visit.name:8} {mine_s['per_second']:7.0f}/s {mine_s['cpu']:6.2f} ms CPU, floor "
          f"{bare_s['per_second']:6.0f}/s {bare_s['cpu']:5.2f} ms, {sql} SQL, {kilobytes:.1f} KB"
          f"{'' if busiest <= OTHERS_MOST else ', not judged'}", flush=True)  # fmt: skip


def _part(requests: list[str], visit: Visit, turn: int, seconds: float) -> list[str]:
    """Forms are sent once each: every run has its own."""
    if visit.status != 303:
        return requests
    begins = 0 if not turn else int(MOST_A_SECOND * (min(1.0, SECONDS) + SECONDS * (turn - 1)))
    return requests[begins : begins + int(MOST_A_SECOND * seconds)]


def main() -> None:
    options = arguments(__doc__)
    for tickets in options.tickets:
        for kind in options.only:
            measure(House(kind, tickets), options.visit)


if __name__ == "__main__":
    main()
