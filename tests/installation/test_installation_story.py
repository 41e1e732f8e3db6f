"""The network installation, N1 to N9, as stories with named people."""

from __future__ import annotations

import pytest

from models.base.db import db
from models.installation.bill import bills_of, open_bill
from models.installation.rab import versions_of
from models.tickets.issued_document import documents_of
from models.tickets.outbox import Mail
from models.tickets.ticket import Ticket
from procedures.engine.take_step import StepRefused
from tests.databases import both, once
from tests.installation.installation_walk import (
    DEWI,
    SCAN,
    agree,
    fill_rab,
    installation_at,
    issue_bill,
    name_installers,
    name_surveyors,
    pay,
    send_letter,
    send_survey,
    send_test,
    submit_rab,
    take,
)

pytestmark = once


def told(ticket: Ticket, notice: str) -> list[str]:
    query = db.session.query(Mail.recipient).filter_by(ticket_id=ticket.id, notice=notice).order_by(Mail.id)
    return [recipient for (recipient,) in query]


def test_installation_from_letter_to_paid_bill_with_rab_returned_and_one_recheck(app):
    ticket = send_letter()
    assert (ticket.state, ticket.line, ticket.group.name) == ("disposition", "N2", "Meja Layanan")
    take(ticket, "dispose", "budi", text="Mohon disurvey minggu ini.")
    assert ticket.group.name == "Jaringan"
    name_surveyors(ticket, "tono", "rina")
    assert told(ticket, "survey_assigned") == ["rina@pustikom.example", "tono@pustikom.example"]
    send_survey(ticket, result="conditional", condition="Rak dibumikan lebih dahulu.")
    submit_rab(ticket)
    take(ticket, "return_rab", "budi", reason="Cantumkan merek switch.")
    submit_rab(ticket, price_rp=2_000_000)
    take(ticket, "approve_rab", "budi")
    assert told(ticket, "rab_approved") == ["dewi@feb.example", "dekan@feb.example", "rina@pustikom.example"]
    agree(ticket)
    name_installers(ticket)
    take(ticket, "report_installed", "tono", points=3, text="Terpasang.")
    send_test(ticket, good=False)
    take(ticket, "recheck", "tono", findings="Konektor longgar.", action="Dipasang ulang.")
    send_test(ticket)
    issue_bill(ticket)
    pay(ticket, "4.000.000")
    assert (ticket.state, open_bill(ticket).outstanding_rp) == ("payment", 5_000_000)
    pay(ticket, "5000000")
    assert (ticket.state, ticket.is_open) == ("closed", False)
    assert [event.number for event in ticket.events if event.number] == [
        "N1", "N2", "N3", "N4", "N5", "N6c", "N5", "N6", "N6b", "N7b", "N7c", "N7", "N9", "N7", "N8", "N8b", "N8b",
    ]  # fmt: skip
    assert [document.kind for document in documents_of(ticket)] == [
        "letter", "disposition", "survey", "rab", "test", "test", "bill", "receipt", "receipt",
    ]  # fmt: skip
    assert [(rab.version, rab.decision, rab.total_rp) for rab in versions_of(ticket)] == [
        (1, "returned", 4_500_000), (2, "approved", 9_000_000),
    ]  # fmt: skip


@both
def test_unit_completes_a_letter_that_was_sent_back(app):
    ticket = installation_at("completion")
    assert told(ticket, "letter_returned") == ["dewi@feb.example"]
    take(ticket, "complete_letter", DEWI, text="Denah terlampir.", files=(SCAN,))
    assert ticket.state == "disposition"
    assert told(ticket, "letter_completed") == ["budi@pustikom.example"]


def test_infeasible_place_is_ended_by_the_head_of_the_centre_after_a_proposal(app):
    ticket = installation_at("not_feasible")
    assert [e.number for e in ticket.events][-3:] == ["N4", "N4b", "N5b"]
    assert told(ticket, "request_refused") == ["dewi@feb.example", "rina@pustikom.example"]


def test_head_of_centre_does_not_end_it_and_the_place_is_surveyed_again(app):
    ticket = installation_at("end_proposed")
    take(ticket, "keep_going", "budi", reason="Coba lewat atap.")
    take(ticket, "survey_again", "rina", reason="Lewat atap.")
    name_surveyors(ticket)
    send_survey(ticket)
    assert ticket.state == "rab_draft"


