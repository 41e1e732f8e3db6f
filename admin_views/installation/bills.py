"""Bills and payments in the panel (N8, N8b); they are written by the procedure's steps alone."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, and_

from admin_views.frame.columns import conditions_of, period_of
from admin_views.frame.view import Choice, Column
from admin_views.tickets.related_view import OnTicket, TicketRelatedView, unit_of_ticket
from models.base.rupiah import rupiah
from models.base.wording import Words, today
from models.installation.bill import METHODS, OVER_USES, SENT, Bill, Payment, paid_of_bill
from models.tickets.ticket import Ticket
from web.dates import on_date


class BillView(TicketRelatedView[Bill]):
    """/admin/bill/"""

    name_key = "bill"
    title = _l("Tagihan")
    empty = _l("Tagihan muncul di sini setelah uji kualitas lulus (N8).")
    columns = [
        Column("number", _l("Nomor"), is_link=True, is_whole=True),
        Column("unit", _l("Unit"), cell=lambda row: row.ticket.unit.name if row.ticket.unit else ""),
        Column("subject", _l("Pekerjaan"), cell=lambda row: row.ticket.subject),
        Column("state_label", _l("Keadaan")),
        Column("due_on", _l("Jatuh tempo"), cell=lambda row: on_date(row.due_on)),
        Column("total_rp", _l("Jumlah"), cell=lambda row: rupiah(row.total_rp), css="pk-c-num"),
        Column("outstanding_rp", _l("Sisa"), cell=lambda row: rupiah(row.outstanding_rp), css="pk-c-num"),
    ]
    searched = (Bill.number, Bill.payment_reference)
    amounts = (Bill.total_rp,)
    filters = [
        conditions_of("state", _l("Keadaan"), lambda: _states()),
        unit_of_ticket(Bill),
        Choice(
            "basis",
            _l("Dasar"),
            Bill.basis,
            lambda: [("rab", _l("Sesuai RAB")), ("built", _l("Sesuai yang terpasang"))],
        ),
        *period_of(Bill.issued_at),
    ]
    order = (Bill.issued_at,)
    shows = ((Bill.ticket, Ticket.unit), Bill.payments)

    def __init__(self) -> None:
        super().__init__(Bill)

    def href(self, row: Any) -> str:
        return f"/admin/ticket/details/?id={row.ticket_id}"


class PaymentView(TicketRelatedView[Payment]):
    """/admin/payment/"""

    name_key = "payment"
    title = _l("Pembayaran")
    empty = _l("Pembayaran yang dicatat operator muncul di sini (N8b).")
    columns = [
        Column("receipt_number", _l("Kuitansi"), is_link=True),
        Column("bill", _l("Tagihan"), cell=lambda row: row.bill.number),
        Column("payer", _l("Dibayar oleh")),
        Column("method_label", _l("Cara")),
        Column("paid_on", _l("Tanggal"), cell=lambda row: on_date(row.paid_on)),
        Column("amount_rp", _l("Jumlah"), cell=lambda row: rupiah(row.amount_rp), css="pk-c-num"),
        Column("over_rp", _l("Kelebihan"), cell=lambda row: rupiah(row.over_rp) if row.over_rp else "", css="pk-c-num"),
        Column("over_label", _l("Perlakuan kelebihan")),
        Column("reversal_label", _l("Pembalikan")),
    ]
    searched = (Payment.receipt_number, Payment.payer)
    amounts = (Payment.amount_rp,)
    on_ticket = OnTicket(Bill.ticket_id, Bill, Bill.id == Payment.bill_id)
    filters = [
        unit_of_ticket(Payment, on_ticket),
        Choice("method", _l("Cara"), Payment.method, lambda: list(METHODS.items())),
        Choice("over_use", _l("Perlakuan kelebihan"), Payment.over_use, lambda: list(OVER_USES.items())),
        *period_of(Payment.paid_on),
    ]
    order = (Payment.recorded_at,)
    shows = (Payment.bill, Payment.reverses, Payment.reversal)

    def __init__(self) -> None:
        super().__init__(Payment)

    def href(self, row: Any) -> str:
        return f"/admin/ticket/details/?id={row.bill.ticket_id}"


def _states() -> list[tuple[str, Words, ColumnElement[bool]]]:
    """Key, label and condition of what a bill is in; "overdue" is a part of "unpaid"."""
    unpaid = and_(*SENT, Bill.total_rp > paid_of_bill())
    return [
        ("unpaid", _l("Belum lunas"), unpaid),
        ("overdue", _l("Lewat jatuh tempo"), and_(unpaid, Bill.due_on < today())),
        ("paid", _l("Lunas"), and_(Bill.cancelled_at.is_(None), Bill.total_rp == paid_of_bill())),
        ("unsigned", _l("Menunggu tanda tangan kedua"), and_(Bill.cancelled_at.is_(None), Bill.sent_at.is_(None))),
        ("cancelled", _l("Dibatalkan"), Bill.cancelled_at.is_not(None)),
    ]
