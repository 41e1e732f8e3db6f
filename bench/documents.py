"""How long a budget plan (RAB) takes to print: 30 lines must stay under 100 ms, 1,000 lines must work.

Run with `python -m bench.documents`; it opens no database and no network.
"""

from __future__ import annotations

import sys
import time

from documents.installation.rab import compose_rab
from tests.documents import sample_documents

ROUNDS = 9
TARGET_MS = 100


def milliseconds(lines: int, rounds: int) -> float:
    """The median time of printing one RAB with so many lines, in ms."""
    filled, sums = sample_documents.rab(lines)
    document = compose_rab(sample_documents.identity("RAB"), sample_documents.LETTERHEAD, filled, sums)
    taken = []
    for _round in range(rounds):
        began = time.perf_counter()
        document.pdf()
        taken.append((time.perf_counter() - began) * 1000)
    return sorted(taken)[rounds // 2]


def main() -> int:
    thirty, thousand = milliseconds(30, ROUNDS), milliseconds(1_000, 1)
    print(f"RAB, 30 lines: {thirty:.0f} ms (target {TARGET_MS} ms); 1,000 lines: {thousand:.0f} ms")
    return 0 if thirty < TARGET_MS else 1


if __name__ == "__main__":
    sys.exit(main())
