"""The facts of the case file, a whole ticket as one PDF, for staff or for its requester."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from documents.document import Composed, Identity, Letterhead, Signature, compose


@dataclass(frozen=True)
class ListedDocument:
    title: str
    number: str
    issued_on: date | None
    amount: str = ""


@dataclass(frozen=True)
class CaseFact:
    name: str
    value: str


@dataclass(frozen=True)
class CasePart:
    title: str
    facts: tuple[CaseFact, ...]


@dataclass(frozen=True)
class CaseEvent:
    """One line of the history. `internal` events never reach the public edition."""

    at: datetime
    step: str
    label: str
    by: str = ""
    text: str = ""
    internal: bool = False


@dataclass(frozen=True)
class CaseFile:
    ticket_number: str
    service: str
    subject: str
    state: str
    requester: str
    unit: str
    opened_at: datetime
    closed_at: datetime | None
    documents: tuple[ListedDocument, ...]
    parts: tuple[CasePart, ...]
    events: tuple[CaseEvent, ...]
    signatures: tuple[Signature, ...]
    internal: bool

    def for_outside(self) -> "CaseFile":
        """The public edition: no internal entry."""
        return replace(self, internal=False, events=tuple(one for one in self.events if not one.internal))


def compose_case_file(identity: Identity, letterhead: Letterhead, case: CaseFile) -> Composed:
    """The case file; a public edition is cleared of internal entries once more before printing."""
    return compose("case_file", identity, letterhead, case if case.internal else case.for_outside())
