"""Says which probe is due when, spread by jitter and never twice at once."""

import heapq
import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

Key = TypeVar("Key")
_JITTER = 0.05


@dataclass
class _Entry(Generic[Key]):
    key: Key
    interval: float
    due: float
    running: bool = False


class ProbeSchedule(Generic[Key]):
    """A heap of targets; all times are seconds of one monotonic clock.

    1. A new target starts at a random moment of its first interval, so that 500 do not start at once.
    2. The next moment counts from the last due one, not from when it ran: no drift. Jitter of 5 % keeps
       targets from marching in step.
    3. A target that is still being probed is skipped, not queued: a black hole costs one place at most.
    4. After a pause (a sleeping machine) each target is due once, not once for every missed moment.
    """

    def __init__(self, draw: Callable[[], float] = random.random) -> None:
        self._draw = draw
        self._entries: dict[Key, _Entry[Key]] = {}
        self._heap: list[tuple[float, int, Key]] = []
        self._number = 0

    def __len__(self) -> int:
        return len(self._entries)

    def keep(self, intervals: Mapping[Key, float], now: float) -> None:
        """Take over the present set of targets with their intervals in seconds; others are forgotten."""
        for key in [key for key in self._entries if key not in intervals]:
            del self._entries[key]
        for key, interval in intervals.items():
            entry = self._entries.get(key)
            if entry is None:
                self._entries[key] = _Entry(key, interval, now)
                self._push(key, now + self._draw() * interval)
            elif entry.interval != interval:
                entry.interval = interval
                self._push(key, min(entry.due, now + interval))

    def take_due(self, now: float) -> list[tuple[Key, float]]:
        """The targets to probe now with the seconds each is late; they count as running until `finished`."""
        taken = []
        while self._heap and self._heap[0][0] <= now:
            due, _number, key = heapq.heappop(self._heap)
            entry = self._entries.get(key)
            if entry is None or entry.due != due:
                continue  # forgotten, or moved to another moment
            if not entry.running:
                entry.running = True
                taken.append((key, now - due))
            following = due + entry.interval * (1 + _JITTER * (self._draw() - 0.5))
            self._push(key, following if following > now else now + entry.interval)
        return taken

    def finished(self, keys: Iterable[Key]) -> None:
        """These probes have ended and may be taken again when due."""
        for key in keys:
            entry = self._entries.get(key)
            if entry is not None:
                entry.running = False

    def next_due(self) -> float | None:
        """The next moment at which something may be due."""
        return self._heap[0][0] if self._heap else None

    def _push(self, key: Key, due: float) -> None:
        self._number += 1
        self._entries[key].due = due
        heapq.heappush(self._heap, (due, self._number, key))