@both
def test_paper_disposition_is_entered_by_sari_and_confirmed_by_the_head_later(app):
    ticket = send_letter()
    with pytest.raises(StepRefused) as refused:
        take(ticket, "enter_disposition", "sari", text="Survey segera.")
    assert refused.value.form.file_faults == ["Lampirkan pindaian lembar yang sudah ditandatangani."]
    take(ticket, "enter_disposition", "sari", text="Survey segera.", files=(SCAN,))
    name_surveyors(ticket)
    take(ticket, "confirm_disposition", "budi")
    with pytest.raises(StepRefused, match="Tidak ada disposisi di kertas"):
        take(ticket, "confirm_disposition", "budi")


def test_rina_passes_the_disposition_on_to_tono(app):
    ticket = installation_at("surveyors")
    from tests.installation.installation_walk import staff_id

    take(ticket, "pass_on", "rina", people=[staff_id("tono")], text="Tolong survey Jumat.")
    assert ticket.assignee.name == "Tono"
    assert told(ticket, "passed_on") == ["tono@pustikom.example"]


def test_unit_declines_and_the_ticket_ends_with_its_reason(app):
    ticket = installation_at("declined")
    assert (ticket.is_open, ticket.events[-1].text) == (False, "Anggaran habis.")


def test_operator_records_the_units_letter_only_with_its_scan(app):
    ticket = installation_at("unit_agreement")
    with pytest.raises(StepRefused, match="Surat jawaban unit belum dilampirkan"):
        take(ticket, "answer_rab", "sari", answer="agree", decided_by="Pak Dekan", decided_as="Dekan")
    take(ticket, "answer_rab", "sari", answer="agree", decided_by="Pak Dekan", decided_as="Dekan", files=(SCAN,))
    assert ticket.state == "installers"


@both
def test_revised_rab_voids_the_one_that_was_sent(app):
    ticket = installation_at("unit_agreement")
    take(ticket, "revise_rab", "rina", reason="Unit menambah dua titik.")
    assert ticket.state == "rab_draft"
    assert [p.void_reason for p in documents_of(ticket) if p.kind == "rab"] == ["Diganti RAB baru."]


def test_test_may_fail_any_number_of_rounds_and_never_bills(app):
    ticket = installation_at("recheck")
    for _round in range(3):
        with pytest.raises(StepRefused) as refused:
            issue_bill(ticket)
        assert refused.value.why == "state"
        take(ticket, "recheck", "tono", findings="Rugi sinyal.", action="Disambung ulang.")
        send_test(ticket, good=False)
    take(ticket, "recheck", "tono", findings="Kabel rusak.", action="Kabel diganti.")
    send_test(ticket)
    assert ticket.state == "billing"


def test_rab_of_zero_needs_no_bill(app):
    ticket = installation_at("rab_draft")
    submit_rab(ticket, price_rp=0)
    take(ticket, "approve_rab", "budi")
    agree(ticket)
    name_installers(ticket)
    take(ticket, "report_installed", "tono", points=3, text="Terpasang.")
    send_test(ticket)
    assert (ticket.state, bills_of(ticket)) == ("closed", [])


@both
def test_bill_with_two_signatures_goes_out_with_the_second_of_another_person(app):
    ticket = installation_at("bill_signature")
    assert [p.kind for p in documents_of(ticket)].count("bill") == 0
    with pytest.raises(StepRefused, match="Tanda tangan kedua harus dari orang lain"):
        take(ticket, "cosign_bill", "budi")
    _lend_to_yusuf()
    take(ticket, "cosign_bill", "yusuf")
    assert ticket.state == "payment"
    data = next(p for p in documents_of(ticket) if p.kind == "bill").data
    assert '"on_behalf": "a.n. Pustikom"' in data and "Wakil Kepala Pustikom" in data


