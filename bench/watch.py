"""Measures the watch alone: 500 nodes and 200 services, a tenth of them black holes, in a network namespace.

Run as root where namespaces are allowed: `python -m bench.watch [seconds]`. It prints one line per goal and
ends with 1 when one is missed. The black holes are addresses behind a cable whose far end hears nothing and
says nothing; the healthy ones are the loopback's. The far side of the services runs in a process of its own.
"""

import asyncio
import ctypes
import subprocess
import sys
import time

import psutil

from gateways.addresses import AllowList
from gateways.web import WebProbe
from jobs.probe_runner import Outcome, OwnNetwork, ProbeRunner, Target, keep_probing

NODES, SERVICES, SHARE = 500, 200, 10
P99_SECONDS, CORE_PERCENT, MEGABYTES = 5.0, 30.0, 200.0
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


def own_namespace() -> None:
    """Move this process into a network of its own: loopback, and a cable that swallows 198.18.0.0/16."""
    if ctypes.CDLL(None, use_errno=True).unshare(0x40000000):
        sys.exit("network namespaces are not allowed here")
    for line in (
        "link set lo up",
        "link add name hole0 arp off type veth peer name hole1",
        "link set hole1 up",
        "addr add 198.18.255.254/16 dev hole0",
        "link set hole0 up",
    ):
        subprocess.run(["ip", *line.split()], check=True)


def targets() -> list[Target]:
    """The same mix each time; every tenth is a black hole."""
    nodes = [
        Target(
            "node",
            n,
            30.0,
            host=f"198.18.0.{n // SHARE + 1}" if n % SHARE == 0 else f"127.1.{n // 250}.{n % 250 + 1}",
        )
        for n in range(NODES)
    ]
    services = [
        Target("service", n, 60.0, url="http://198.18.1.1:8080/" if n % SHARE == 0 else "http://127.0.0.1:8080/")
        for n in range(SERVICES)
    ]
    return [*nodes, *services]


def measure(seconds: float) -> dict[str, float]:
    """Watch for that long; the figures by name."""
    allow = AllowList.parse("127.0.0.0/8 198.18.0.0/16", "8080")
    outcomes: list[Outcome] = []

    async def run() -> None:
        runner = ProbeRunner(allow, WebProbe(allow), OwnNetwork(lambda: ["127.0.0.1"]))
        until = time.monotonic() + seconds
        await keep_probing(runner, targets, outcomes.extend, lambda: time.monotonic() >= until)

    me = psutil.Process()
    before, started = sum(me.cpu_times()[:2]), time.monotonic()
    asyncio.run(run())
    late = sorted(outcome.late for outcome in outcomes if outcome.id % SHARE)
    holes = [outcome.answered for outcome in outcomes if outcome.id % SHARE == 0]
    return {
        "probes": len(outcomes),
        "healthy, not answered": sum(1 for o in outcomes if o.id % SHARE and not o.answered),
        "black holes, answered": sum(1 for answered in holes if answered),
        "late p50, s": late[len(late) // 2],
        "late p99, s": late[int(len(late) * 0.99)],
        "core, %": 100 * (sum(me.cpu_times()[:2]) - before) / (time.monotonic() - started),
        "memory, MB": me.memory_info().rss / 2**20,
    }


def main() -> int:
    """Print the figures beside their goals."""
    own_namespace()
    with subprocess.Popen([sys.executable, "-c", _SERVER], stdout=subprocess.PIPE) as server:
        server.stdout.readline()  # type: ignore[union-attr]  # a pipe was asked for
        try:
            figures = measure(float(sys.argv[1]) if len(sys.argv) > 1 else 180.0)
        finally:
            server.terminate()
    goals = {
        "healthy, not answered": 0,
        "black holes, answered": 0,
        "late p99, s": P99_SECONDS,
        "core, %": CORE_PERCENT,
        "memory, MB": MEGABYTES,
    }
    for name, figure in figures.items():
        print(f"{name:24}{figure:10.2f}" + (f"   goal {goals[name]:g}" if name in goals else ""))
    return int(any(figures[name] > goal for name, goal in goals.items()))


if __name__ == "__main__":
    sys.exit(main())
