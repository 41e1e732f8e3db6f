"""Measures a worker: memory after 10,000 requests and its growth, cold start to the first page.

`python -m bench.workers --tickets 100000 [--only sqlite]`
"""

import statistics

from bench.arguments import arguments
from bench.house import House
from bench.requests import drive
from bench.results import save
from bench.server import FLOOR, OURS, Server
from bench.visits import Visit, Visitors

REQUESTS = 10_000
STARTS = 3


def mixed(visits: list[Visit], count: int) -> list[str]:
    """Pages of every kind in turn."""
    pages = [v.ours for v in visits if v.status == 200]
    return [kind[turn % len(kind)] for turn in range(count // len(pages)) for kind in pages]


def measure(house: House) -> None:
    visits = Visitors(house.ready()).visits(submits=0)
    with Server(house, OURS) as product:
        drive(product.port, 0, mixed(visits, REQUESTS // 2))
        half = product.memory()
        drive(product.port, 0, mixed(visits, REQUESTS // 2))
        memory = product.memory()
    with Server(house, FLOOR) as bare:
        drive(bare.port, 0, visits[0].floor * 5)
        floor = bare.memory()
    starts = {}
    for name, application in (("ours", OURS), ("floor", FLOOR)):
        taken = []
        for _ in range(STARTS):
            with Server(house, application, first_page=visits[0].floor[0].split(" ")[1]) as started:
                taken.append(started.started)
        starts[name] = statistics.median(taken)
    figures = {"memory": memory, "growth": memory - half, "floor_memory": floor, "start": starts["ours"],
               "floor_start": starts["floor"], "requests": REQUESTS}  # fmt: skip
    save("workers", house.name, figures)
    print(f"{house.name:18} {memory:.0f} MB a worker ({memory - half:+.1f} in the last {REQUESTS // 2}), floor "
          f"{floor:.0f} MB; cold start {starts['ours']:.2f} s, floor {starts['floor']:.2f} s", flush=True)  # fmt: skip


def main() -> None:
    options = arguments(__doc__)
    for tickets in options.tickets:
        for kind in options.only:
            measure(House(kind, tickets))


if __name__ == "__main__":
    main()