def _lend_to_yusuf() -> None:
    from datetime import timedelta

    from models.base.db import write_transaction
    from models.base.wording import today
    from models.organisation.delegation import Delegation
    from tests.installation.installation_walk import staff_id

    with write_transaction():
        db.session.add(
            Delegation(from_staff_id=staff_id("budi"), to_staff_id=staff_id("yusuf"), role="head_of_centre",
                       starts_on=today() - timedelta(days=1), ends_on=today() + timedelta(days=30),
                       reason="Kunjungan kerja")
        )  # fmt: skip
    from flask import g

    g.pop("delegations", None)


@both
def test_cancelled_bill_keeps_its_number_and_the_next_gets_another(app):
    ticket = installation_at("payment")
    take(ticket, "cancel_bill", "budi", reason="Salah jatuh tempo.")
    issue_bill(ticket)
    first, second = bills_of(ticket)
    assert (first.cancelled_at is not None, first.number[:3], second.number[:3]) == (True, "001", "002")


def test_d9_head_does_not_approve_a_rab_of_her_own(app, cast):
    from models.base.db import write_transaction
    from models.organisation.roles import Role

    ticket = installation_at("rab_draft")
    with write_transaction():
        cast["rina"].roles = {Role.HEAD_NETWORKING, Role.HEAD_OF_CENTRE}
    submit_rab(ticket, by="rina")
    for step, fields in (("approve_rab", {}), ("return_rab", {"reason": "x"}), ("refuse_rab", {"reason": "x"})):
        with pytest.raises(StepRefused, match="harus diambil orang lain"):
            take(ticket, step, "rina", **fields)
    assert ticket.state == "rab_approval"


def test_d9_payment_larger_than_what_is_owed_is_refused_and_nothing_is_kept(app):
    ticket = installation_at("payment")
    with pytest.raises(StepRefused, match=r"Sisa tagihan tinggal Rp4\.500\.000"):
        pay(ticket, "4500001")
    pay(ticket, "4500000")
    with pytest.raises(StepRefused) as refused:
        pay(ticket, "1")
    assert refused.value.why == "state"


@pytest.mark.parametrize("amount", ["0", "-5", "satu juta", "1,5", "99999999999999999"])
def test_d9_absurd_payment_is_refused_with_a_sentence(app, amount):
    ticket = installation_at("payment")
    with pytest.raises(StepRefused) as refused:
        pay(ticket, amount)
    assert refused.value.form.amount.errors[0].endswith(".")


@both
def test_bill_above_the_rab_needs_a_reason(app):
    from decimal import Decimal

    from models.base.db import write_transaction

    ticket = installation_at("billing")
    with write_transaction():
        versions_of(ticket)[-1].lines[0].built_volume = Decimal(3)
    with pytest.raises(StepRefused, match=r"Tagihan Rp5\.500\.000 berbeda dari RAB Rp4\.500\.000\. Tulis alasannya"):
        issue_bill(ticket, basis="built")
    issue_bill(ticket, basis="built", reason="Satu rol kabel tambahan.")
    assert open_bill(ticket).total_rp == 5_500_000


def test_letter_dated_tomorrow_or_without_scan_is_refused(app):
    from datetime import timedelta

    from models.base.wording import today

    with pytest.raises(StepRefused) as refused:
        send_letter(letter_date=(today() + timedelta(days=1)).isoformat())
    assert refused.value.form.letter_date.errors == ["Tanggal ini belum terjadi. Periksa hari, bulan, dan tahunnya."]
    with pytest.raises(StepRefused) as refused:
        send_letter(files=())
    assert refused.value.form.file_faults == ["Lampirkan pindaian surat (PDF atau foto)."]


def test_d9_decision_on_a_page_that_is_no_longer_the_latest_is_refused(app):
    ticket = installation_at("rab_approval")
    seen = ticket.version
    take(ticket, "return_rab", "budi", reason="Cantumkan merek.")
    fill_rab(ticket, 7)
    take(ticket, "submit_rab", "tono")
    with pytest.raises(StepRefused) as refused:
        take(ticket, "approve_rab", "budi", version=seen)
    assert refused.value.why == "stale"


def test_billed_installation_cannot_be_cancelled_under_its_bill(app):
    ticket = installation_at("payment")
    with pytest.raises(StepRefused) as refused:
        take(ticket, "cancel", "rina", reason="x")
    assert refused.value.why == "state"
