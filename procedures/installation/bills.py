"""What the steps N8 and N8b write: bills and payments, with their numbers and documents."""

from __future__ import annotations

from decimal import Decimal

from flask_babel import gettext as _

from models.base.columns.json_value import Json
from models.base.db import db, utcnow
from models.base.rupiah import line_amount, rupiah, totals
from models.base.wording import today
from models.base.written import is_written
from models.installation.bill import Bill, BillLine, Payment, credit_of, open_bill, overpayment_of, reference_of
from models.installation.quality_test import latest_test
from models.installation.rab import Rab, RabLine, approved_rab
from models.organisation.duties import DUTIES
from models.organisation.office_number import lock_number, take_number
from models.tickets.issued_document import documents_of, void_documents
from models.tickets.ticket import Ticket
from procedures.engine.declaration import Actor, Outcome, State
from procedures.engine.take_step import StepRefused
from procedures.installation import documents as documents
from procedures.installation import forms as asks
from procedures.installation.letters import acting_for


def owed_by_rab(ticket: Ticket) -> int:
    """What the RAB comes to; nothing to bill where it is zero."""
    rab = approved_rab(ticket)
    return rab.total_rp if rab else 0


def _agreed_rab(ticket: Ticket) -> Rab:
    rab = approved_rab(ticket)
    if rab is None:
        raise StepRefused(_("Belum ada RAB yang disetujui. Tagihan dibuat dari RAB yang disetujui."), "need")
    return rab


def _volume(line: RabLine, basis: str) -> Decimal:
    return line.built_volume if basis == "built" and line.built_volume is not None else line.volume


def issue_bill(ticket: Ticket, by: Actor, form: asks.BillForm, sent: State, signed_once: State) -> Outcome:
    """N8: the bill from the RAB or from what was built; a departure from the RAB needs a reason."""
    rab, basis = _agreed_rab(ticket), form.basis.data
    billed = [(line, _volume(line, basis)) for line in rab.lines]
    billed = [(line, volume) for line, volume in billed if volume > 0]
    foot = totals(((volume, line.price_rp) for line, volume in billed), rab.ppn)
    if foot.total_rp != rab.total_rp and not is_written(form.reason.data):
        form.reason.errors = [
            _(
                "Tagihan %(bill)s berbeda dari RAB %(rab)s. Tulis alasannya.",
                bill=rupiah(foot.total_rp),
                rab=rupiah(rab.total_rp),
            )
        ]
        raise StepRefused(form.reason.errors[0], "form", form)
    if foot.total_rp <= 0:
        raise StepRefused(_("Jumlah tagihan nol. Periksa volume terpasang."), "need")
    bill = Bill(
        ticket_id=ticket.id,
        rab_id=rab.id,
        rab=rab,
        number=take_number("bill", today()),
        basis=basis,
        due_on=form.due_on.data,
        ppn_percent=rab.ppn_percent,
        ppn_base=rab.ppn_base,
        sum_rp=foot.sum_rp,
        ppn_rp=foot.ppn_rp,
        total_rp=foot.total_rp,
        difference_reason=form.reason.data or "",
        signed_by_id=by.staff.id,
        signed_by=by.staff,
        signed_for=acting_for(ticket, by, "issue_bill"),
        sent_at=None if form.both_sign.data else utcnow(),
    )
    bill.lines = [
        BillLine(
            position=at,
            description=line.description,
            volume=volume,
            rab_volume=line.volume,
            measure=line.measure,
            price_rp=line.price_rp,
            amount_rp=line_amount(volume, line.price_rp),
        )
        for at, (line, volume) in enumerate(billed, 1)
    ]
    db.session.add(bill)
    db.session.flush()
    bill.payment_reference = reference_of(bill.number, bill.id)
    if bill.sent_at:
        documents.issue_bill(ticket, bill, _test_number(ticket))
    to = sent if bill.sent_at else signed_once
    return Outcome(to, bill.difference_reason, {"bill": bill.number, "total_rp": bill.total_rp})


