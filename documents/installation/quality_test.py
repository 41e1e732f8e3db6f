"""The facts of the quality test report (N7, N9), for its PDF."""

from dataclasses import dataclass
from datetime import datetime

from documents.document import Composed, Identity, Letterhead, PrintedPhoto, Signature, compose


@dataclass(frozen=True)
class PrintedMeasure:
    """One point as printed: figures already worded, empty where nothing was measured."""

    name: str
    kind: str
    negotiated: str
    length: str
    wire_map: str
    signal: str
    loss: str
    rtt: str
    jitter: str
    throughput: str
    failures: tuple[str, ...]
    readings: tuple[str, ...] = ()  # one sentence for each measuring file

    @property
    def passed(self) -> bool:
        return not self.failures


@dataclass(frozen=True)
class PrintedCount:
    """How many points one paper of the installation tells of; empty where it tells none."""

    paper: str
    count: str


@dataclass(frozen=True)
class QualityReport:
    unit: str
    place: str
    ticket_number: str
    round: int
    tester: str
    tested_at: datetime
    points: tuple[PrintedMeasure, ...]
    limits: tuple[str, ...]
    recheck: str
    signatures: tuple[Signature, ...]
    photos: tuple[PrintedPhoto, ...] = ()
    point_counts: tuple[PrintedCount, ...] = ()
    points_reason: str = ""

    @property
    def passed_count(self) -> int:
        return sum(point.passed for point in self.points)

    @property
    def passed(self) -> bool:
        return self.passed_count == len(self.points) > 0


def compose_quality_test(identity: Identity, letterhead: Letterhead, report: QualityReport) -> Composed:
    """The test report."""
    return compose("quality_test", identity, letterhead, report)
