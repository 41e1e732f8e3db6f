"""One run of ping: what stands in its file (`PingRun`), for the readers, and what came of it (`PingResult`).

ping_lines, ping_tables and ping_marks read the dialects; ping_judged is the one place that decides.
"""

from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise


@dataclass(frozen=True)
class PingResult:
    """One run of ping. Times in milliseconds, None when nothing answered or none were printed.

    `sent` is None where the tool prints answers only (Test-Connection of PowerShell 5.1). `jitter_ms` is ping's
    mdev or stddev; without one, the mean difference of neighbouring replies. `target` and `source` are addresses
    as printed, empty where the file names none. `remark` says what the tool leaves open, for who reads the row.
    """

    sent: int | None
    received: int
    rtt_min_ms: Decimal | None = None
    rtt_avg_ms: Decimal | None = None
    rtt_max_ms: Decimal | None = None
    jitter_ms: Decimal | None = None
    target: str = ""
    source: str = ""
    remark: str = ""

    @property
    def lost(self) -> int | None:
        return None if self.sent is None else self.sent - self.received

    @property
    def loss_percent(self) -> Decimal | None:
        return None if not self.sent else Decimal((self.sent - self.received) * 100) / self.sent


@dataclass(frozen=True)
class Reply:
    """A line that says that the target answered. `is_marked`: a note behind it, as (DUP!) in any language."""

    time_ms: Decimal | None = None
    sequence: int | None = None
    is_marked: bool = False


@dataclass(frozen=True)
class Times:
    low: Decimal
    average: Decimal
    high: Decimal
    deviation: Decimal | None = None


@dataclass(frozen=True)
class Summary:
    """Counts as the tool printed them; `after` is how many replies stand above. Interim ones are not `is_final`."""

    sent: int
    received: int
    percent: Decimal | None = None
    times: Times | None = None
    after: int = 0
    is_final: bool = True


@dataclass
class PingRun:
    """What stands in a file: `targets` one for each run that begins, replies and summaries in their order."""

    targets: list[str] = field(default_factory=list)
    source: str = ""
    replies: list[Reply] = field(default_factory=list)
    errors: int = 0  # lines by which a router or the own machine says that the target was not reached
    unanswered: int = 0  # other lines that stand for one packet each, where the tool prints one for each
    summaries: list[Summary] = field(default_factory=list)
    remark: str = ""

    @property
    def trips(self) -> list[Decimal]:
        return [reply.time_ms for reply in self.replies if reply.time_ms is not None]

    @property
    def is_empty(self) -> bool:
        return not (self.targets or self.replies or self.errors or self.summaries)


def times_of(trips: list[Decimal]) -> Times:
    """Minimum, average, maximum and standard deviation of at least one round trip."""
    average = sum(trips, Decimal(0)) / len(trips)
    spread = (sum(((trip - average) ** 2 for trip in trips), Decimal(0)) / len(trips)).sqrt()
    return Times(min(trips), _thousandths(average), max(trips), _thousandths(spread))


def mean_difference(trips: list[Decimal]) -> Decimal | None:
    """Mean absolute difference of neighbouring round trips, in the order printed; None below two replies."""
    if len(trips) < 2:
        return None
    gaps = [abs(later - earlier) for earlier, later in pairwise(trips)]
    return _thousandths(sum(gaps, Decimal(0)) / len(gaps))


def _thousandths(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.001"), ROUND_HALF_UP)


def decimal_of(text: str) -> Decimal:
    return Decimal(text.replace(",", "."))
