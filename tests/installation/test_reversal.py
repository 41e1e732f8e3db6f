"""A wrong payment is reversed by a second entry (N8g): nothing is deleted, the bill is owed again, the ticket open again."""

from __future__ import annotations

import pytest

from admin_views.installation.reports import open_overpayments, owed_by_unit
from models.base.db import db
from models.base.wording import today
from models.installation.bill import Bill, Payment, credit_of, open_bill, overpayment_of
from models.tickets.issued_document import documents_of
from models.tickets.outbox import Mail
from models.tickets.ticket import Event, Ticket
from procedures.engine.take_step import StepRefused
from tests.browse import Person
from tests.databases import both, once
from tests.installation.installation_walk import SCAN, installation_at, take
from tests.installation.test_overpayment import pay

pytestmark = once
EVERYTHING = Bill.ticket_id.in_(db.select(Ticket.id))


def first_payment() -> int:
    return db.session.scalar(db.select(Payment.id).order_by(Payment.id))


def reverse(ticket: Ticket, by: str = "nita", payment: int | None = None, reason: str = "Milik unit lain.") -> None:
    take(ticket, "reverse_payment", by, payment=str(payment or first_payment()), reason=reason)


def refused(ticket: Ticket, by: str = "nita", **fields: object) -> str:
    count = db.session.query(Payment).count()
    with pytest.raises(StepRefused) as why:
        reverse(ticket, by, **fields)  # type: ignore[arg-type]
    assert db.session.query(Payment).count() == count
    return why.value.sentence


@both
def test_a_closed_ticket_opens_again_and_its_bill_is_owed_as_before(app):
    ticket = installation_at("payment")
    pay(ticket, "4.500.000")
    assert (ticket.state, ticket.is_open) == ("closed", False)
    reverse(ticket)
    bill = open_bill(ticket)
    assert (ticket.state, ticket.is_open, ticket.closed_at) == ("payment", True, None)
    assert (bill.outstanding_rp, bill.paid_rp, bill.is_paid) == (4_500_000, 0, False)
    assert [(p.amount_rp, p.reverses_id is None) for p in bill.payments] == [(4_500_000, True), (-4_500_000, False)]
    receipt = next(d for d in documents_of(ticket) if d.kind == "receipt")
    assert receipt.void_reason == "Pembayaran dibalik: Milik unit lain."
    facts = db.session.query(Mail).filter_by(notice="payment_reversed").one().facts
    assert (facts["outstanding_rp"], facts["text"]) == (4_500_000, "Milik unit lain.")
    ((_unit, _ages, sum_rp),) = owed_by_unit(EVERYTHING)
    assert sum_rp == 4_500_000
    pay(ticket, "4.500.000")
    assert (ticket.state, open_bill(ticket).outstanding_rp) == ("closed", 0)
    assert [e.step for e in db.session.query(Event).filter(Event.number.like("N8%")).order_by(Event.id)][-3:] == [
        "record_payment", "reverse_payment", "record_payment",
    ]  # fmt: skip


def test_one_of_two_payments_is_reversed_and_never_twice(app):
    ticket = installation_at("payment")
    pay(ticket, "1.000.000")
    pay(ticket, "500.000")
    reverse(ticket)
    assert (ticket.state, open_bill(ticket).outstanding_rp) == ("payment", 4_000_000)
    assert "sudah dibalik tidak dapat dibalik lagi" in refused(ticket)
    second = db.session.scalar(db.select(Payment.id).where(Payment.reverses_id.is_not(None)))
    assert "sudah dibalik" in refused(ticket, payment=second), (
        "a reversal is not reversed: the payment is recorded anew"
    )


def test_who_recorded_it_does_not_reverse_it(app):
    ticket = installation_at("payment")
    pay(ticket, "1.000.000")
    assert "Belum ada pembayaran yang dicatat orang lain." in refused(ticket, "sari")
    take(ticket, "record_payment", "nita", files=(SCAN,), amount="500.000", paid_on=today().isoformat(),
         method="transfer", payer="Bendahara")  # fmt: skip
    assert "orang lain yang membaliknya" in refused(ticket, "sari")
    reverse(ticket, "budi")
    assert open_bill(ticket).outstanding_rp == 4_000_000


def test_what_was_too_much_goes_with_the_payment_unless_it_was_returned_or_used(app):
    ticket = installation_at("payment")
    pay(ticket, "4.600.000", over_use="credit")
    assert credit_of(ticket.unit_id) == 100_000
    later = installation_at("payment")
    pay(later, "100.000", files=(), method="credit")
    assert "sudah dipakai untuk tagihan lain" in refused(ticket)
    used = db.session.scalar(db.select(Payment.id).where(Payment.method == "credit"))
    reverse(later, payment=used)
    assert credit_of(ticket.unit_id) == 100_000
    reverse(ticket)
    assert (credit_of(ticket.unit_id), overpayment_of(ticket), open_overpayments(EVERYTHING)) == (0, None, [])
    assert open_bill(ticket).outstanding_rp == 4_500_000


def test_money_that_went_back_did_come_in(app):
    ticket = installation_at("payment")
    pay(ticket, "4.600.000", over_use="return", over_note="BRI")
    take(ticket, "return_overpayment", "nita", files=(SCAN,), returned_on=today().isoformat(), text="Tunai")
    assert "sudah dikembalikan" in refused(ticket, "budi")


def test_bad_input_is_said_on_its_field_and_other_tickets_payments_are_none(app):
    other, ticket = installation_at("payment"), installation_at("payment")
    pay(other, "1.000.000")
    pay(ticket, "200.000")
    assert "Pilih pembayaran" in refused(ticket, payment=first_payment())
    page = Person(app, "nita")
    for typed in ({"payment": "x", "reason": "Salah"}, {"payment": "0", "reason": "Salah"}, {"reason": ""}):
        answer = page.post(f"/admin/ticket/{ticket.id}/do/reverse_payment", typed)
        assert answer.status_code == 422 and "Pilih" in answer.text, typed
    assert db.session.query(Payment).count() == 2


def test_a_bill_whose_only_payment_was_reversed_may_be_cancelled(app):
    ticket = installation_at("payment")
    pay(ticket, "1.000.000")
    with pytest.raises(StepRefused, match="sudah dibayar sebagian"):
        take(ticket, "cancel_bill", "budi", reason="Salah unit.")
    reverse(ticket)
    take(ticket, "cancel_bill", "budi", reason="Salah unit.")
    assert ticket.state == "billing"


def test_the_register_of_payments_shows_both_entries(app):
    ticket = installation_at("payment")
    pay(ticket, "1.000.000")
    reverse(ticket)
    page = Person(app, "budi").get("/admin/payment/").text
    assert "-Rp1.000.000" in page and "Membalik " in page and "Dibalik" in page
    bench = Person(app, "nita").get(f"/admin/ticket/details/?id={ticket.id}").text
    assert "Balik pembayaran" in bench and "Tidak berlaku" in bench
