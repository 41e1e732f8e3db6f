"""Money above the bill: a transfer with a unique code is recorded with its rest, which is returned or credited (N8b, N8f)."""

from __future__ import annotations

import pytest

from admin_views.installation.reports import open_overpayments, owed_by_unit
from documents.stored_document import file_of
from models.base.db import db
from models.base.wording import today
from models.installation.bill import Bill, Payment, bills_of, credit_of, open_bill
from models.tickets.issued_document import documents_of
from models.tickets.outbox import Mail
from models.tickets.ticket import Event, Ticket
from procedures.engine.take_step import StepRefused
from tests.browse import Person
from tests.databases import both, once
from tests.installation.installation_walk import SCAN, installation_at, take
from tests.installation.test_documents import text_of

pytestmark = once


def pay(ticket, amount, files=(SCAN,), method="transfer", **more):
    fields = {"amount": amount, "paid_on": today().isoformat(), "method": method, "payer": "Bendahara FEB", **more}
    take(ticket, "record_payment", "sari", files=files, **fields)


def refused(ticket, amount, **more):
    with pytest.raises(StepRefused) as why:
        pay(ticket, amount, **more)
    assert db.session.query(Payment).count() == 0, "nothing is kept of a refused payment"
    return why.value.sentence


def paid(over_use="return", amount="4.500.123"):
    ticket = installation_at("payment")
    pay(ticket, amount, over_use=over_use, over_note="Rekening BRI Bendahara FEB" if over_use == "return" else "")
    return ticket


@both
def test_transfer_with_a_unique_code_is_asked_about_then_recorded_with_its_rest(app):
    ticket = installation_at("payment")
    asked = refused(ticket, "4.500.123")
    assert asked == (
        "Sisa tagihan tinggal Rp4.500.000; kelebihannya Rp123. Periksa jumlahnya, atau pilih apakah kelebihan itu "
        "dikembalikan atau dititipkan."
    )
    assert "kepada siapa kelebihan Rp123" in refused(ticket, "4.500.123", over_use="return")
    pay(ticket, "4.500.123", over_use="return", over_note="Rekening BRI Bendahara FEB")
    (payment,) = open_bill(ticket).payments
    assert (payment.amount_rp, payment.over_rp, payment.over_use) == (4_500_123, 123, "return")
    assert (ticket.state, open_bill(ticket).outstanding_rp, open_bill(ticket).is_paid) == ("closed", 0, True)
    event = db.session.query(Event).filter_by(step="record_payment").one()
    assert event.text == "Kelebihan Rp123: akan dikembalikan ke pembayar. Rekening BRI Bendahara FEB"


def test_a_choice_without_anything_too_much_records_nothing_too_much(app):
    ticket = installation_at("payment")
    pay(ticket, "1.000.000", over_use="credit", over_note="x")
    (payment,) = open_bill(ticket).payments
    assert (payment.over_rp, payment.over_use, payment.over_note, ticket.state) == (0, "", "", "payment")


def test_receipt_and_mail_name_the_whole_sum_and_what_was_too_much(app):
    ticket = paid()
    receipt = next(p for p in documents_of(ticket) if p.kind == "receipt")
    text = text_of(file_of(receipt.id))
    for words in ("Rp4.500.123", "Empat juta lima ratus ribu seratus dua puluh tiga rupiah", "Sisa tagihan Rp0", "LUNAS",
                  "Kelebihan bayar Rp123, akan dikembalikan ke pembayar: Rekening BRI Bendahara FEB"):  # fmt: skip
        assert words in text, words
    facts = db.session.query(Mail).filter_by(notice="payment_received").one().facts
    assert (facts["over_rp"], facts["outstanding_rp"]) == (123, 0)


def test_operator_returns_what_was_too_much_once_and_with_proof(app):
    ticket = paid()
    fields = {"returned_on": today().isoformat(), "text": "Transfer BRI ke Bendahara FEB"}
    with pytest.raises(StepRefused) as without:
        take(ticket, "return_overpayment", "nita", **fields)
    assert without.value.form.file_faults == ["Lampirkan bukti pengembalian (PDF atau foto)."]
    take(ticket, "return_overpayment", "nita", files=(SCAN,), **fields)
    (payment,) = open_bill(ticket).payments
    assert (payment.returned_on, payment.returned_note) == (today(), "Transfer BRI ke Bendahara FEB")
    assert str(payment.over_label) == "Sudah dikembalikan"
    assert db.session.query(Mail).filter_by(notice="overpayment_returned").one().facts["over_rp"] == 123
    with pytest.raises(StepRefused, match="Tidak ada kelebihan bayar"):
        take(ticket, "return_overpayment", "nita", files=(SCAN,), **fields)


def test_credit_of_a_unit_pays_a_later_bill_and_never_more_than_there_is(app):
    first = paid("credit", "5.000.000")
    assert credit_of(first.unit_id) == 500_000
    later = installation_at("payment")
    with pytest.raises(StepRefused, match=r"Titipan unit ini Rp500\.000 dan sisa tagihan Rp4\.500\.000"):
        pay(later, "500.001", files=(), method="credit")
    pay(later, "200.000", files=(), method="credit")
    assert (credit_of(later.unit_id), open_bill(later).outstanding_rp) == (300_000, 4_300_000)
    with pytest.raises(StepRefused, match="sudah dipakai untuk tagihan lain"):
        take(first, "return_overpayment", "nita", files=(SCAN,), returned_on=today().isoformat(), text="Tunai")
    pay(later, "300.000", files=(), method="credit")
    assert credit_of(later.unit_id) == 0


def test_credit_that_no_bill_took_may_still_be_returned(app):
    ticket = paid("credit")
    take(ticket, "return_overpayment", "nita", files=(SCAN,), returned_on=today().isoformat(), text="Tunai")
    assert credit_of(ticket.unit_id) == 0


@both
def test_reports_owe_nobody_less_for_what_another_paid_too_much(app):
    everything = Bill.ticket_id.in_(db.select(Ticket.id))
    first = paid(amount="4.600.000")
    installation_at("payment")
    ((_unit, _ages, sum_rp),) = owed_by_unit(everything)
    assert sum_rp == 4_500_000
    assert [one.over_rp for one in open_overpayments(everything)] == [100_000]
    take(first, "return_overpayment", "nita", files=(SCAN,), returned_on=today().isoformat(), text="Tunai")
    assert open_overpayments(everything) == []


def test_operator_reads_on_the_workbench_what_is_still_to_be_returned(app):
    ticket = paid()
    page = Person(app, "nita").get(f"/admin/ticket/details/?id={ticket.id}").text
    assert "Kelebihan Rp123 pada kuitansi" in page and "Catat pengembalian kelebihan" in page
    report = Person(app, "budi").get("/admin/installation/reports/").text
    assert "Kelebihan bayar" in report and "Rekening BRI Bendahara FEB" in report
    exact = installation_at("closed")
    page = Person(app, "nita").get(f"/admin/ticket/details/?id={exact.id}").text
    assert "Catat pengembalian kelebihan" not in page
    assert [bill.is_paid for bill in bills_of(exact)] == [True]
