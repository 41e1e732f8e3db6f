"""Chooses which sample is copied next and how old the copy is, like on a busy campus."""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence
from datetime import timedelta

from jobs.bulk.copies import Pattern

OPEN_SHARE = 0.25
# Per cent of the open and of the ended tickets; outages that are open at once are few, so they come by first() alone.
OPEN = {"complaint": 82, "network_installation": 8, "unit_email": 7, "password_change": 3}
ENDED = {
    "complaint": 70, "password_change": 12, "unit_email": 6, "network_installation": 5, "network_outage": 4,
    "server_outage": 3,
}  # fmt: skip
YEARS_WEEKS = 260
OFTEN = {"with_group": 3, "in_progress": 4, "resolved": 2.5, "closed": 12, "ended": 12, "done": 12}  # else 1
FRESH = frozenset({"unit_agreement", "payment", "resolved"})  # older ones would have been reminded or closed


class Mix:
    """An endless row of (pattern, how much earlier than the sample); first each pattern once."""

    def __init__(self, patterns: Sequence[Pattern], source: random.Random) -> None:
        self.random = source
        self.first = iter(patterns)
        self.open = _wheel([p for p in patterns if p.sample.is_open], OPEN)
        self.ended = _wheel([p for p in patterns if not p.sample.is_open], ENDED)

    def next(self) -> tuple[Pattern, timedelta]:
        pattern = next(self.first, None)
        if pattern is None:
            found, weights = self.open if self.random.random() < OPEN_SHARE else self.ended
            pattern = self.random.choices(found, cum_weights=weights)[0]
        return pattern, self._age(pattern)

    def _age(self, pattern: Pattern) -> timedelta:
        minutes = self.random.random() * 55
        if not pattern.sample.is_open:
            weeks = self.random.randrange(YEARS_WEEKS)
        elif "outage" in pattern.sample.procedure or pattern.sample.state in FRESH:
            weeks = 0
        else:
            weeks = min(int(self.random.expovariate(1 / 5)), 52)
        return timedelta(weeks=weeks, minutes=minutes)


def _wheel(patterns: Sequence[Pattern], shares: dict[str, int]) -> tuple[list[Pattern], list[float]]:
    """Patterns with their cumulated weights: a procedure's share lies on its patterns as often as their states are."""
    wanted = [p for p in patterns if p.sample.procedure in shares]
    often = [OFTEN.get(p.sample.state, 1) for p in wanted]
    whole = {
        key: sum(o for p, o in zip(wanted, often, strict=True) if p.sample.procedure == key) or 1 for key in shares
    }
    weights = [shares[p.sample.procedure] * o / whole[p.sample.procedure] for p, o in zip(wanted, often, strict=True)]
    return wanted, list(itertools.accumulate(weights))
