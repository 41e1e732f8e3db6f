"""Bills and payments (N8, N8b); a bill once issued keeps its lines, its number and its total."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import BigInteger, ForeignKey, ScalarSelect, String, Text, case, func, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from models.base import setting
from models.base.columns.thousandths import Thousandths
from models.base.db import Base, db, utcnow
from models.base.request_cache import read_once
from models.base.rupiah import Ppn
from models.base.setting import Spec
from models.base.wording import Words
from models.installation.rab import BUDGET, Rab
from models.organisation.staff import Staff
from models.tickets.ticket import Ticket

REFERENCE_CHARACTERS = 20
METHODS: dict[str, Words] = {
    "transfer": _l("Transfer bank"),
    "cash": _l("Tunai"),
    "internal": _l("Pemindahbukuan antarunit"),
    "credit": _l("Dipotong dari titipan kelebihan bayar"),
}
OVER_USES: dict[str, Words] = {
    "return": _l("Dikembalikan ke pembayar"),
    "credit": _l("Dititipkan untuk tagihan unit ini berikutnya"),
}
setting.declare("bill_due_days", Spec(30, _l("Jatuh tempo tagihan (hari)"), BUDGET, least=1, most=365))
setting.declare("bill_remind_days", Spec(7, _l("Pengingat sebelum jatuh tempo (hari)"), BUDGET, least=1, most=60))
for _key, _label, _hint in (
    ("bank_name", _l("Bank untuk pembayaran"), _l("Kosong: tagihan hanya memuat cara pembayaran.")),
    ("bank_account", _l("Nomor rekening"), ""),
    ("bank_holder", _l("Atas nama rekening"), ""),
):
    setting.declare(_key, Spec("", _label, BUDGET, _hint))
setting.declare(
    "stamp_duty_above_rp",
    Spec(5_000_000, _l("Meterai pada kuitansi di atas (Rp)"), BUDGET, _l("Di atas jumlah ini ada tempat meterai.")),
)
setting.declare("stamp_duty_rp", Spec(10_000, _l("Nilai meterai (Rp)"), BUDGET, least=1))
setting.declare(
    "payment_instruction",
    Spec(
        "Pembayaran melalui rekening universitas dengan menyebut nomor tagihan ini.",
        _l("Cara pembayaran pada tagihan"),
        BUDGET,
    ),
)


class Bill(Base):
    """What a unit owes for an installation, from the RAB or from what was built."""

    __tablename__ = "bill"
    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), index=True)
    rab_id: Mapped[int] = mapped_column(ForeignKey("rab.id"))
    number: Mapped[str] = mapped_column(String(80), unique=True)
    payment_reference: Mapped[str] = mapped_column(String(20), default="")  # what a transfer names
    basis: Mapped[str] = mapped_column(String(10), default="rab")  # rab, built
    issued_at: Mapped[datetime] = mapped_column(default=utcnow)
    due_on: Mapped[date]
    ppn_percent: Mapped[Decimal | None] = mapped_column(Thousandths)
    ppn_base: Mapped[str] = mapped_column(String(20), default="1")
    sum_rp: Mapped[int] = mapped_column(BigInteger)
    ppn_rp: Mapped[int] = mapped_column(BigInteger, default=0)
    total_rp: Mapped[int] = mapped_column(BigInteger)
    difference_reason: Mapped[str] = mapped_column(Text, default="")
    signed_by_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    signed_for: Mapped[str] = mapped_column(String(200), default="")  # on whose behalf
    cosigned_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    cosigned_for: Mapped[str] = mapped_column(String(200), default="")
    sent_at: Mapped[datetime | None]  # all signatures there
    cancelled_at: Mapped[datetime | None]
    cancel_reason: Mapped[str] = mapped_column(Text, default="")
    reminded_on: Mapped[date | None]
    ticket: Mapped[Ticket] = relationship()
    rab: Mapped[Rab] = relationship()
    signed_by: Mapped[Staff] = relationship(foreign_keys=signed_by_id)
    cosigned_by: Mapped[Staff | None] = relationship(foreign_keys=cosigned_by_id)
    lines: Mapped[list[BillLine]] = relationship(cascade="all, delete-orphan", order_by="BillLine.position")
    payments: Mapped[list[Payment]] = relationship(order_by="Payment.id", back_populates="bill")

    @property
    def ppn(self) -> Ppn | None:
        return Ppn(self.ppn_percent, Fraction(self.ppn_base)) if self.ppn_percent else None

    @property
    def paid_rp(self) -> int:
        """What counts towards this bill: money that came, without what was too much."""
        return sum(payment.amount_rp - payment.over_rp for payment in self.payments)

    @property
    def standing_payments(self) -> list[Payment]:
        """Those that were not reversed, the oldest first."""
        gone = {payment.reverses_id for payment in self.payments}
        return [payment for payment in self.payments if payment.reverses_id is None and payment.id not in gone]

    @property
    def outstanding_rp(self) -> int:
        return 0 if self.cancelled_at else self.total_rp - self.paid_rp

    @property
    def is_paid(self) -> bool:
        return self.cancelled_at is None and self.outstanding_rp == 0

    @property
    def state_label(self) -> Words:
        if self.cancelled_at:
            return _l("Dibatalkan")
        if self.sent_at is None:
            return _l("Menunggu tanda tangan kedua")
        return _l("Lunas") if self.is_paid else _l("Dibayar sebagian") if self.paid_rp else _l("Belum dibayar")

    def __str__(self) -> str:
        return self.number


class BillLine(Base):
    """A line as billed; `rab_volume` is what the RAB said where the bill departs from it."""

    __tablename__ = "bill_line"
    id: Mapped[int] = mapped_column(primary_key=True)
    bill_id: Mapped[int] = mapped_column(ForeignKey("bill.id"), index=True)
    position: Mapped[int]
    description: Mapped[str] = mapped_column(String(200))
    volume: Mapped[Decimal] = mapped_column(Thousandths)
    rab_volume: Mapped[Decimal] = mapped_column(Thousandths)
    measure: Mapped[str] = mapped_column(String(20))
    price_rp: Mapped[int] = mapped_column(BigInteger)
    amount_rp: Mapped[int] = mapped_column(BigInteger)


class Payment(Base):
    """Money received for a bill, with its receipt; rows are only ever added.

    What came above the bill (a transfer with a unique code, a rounded sum) is `over_rp` of `amount_rp`: it is returned,
    which is noted on the row once, or stands to the unit's credit until a later bill takes it. A wrong payment is
    reversed by a second row (N8g) with the same sums below zero, so that every sum of rows is right by itself.
    """

    __tablename__ = "payment"
    id: Mapped[int] = mapped_column(primary_key=True)
    bill_id: Mapped[int] = mapped_column(ForeignKey("bill.id"), index=True)
    amount_rp: Mapped[int] = mapped_column(BigInteger)
    paid_on: Mapped[date]
    method: Mapped[str] = mapped_column(String(10))
    payer: Mapped[str] = mapped_column(String(160))
    receipt_number: Mapped[str] = mapped_column(String(80), unique=True)
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    recorded_at: Mapped[datetime] = mapped_column(default=utcnow)
    over_rp: Mapped[int] = mapped_column(BigInteger, default=0)
    over_use: Mapped[str] = mapped_column(String(10), default="")  # return, credit
    over_note: Mapped[str] = mapped_column(Text, default="")
    returned_on: Mapped[date | None]
    returned_note: Mapped[str] = mapped_column(Text, default="")
    returned_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("payment.id"), unique=True)  # N8g
    reverse_reason: Mapped[str] = mapped_column(Text, default="", server_default="")
    bill: Mapped[Bill] = relationship(back_populates="payments")
    recorded_by: Mapped[Staff] = relationship(foreign_keys=recorded_by_id)
    returned_by: Mapped[Staff | None] = relationship(foreign_keys=returned_by_id)
    reverses: Mapped[Payment | None] = relationship(remote_side=id, back_populates="reversal")
    reversal: Mapped[Payment | None] = relationship(back_populates="reverses", uselist=False)

    @property
    def reversal_label(self) -> str:
        """What it reverses, or by what it was reversed; nothing for a payment that stands."""
        if self.reverses is not None:
            return _("Membalik %(receipt)s", receipt=self.reverses.receipt_number)
        return _("Dibalik") if self.reversal is not None else ""

    @property
    def method_label(self) -> Words:
        return METHODS[self.method]

    @property
    def over_label(self) -> Words:
        """What becomes of the overpayment, or nothing where there is none."""
        if self.over_rp <= 0:
            return ""
        if self.over_use == "credit" and not self.returned_on:
            return OVER_USES["credit"]
        return _l("Sudah dikembalikan") if self.returned_on else _l("Akan dikembalikan ke pembayar")

    def __str__(self) -> str:
        return self.receipt_number


@read_once
def bills_of(ticket: Ticket) -> list[Bill]:
    query = select(Bill).where(Bill.ticket_id == ticket.id).order_by(Bill.id)
    together = (joinedload(Bill.payments), joinedload(Bill.rab, innerjoin=True))
    return list(db.session.scalars(query.options(*together)).unique())


def paid_of_bill() -> ScalarSelect[int]:
    """What has come in for the bill of a row, in rupiah, without what was too much; for conditions on Bill."""
    counted = func.sum(Payment.amount_rp - Payment.over_rp)
    return select(func.coalesce(counted, 0)).where(Payment.bill_id == Bill.id).correlate(Bill).scalar_subquery()


def open_bill(ticket: Ticket) -> Bill | None:
    """The bill in force: the newest that was not cancelled."""
    return next((bill for bill in reversed(bills_of(ticket)) if bill.cancelled_at is None), None)


def reference_of(number: str, bill_id: int) -> str:
    """What whoever transfers writes as the purpose: the bill's number without signs, which banks drop.

    A number too long for a bank's field is replaced by the bill's place in the register.
    """
    plain = "".join(c for c in number.upper() if c.isascii() and c.isalnum())
    return plain if len(plain) <= REFERENCE_CHARACTERS else f"TAG{bill_id:06}"


def overpayment_of(ticket: Ticket) -> Payment | None:
    """The payment of the bill in force of which something is still to be returned, or may still be."""
    bill = open_bill(ticket)
    return next((one for one in bill.standing_payments if one.over_rp and not one.returned_on), None) if bill else None


def credit_of(unit_id: int | None) -> int:
    """What stands to a unit's credit: overpayments that it left for later bills, less what those have taken."""
    if unit_id is None:
        return 0
    left = case((Payment.over_use == "credit", Payment.over_rp), else_=0)
    kept = func.sum(case((Payment.returned_on.is_(None), left), else_=0))
    taken = func.sum(case((Payment.method == "credit", Payment.amount_rp), else_=0))
    query = (
        select(func.coalesce(kept, 0) - func.coalesce(taken, 0)).join(Bill).join(Ticket, Ticket.id == Bill.ticket_id)
    )
    return int(db.session.scalar(query.where(Ticket.unit_id == unit_id)) or 0)


SENT = (Bill.cancelled_at.is_(None), Bill.sent_at.is_not(None))
"""The conditions that a bill is in force and was signed by all."""
