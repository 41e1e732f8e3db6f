"""The facts of the RAB (N5, N6), for its PDF."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from documents.document import Composed, Identity, Letterhead, Signature, compose
from models.base.rupiah import Totals


@dataclass(frozen=True)
class PrintedLine:
    description: str
    volume: Decimal
    measure: str
    price_rp: int
    amount_rp: int


@dataclass(frozen=True)
class PrintedSection:
    title: str
    lines: tuple[PrintedLine, ...]

    @property
    def sum_rp(self) -> int:
        return sum(line.amount_rp for line in self.lines)


@dataclass(frozen=True)
class PrintedRab:
    """One version of a RAB. `ppn_label` is empty when no tax is added."""

    work_title: str
    unit: str
    place: str
    letter: str
    ticket_number: str
    version: int
    working_days: int
    valid_until: date
    sections: tuple[PrintedSection, ...]
    ppn_label: str
    notes: str
    signatures: tuple[Signature, ...]
    condition: str = ""  # of the survey: on which the place is feasible


def compose_rab(identity: Identity, letterhead: Letterhead, rab: PrintedRab, sums: Totals) -> Composed:
    """The RAB."""
    return compose("rab", identity, letterhead, rab, sums=sums, words=sums.words)
