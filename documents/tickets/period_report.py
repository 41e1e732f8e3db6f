"""The facts of a period's report, for its PDF: figures, a sentence, tables of plain words."""

from dataclasses import dataclass
from datetime import date

from documents.document import Composed, Identity, Letterhead, compose

TEMPLATE = "period_report"


@dataclass(frozen=True)
class PrintedTable:
    """The first column is words, the others numbers."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class PeriodReport:
    """`scope` says which tickets it is about; empty where all are meant."""

    first: date
    last: date
    scope: str
    stands_out: str
    figures: tuple[tuple[str, str], ...]
    tables: tuple[PrintedTable, ...]


def compose_period_report(identity: Identity, letterhead: Letterhead, report: PeriodReport) -> Composed:
    """The report of a period."""
    return compose(TEMPLATE, identity, letterhead, report)
