"""What every part of the benchmark can be told on its command line."""

import argparse
import os

from bench.house import KINDS

NUMBERS = (10_000, 100_000)


def arguments(about: str | None) -> argparse.Namespace:
    """`--tickets` (several), `--only` a database, `--visit` (several)."""
    parser = argparse.ArgumentParser(description=(about or "").splitlines()[0])
    more = [int(os.environ["TICKETS"])] if os.environ.get("TICKETS") else []
    parser.add_argument("--tickets", type=int, nargs="+", default=sorted({*NUMBERS, *more}))
    parser.add_argument("--only", nargs="+", choices=KINDS, default=list(KINDS))
    parser.add_argument("--visit", nargs="+", default=[], help="status, submit, list, ticket, search, common")
    return parser.parse_args()
