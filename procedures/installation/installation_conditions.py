"""What must hold before a step of an installation (N), and the sentences of the refusals that several steps share."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from models.base.wording import today
from models.base.written import is_written
from models.installation.bill import open_bill, overpayment_of
from models.installation.point_counts import point_counts
from models.installation.quality_test import latest_test
from models.installation.rab import approved_rab, latest_rab, makers_of, price_setters
from models.installation.survey import appointed, survey_of
from models.organisation.duties import DUTIES
from models.organisation.roles import Role
from models.tickets.ticket import Ticket
from procedures.engine.declaration import Actor
from procedures.installation.letters import letter_of


def has_unconfirmed_disposition(ticket: Ticket, _by: Actor) -> bool:
    return any(not one.is_confirmed for one in letter_of(ticket).dispositions)


def is_named_surveyor(ticket: Ticket, by: Actor) -> bool:
    return by.staff is not None and by.staff.id in [one.staff_id for one in appointed(ticket, "survey")]


def is_named_installer(ticket: Ticket, by: Actor) -> bool:
    if by.staff is None or by.staff.has(Role.HEAD_NETWORKING):
        return by.staff is not None
    return by.staff.id in [one.staff_id for one in appointed(ticket, "installation")]


def survey_is_complete(ticket: Ticket, _by: Actor) -> bool:
    survey = survey_of(ticket)
    return survey is not None and survey.sent_at is None and not survey.gaps()


def rab_is_filled(ticket: Ticket, _by: Actor) -> bool:
    rab = latest_rab(ticket)
    return rab is not None and rab.is_draft and bool(rab.lines)


def rab_is_not_mine(ticket: Ticket, by: Actor) -> bool:
    """Who drafted or submitted a version may not decide on it, delegates included (N6)."""
    rab = latest_rab(ticket)
    return rab is None or DUTIES["rab"].allows(by.staff, made=makers_of(rab))


def rab_prices_are_not_mine(ticket: Ticket, by: Actor) -> bool:
    rab = latest_rab(ticket)
    return rab is None or DUTIES["price"].allows(by.staff, made=price_setters(rab))


def rab_is_still_valid(ticket: Ticket, _by: Actor) -> bool:
    rab = approved_rab(ticket)
    return rab is not None and rab.valid_until >= today()


def test_is_filled(ticket: Ticket, _by: Actor) -> bool:
    test = latest_test(ticket)
    return test is not None and test.sent_at is None and bool(test.points)


def point_counts_agree_or_are_explained(ticket: Ticket, _by: Actor) -> bool:
    test = latest_test(ticket)
    return test is None or not point_counts(ticket).differ or is_written(test.points_reason)


def bill_is_signed_by_another(ticket: Ticket, by: Actor) -> bool:
    bill = open_bill(ticket)
    return bill is None or DUTIES["bill"].allows(by.staff, decided=[bill.signed_by_id])


def bill_is_of_others(ticket: Ticket, by: Actor) -> bool:
    """Who drew the RAB up, approved it or signed the bill does not say that it was paid."""
    bill = open_bill(ticket)
    if bill is None:
        return True
    decided = (bill.rab.decided_by_id, bill.signed_by_id, bill.cosigned_by_id)
    return DUTIES["payment"].allows(by.staff, made=makers_of(bill.rab), decided=decided)


def payment_is_of_another(ticket: Ticket, by: Actor) -> bool:
    payment = overpayment_of(ticket)
    return payment is None or DUTIES["payment_return"].allows(by.staff, made=[payment.recorded_by_id])


def bill_is_unpaid(ticket: Ticket, _by: Actor) -> bool:
    bill = open_bill(ticket)
    return bill is None or not bill.standing_payments


def another_recorded_a_payment(ticket: Ticket, by: Actor) -> bool:
    bill = open_bill(ticket)
    made = [payment.recorded_by_id for payment in bill.standing_payments] if bill else []
    return any(DUTIES["payment_reversal"].allows(by.staff, made=[each]) for each in made)


def has_overpayment(ticket: Ticket, _by: Actor) -> bool:
    return overpayment_of(ticket) is not None


OWN_RAB = _l("Anda yang menyusun RAB ini; keputusannya harus diambil orang lain.")
OWN_PRICE = _l("RAB ini memakai harga yang Anda sendiri tulis di daftar harga; mintalah pimpinan lain menyetujuinya.")
OWN_BILL = _l("Anda ikut menyusun atau menyetujui tagihan ini; pembayarannya dicatat orang lain.")
OWN_PAYMENT = _l("Anda yang mencatat pembayaran ini; pengembaliannya dicatat orang lain.")
COUNTS_DIFFER = _l(
    "Jumlah titik di surat, survey, RAB, laporan pemasang, dan uji berbeda; alasannya belum ditulis di formulir uji."
)
