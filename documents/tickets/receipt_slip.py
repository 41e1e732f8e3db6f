"""The facts of the slip for whoever filed a ticket, and of the receipt of a request letter."""

from dataclasses import dataclass
from datetime import date, datetime

from documents.document import Composed, Identity, Letterhead, Signature, compose, qr_svg


@dataclass(frozen=True)
class ReceiptSlip:
    """Number, access code and the way to the status page, for a complaint as for any request."""

    ticket_number: str
    access_code: str
    status_url: str
    service: str
    requester: str
    unit: str
    subject: str
    received_at: datetime
    channel: str = ""
    received_by: str = ""
    promised_at: datetime | None = None


@dataclass(frozen=True)
class LetterReceipt:
    """A request letter as received (N1). `signed_by` and `acknowledged_by` name person and position."""

    letter_number: str
    letter_date: date
    subject: str
    unit: str
    signed_by: str
    acknowledged_by: str
    scan: str
    place: str
    points: int
    purpose: str
    contact: str
    agenda_number: str
    received_at: datetime
    channel: str
    ticket_number: str
    status_url: str
    signatures: tuple[Signature, ...]


def compose_receipt_slip(identity: Identity, letterhead: Letterhead, slip: ReceiptSlip) -> Composed:
    """The slip, A5."""
    return compose("receipt_slip", identity, letterhead, slip, status_qr=qr_svg(slip.status_url))


def compose_letter_receipt(identity: Identity, letterhead: Letterhead, receipt: LetterReceipt) -> Composed:
    """The receipt of a request letter."""
    return compose("letter_receipt", identity, letterhead, receipt, status_qr=qr_svg(receipt.status_url))
