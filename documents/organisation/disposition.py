"""The facts of the disposition sheet (N2), with every onward disposition, for its PDF."""

from dataclasses import dataclass
from datetime import date, datetime

from documents.document import Composed, Identity, Letterhead, Signature, compose


@dataclass(frozen=True)
class PrintedInstruction:
    """One instruction on the sheet; `remark` says for example that the head signed on paper."""

    addressee: str
    instruction: str
    target_on: date | None
    given_by: str
    given_at: datetime
    remark: str = ""


@dataclass(frozen=True)
class DispositionSheet:
    agenda_number: str
    letter_from: str
    letter_number: str
    letter_date: date
    received_on: date
    subject: str
    ticket_number: str
    steps: tuple[PrintedInstruction, ...]
    signatures: tuple[Signature, ...]


def compose_disposition(identity: Identity, letterhead: Letterhead, sheet: DispositionSheet) -> Composed:
    """The disposition sheet."""
    return compose("disposition", identity, letterhead, sheet)