def _test_number(ticket: Ticket) -> str:
    test = latest_test(ticket)
    return (test.number or "") if test else ""


def cosign_bill(ticket: Ticket, by: Actor) -> Bill:
    """N8: the second signature sends the bill out."""
    bill = _bill_in_force(ticket)
    bill.cosigned_by_id, bill.cosigned_by, bill.sent_at = by.staff.id, by.staff, utcnow()
    bill.cosigned_for = acting_for(ticket, by, "cosign_bill")
    db.session.flush()
    documents.issue_bill(ticket, bill, _test_number(ticket))
    return bill


def _bill_in_force(ticket: Ticket) -> Bill:
    bill = open_bill(ticket)
    if bill is None:
        raise StepRefused(_("Tidak ada tagihan yang berlaku."), "stale")
    return bill


def cancel_bill(ticket: Ticket, reason: str) -> str:
    """N8: the bill keeps its number and says that it is cancelled."""
    bill = _bill_in_force(ticket)
    bill.cancelled_at, bill.cancel_reason = utcnow(), reason
    void_documents(ticket, "bill", _("Tagihan dibatalkan."))
    return bill.number


def record_payment(ticket: Ticket, by: Actor, form: asks.PaymentForm, paid: State, in_part: State) -> Outcome:
    """N8b: each payment has a receipt of its own; what came above the bill is kept apart, with what becomes of it."""
    bill = _bill_in_force(ticket)
    number = take_number("receipt", today())  # its row lock lets one payment at a time look at the unit's credit
    over_rp = max(form.amount_rp - bill.outstanding_rp, 0)
    if form.method.data == "credit":
        _ask_credit(ticket, bill, form)
    elif over_rp:
        _ask_over(bill, over_rp, form)
    payment = Payment(
        bill_id=bill.id,
        amount_rp=form.amount_rp,
        paid_on=form.paid_on.data,
        method=form.method.data,
        payer=form.payer.data,
        receipt_number=number,
        recorded_by_id=by.staff.id,
        recorded_by=by.staff,
        over_rp=over_rp,
        over_use=form.over_use.data if over_rp else "",
        over_note=(form.over_note.data or "") if over_rp else "",
    )
    db.session.add(payment)
    db.session.flush()
    db.session.refresh(bill, ["payments"])
    documents.issue_receipt(ticket, bill, payment)
    return Outcome(paid if bill.is_paid else in_part, _payment_words(payment), _payment_facts(payment))


def _ask_over(bill: Bill, over_rp: int, form: asks.PaymentForm) -> None:
    """More than is owed is no fault where a transfer carried a unique code; what becomes of the rest is asked."""
    words = {"left": rupiah(bill.outstanding_rp), "over": rupiah(over_rp)}
    if not form.over_use.data:
        sentence = _(
            "Sisa tagihan tinggal %(left)s; kelebihannya %(over)s. Periksa jumlahnya, atau pilih apakah kelebihan itu "
            "dikembalikan atau dititipkan.",
            **words,
        )
        form.over_use.errors = [sentence]
        raise StepRefused(sentence, "form", form)
    if form.over_use.data == "return" and not form.over_note.data:
        sentence = _("Tulis ke rekening atau kepada siapa kelebihan %(over)s dikembalikan.", **words)
        form.over_note.errors = [sentence]
        raise StepRefused(sentence, "form", form)


def _ask_credit(ticket: Ticket, bill: Bill, form: asks.BillForm) -> None:
    left_rp = credit_of(ticket.unit_id)
    most_rp = min(left_rp, bill.outstanding_rp)
    if form.amount_rp > most_rp:
        sentence = _(
            "Titipan unit ini %(credit)s dan sisa tagihan %(left)s. Tulis paling banyak %(most)s.",
            credit=rupiah(left_rp),
            left=rupiah(bill.outstanding_rp),
            most=rupiah(most_rp),
        )
        form.amount.errors = [sentence]
        raise StepRefused(sentence, "form", form)


