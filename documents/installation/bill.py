"""The facts of the bill and of the receipt of a payment (N8, N8b), for their PDFs."""

from dataclasses import dataclass
from datetime import date

from documents.document import Composed, Identity, Letterhead, Signature, compose
from documents.installation.rab import PrintedLine
from models.base.rupiah import Totals, in_words


@dataclass(frozen=True)
class BankAccount:
    """Where the money goes; all empty where the settings name no account."""

    bank: str
    number: str
    holder: str


@dataclass(frozen=True)
class PrintedBill:
    """A bill. `differences` names each line that departs from the RAB, already worded."""

    addressee: str
    unit: str
    unit_address: str
    ticket_number: str
    work_title: str
    place: str
    basis: str
    rab: str
    test: str
    due_on: date
    lines: tuple[PrintedLine, ...]
    ppn_label: str
    differences: tuple[str, ...]
    difference_reason: str
    payment_instruction: str
    signatures: tuple[Signature, ...]
    account: BankAccount = BankAccount("", "", "")
    payment_reference: str = ""
    points_note: str = ""  # where letter, survey, RAB, report and test differ in their number of points, and why


@dataclass(frozen=True)
class PaymentReceipt:
    payer: str
    unit: str
    purpose: str
    method: str
    paid_on: date
    amount_rp: int
    bill_number: str
    bill_total_rp: int
    paid_before_rp: int
    signatures: tuple[Signature, ...]
    over_rp: int = 0
    over_use: str = ""  # in words, empty without an overpayment

    @property
    def outstanding_rp(self) -> int:
        return self.bill_total_rp - self.paid_before_rp - self.amount_rp + self.over_rp

    @property
    def is_settled(self) -> bool:
        return self.outstanding_rp == 0


def compose_bill(identity: Identity, letterhead: Letterhead, bill: PrintedBill, sums: Totals) -> Composed:
    """The bill."""
    return compose("bill", identity, letterhead, bill, sums=sums, words=sums.words)


def compose_payment_receipt(identity: Identity, letterhead: Letterhead, receipt: PaymentReceipt) -> Composed:
    """The receipt of a payment (kuitansi)."""
    return compose("payment_receipt", identity, letterhead, receipt, words=in_words(receipt.amount_rp))