def _payment_words(payment: Payment) -> str:
    """What the history says of an overpayment; nothing where there is none."""
    if not payment.over_rp:
        return ""
    words = _("Kelebihan %(over)s: %(use)s.", over=rupiah(payment.over_rp), use=str(payment.over_label).lower())
    return f"{words} {payment.over_note}".strip()


def _payment_facts(payment: Payment) -> dict[str, Json]:
    """What the event keeps of a payment."""
    facts: dict[str, Json] = {"amount_rp": payment.amount_rp, "receipt": payment.receipt_number}
    return facts | ({"over_rp": payment.over_rp, "over_use": payment.over_use} if payment.over_rp else {})


def return_overpayment(ticket: Ticket, by: Actor, form: asks.ReturnForm) -> Outcome:
    """N8f: what was too much went back; credit that a later bill has taken cannot go back too."""
    payment = overpayment_of(ticket)
    if payment is None:
        raise StepRefused(_("Tidak ada kelebihan bayar yang belum dikembalikan."), "stale")
    lock_number("receipt", today())
    if payment.over_use == "credit" and credit_of(ticket.unit_id) < payment.over_rp:
        raise StepRefused(_("Titipan ini sudah dipakai untuk tagihan lain."), "need")
    payment.returned_on, payment.returned_note = form.returned_on.data, form.text.data
    payment.returned_by_id, payment.returned_by = by.staff.id, by.staff
    return Outcome(text=payment.returned_note, data={"over_rp": payment.over_rp})


def reverse_payment(ticket: Ticket, by: Actor, form: asks.ReversalForm) -> Outcome:
    """N8g: a wrong payment stays with its receipt and is undone by a second row; who recorded it cannot."""
    bill = _bill_in_force(ticket)
    lock_number("receipt", today())
    payment = next((one for one in bill.standing_payments if one.id == form.payment.data), None)
    if payment is None:
        _refuse_reversal(form, _("Pilih pembayaran yang akan dibalik; yang sudah dibalik tidak dapat dibalik lagi."))
    elif not DUTIES["payment_reversal"].allows(by.staff, made=[payment.recorded_by_id]):
        raise StepRefused(_("Anda yang mencatat pembayaran ini; orang lain yang membaliknya."), "need", form)
    elif payment.returned_on:
        _refuse_reversal(form, _("Kelebihan pembayaran ini sudah dikembalikan, jadi uangnya memang pernah diterima."))
    elif payment.over_use == "credit" and credit_of(ticket.unit_id) < payment.over_rp:
        _refuse_reversal(form, _("Titipan dari pembayaran ini sudah dipakai untuk tagihan lain. Balik dulu yang itu."))
    assert payment is not None  # refused above
    reversal = Payment(
        bill_id=bill.id,
        amount_rp=-payment.amount_rp,
        over_rp=-payment.over_rp,
        over_use=payment.over_use,
        paid_on=today(),
        method=payment.method,
        payer=payment.payer,
        receipt_number=f"{payment.receipt_number[:73]}/BATAL",
        recorded_by_id=by.staff.id,
        reverses_id=payment.id,
        reverse_reason=form.reason.data,
    )
    db.session.add(reversal)
    db.session.flush()
    db.session.refresh(bill, ["payments"])
    for document in documents_of(ticket):
        if document.kind == "receipt" and document.number == payment.receipt_number:
            document.void(_("Pembayaran dibalik: %(why)s", why=form.reason.data))
    return Outcome(data={"amount_rp": reversal.amount_rp, "receipt": payment.receipt_number})


def _refuse_reversal(form: asks.ReversalForm, sentence: str) -> None:
    form.payment.errors = [sentence]
    raise StepRefused(sentence, "form", form)


def note_payment_reminded(ticket: Ticket) -> dict[str, Json]:
    bill = _bill_in_force(ticket)
    bill.reminded_on = today()
    return {"number": bill.number, "is_late": bill.due_on < today()}
