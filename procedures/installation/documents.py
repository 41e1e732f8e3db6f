"""Issues the documents of an installation: each gets its number, facts and check code."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from documents.document import Composed, Identity, PrintedPhoto, Signature
from documents.installation.bill import BankAccount, PaymentReceipt, PrintedBill, compose_bill, compose_payment_receipt
from documents.installation.quality_test import PrintedCount, PrintedMeasure, QualityReport, compose_quality_test
from documents.installation.rab import PrintedLine, PrintedRab, PrintedSection, compose_rab
from documents.installation.survey import PrintedMaterial, PrintedPoint, SurveyReport, compose_survey
from documents.organisation.disposition import DispositionSheet, PrintedInstruction, compose_disposition
from documents.tickets.receipt_slip import LetterReceipt, compose_letter_receipt
from models.base import setting
from models.base.db import db, utcnow
from models.base.rupiah import Totals, rupiah, volume_text
from models.base.wording import local, today
from models.installation.bill import Bill, BillLine, Payment
from models.installation.limits import Connection, limit_sentences
from models.installation.point_counts import point_counts
from models.installation.quality_test import QualityTest, TestPoint, latest_test, limits_for, recheck_before
from models.installation.rab import SECTIONS, Rab, RabLine
from models.installation.readings import Reading
from models.installation.survey import CABLES, GROUNDINGS, RESULTS, Survey, appointed, request_of, survey_of
from models.tickets.issued_document import IssuedDocument
from models.tickets.letter import Disposition, RequestLetter
from models.tickets.ticket import CHANNELS, Ticket
from models.tickets.ticket_keys import status_url
from procedures.base.documents import IN_INDONESIAN, issue, letterhead, signature


@IN_INDONESIAN
def issue_letter_receipt(ticket: Ticket, letter: RequestLetter, by: str) -> IssuedDocument:
    """N1: the receipt of the letter, with its agenda number."""
    asked = request_of(ticket)
    receipt = LetterReceipt(
        letter_number=letter.number,
        letter_date=letter.dated_on,
        subject=letter.subject,
        unit=ticket.unit.name if ticket.unit else "",
        signed_by=_with_position(letter.signed_by, letter.signed_as),
        acknowledged_by=_with_position(letter.acknowledged_by, letter.acknowledged_as),
        scan="Terlampir pada tiket",
        place=asked.place,
        points=asked.points,
        purpose=asked.purpose,
        contact=", ".join(part for part in (asked.contact_name, asked.contact_phone) if part),
        agenda_number=letter.agenda_number or "",
        received_at=letter.received_at,
        channel=str(CHANNELS[ticket.channel]),
        ticket_number=ticket.number,
        status_url=status_url(ticket),
        signatures=(Signature("Meja Layanan", by),),
    )
    title = "Tanda Terima Surat"
    return issue(
        ticket,
        "letter",
        title,
        letter.agenda_number or "",
        lambda who: compose_letter_receipt(who, letterhead(), receipt),
        public=True,
    )


def disposition_sheet(ticket: Ticket, letter: RequestLetter, who: Identity) -> Composed:
    """N2: the sheet as it stands now, with every onward disposition."""
    steps = tuple(_instruction(one) for one in letter.dispositions)
    first = letter.dispositions[0]
    sheet = DispositionSheet(
        agenda_number=letter.agenda_number or "",
        letter_from=ticket.unit.name if ticket.unit else ticket.requester_name,
        letter_number=letter.number,
        letter_date=letter.dated_on,
        received_on=local(letter.received_at).date(),
        subject=letter.subject,
        ticket_number=ticket.number,
        steps=steps,
        signatures=(signature(first.confirmed_by or first.made_by, first.on_behalf_of),),
    )
    return compose_disposition(who, letterhead(), sheet)


def _instruction(one: Disposition) -> PrintedInstruction:
    remark = "Ditandatangani di kertas" if one.is_on_paper else ""
    if one.is_on_paper and one.confirmed_by:
        remark += f", dikonfirmasi {one.confirmed_by.name}"
    given_by = f"{one.made_by.name}, {one.made_by.position}"
    return PrintedInstruction(one.addressee, one.instruction, one.target_on, given_by, one.made_at, remark)


@IN_INDONESIAN
def issue_disposition(ticket: Ticket, letter: RequestLetter, number: str) -> IssuedDocument:
    return issue(
        ticket,
        "disposition",
        "Lembar Disposisi",
        number,
        lambda who: disposition_sheet(ticket, letter, who),
        public=False,
    )


@IN_INDONESIAN
def issue_survey(ticket: Ticket, survey: Survey) -> IssuedDocument:
    """N4: the survey report."""
    asked = request_of(ticket)
    report = SurveyReport(
        unit=_unit(ticket),
        place=asked.place,
        ticket_number=ticket.number,
        surveyed_on=survey.surveyed_on or today(),
        contact=asked.contact_name,
        surveyors=tuple(one.staff.name for one in appointed(ticket, "survey")),
        result=str(RESULTS[survey.result]),
        feasible=survey.result != "infeasible",
        condition=survey.condition,
        points=tuple(PrintedPoint(p.location, p.count, p.remark) for p in survey.points),
        distribution_point=survey.distribution_point,
        distance=f"{volume_text(survey.distance_m)} m" if survey.distance_m is not None else "",
        floors=f"{survey.floors} lantai" if survey.floors else "",
        cable=str(CABLES.get(survey.cable, "")),
        cable_way=survey.cable_way,
        power=survey.power,
        grounding=str(GROUNDINGS.get(survey.grounding, "")),
        obstacles=survey.obstacles,
        materials=tuple(PrintedMaterial(m.code, m.description, m.volume, m.measure) for m in survey.materials),
        photos=_photos(survey),
        signatures=(signature(survey.sent_by),) if survey.sent_by else (),
    )
    return issue(
        ticket,
        "survey",
        "Laporan Survey Lapangan",
        survey.number or "",
        lambda who: compose_survey(who, letterhead(), report),
        public=False,
    )


@IN_INDONESIAN
def rab_document(ticket: Ticket, rab: Rab, who: Identity) -> Composed:
    """The RAB as it is, approved or still a draft."""
    from_letter = db.session.query(RequestLetter).filter_by(ticket_id=ticket.id).one()
    survey = survey_of(ticket)
    printed = PrintedRab(
        work_title=ticket.subject,
        unit=_unit(ticket),
        place=request_of(ticket).place,
        letter=from_letter.number,
        ticket_number=ticket.number,
        version=rab.version,
        working_days=rab.working_days,
        valid_until=rab.valid_until,
        sections=tuple(
            PrintedSection(str(title), tuple(_line(line) for line in rab.section(key)))
            for key, title in SECTIONS.items()
            if rab.section(key)
        ),
        ppn_label=rab.ppn_label,
        notes=rab.notes,
        signatures=_signed_rab(rab, from_letter),
        condition=survey.condition_for_rab if survey else "",
    )
    return compose_rab(who, letterhead(), printed, rab.totals)


def _signed_rab(rab: Rab, letter: RequestLetter) -> tuple[Signature, ...]:
    """Who drew it up, who approved it, and the place where the unit signs its agreement."""
    drafted = signature(rab.drafted_by, caption="Disusun oleh")
    if rab.decided_by is None or rab.decision != "approved":
        return (drafted,)
    head, position = (
        (letter.acknowledged_by, letter.acknowledged_as)
        if letter.acknowledged_by
        else (letter.signed_by, letter.signed_as)
    )
    unit = Signature(position or "Pimpinan unit", head, caption="Menyetujui, unit pemohon", electronic=False)
    return drafted, signature(rab.decided_by, rab.on_behalf_of, caption="Disetujui oleh"), unit


def _line(line: RabLine | BillLine) -> PrintedLine:
    return PrintedLine(line.description, line.volume, line.measure, line.price_rp, line.amount_rp)


@IN_INDONESIAN
def issue_rab(ticket: Ticket, rab: Rab) -> IssuedDocument:
    """N6: the approved RAB, as it goes to the unit."""
    return issue(
        ticket,
        "rab",
        "Rencana Anggaran Biaya",
        rab.number or "",
        lambda who: rab_document(ticket, rab, who),
        total_rp=rab.total_rp,
        public=True,
    )


@IN_INDONESIAN
def issue_test(ticket: Ticket, test: QualityTest) -> IssuedDocument:
    """N7: the test report with the computed verdict and the limits it came from."""
    before = recheck_before(test)
    kinds = [kind for kind in Connection if any(point.connection == kind.value for point in test.points)]
    names = {"wired": "Kabel", "wifi": "Wi-Fi"}
    report = QualityReport(
        unit=_unit(ticket),
        place=request_of(ticket).place,
        ticket_number=ticket.number,
        round=test.round,
        tester=test.tested_by.name if test.tested_by else "",
        tested_at=test.sent_at or utcnow(),
        points=tuple(_measure(point) for point in test.points),
        limits=tuple(
            f"{names[kind.value]}: {sentence}" for kind in kinds for sentence in limit_sentences(limits_for(kind))
        ),
        recheck=f"{before.findings} Tindakan: {before.action}" if before else "",
        point_counts=tuple(
            PrintedCount(name, "" if count is None else str(count)) for name, count in point_counts(ticket).named()
        ),
        points_reason=test.points_reason,
        signatures=(signature(test.tested_by, caption="Diuji oleh"),) if test.tested_by else (),
        photos=_photos(test),
    )
    return issue(
        ticket,
        "test",
        "Laporan Uji Kualitas",
        test.number or "",
        lambda who: compose_quality_test(who, letterhead(), report),
        public=True,
    )


def _measure(point: TestPoint) -> PrintedMeasure:
    def figure(value: Decimal | int | None) -> str:
        return (
            ""
            if value is None
            else volume_text(value)
            if not isinstance(value, int)
            else f"{value:,}".replace(",", ".")
        )

    loss = (
        f"{point.sent - point.received} dari {figure(point.sent)}" if point.sent and point.received is not None else ""
    )
    if point.udp_loss_percent is not None:
        loss = ", ".join(part for part in (loss, f"UDP {figure(point.udp_loss_percent)}%") if part)
    wire_map = "" if point.wire_map_good is None else "Baik" if point.wire_map_good else "Tidak baik"
    return PrintedMeasure(
        name=point.name,
        kind=str(point.connection_label),
        negotiated=figure(point.negotiated_mbps),
        length=figure(point.length_m),
        wire_map=wire_map,
        signal=figure(point.signal_dbm).replace("-", "−"),
        loss=loss,
        rtt=figure(point.rtt_ms),
        jitter=figure(point.jitter_ms),
        throughput=figure(point.throughput_mbps),
        failures=tuple(point.failures),
        readings=tuple(_reading(one) for one in point.taken),
    )


def _reading(one: Reading) -> str:
    """A measuring file in the report: what it told, and why it is not used where it is not."""
    notes = [one.remark.rstrip("."), f"tidak dipakai: {one.set_aside.rstrip('.')}" if one.set_aside else ""]
    words = "; ".join(note for note in notes if note)
    return f"{one.file_name}, {one}" + (f" ({words})" if words else "")


@IN_INDONESIAN
def issue_bill(ticket: Ticket, bill: Bill, test_number: str) -> IssuedDocument:
    """N8: the bill with all its signatures."""
    signers = [signature(bill.signed_by, bill.signed_for)]
    if bill.cosigned_by:
        signers.append(signature(bill.cosigned_by, bill.cosigned_for))
    printed = PrintedBill(
        addressee=_head_of_unit(ticket),
        unit=_unit(ticket),
        unit_address=ticket.unit.building if ticket.unit else "",
        ticket_number=ticket.number,
        work_title=ticket.subject,
        place=request_of(ticket).place,
        basis=f"RAB {bill.rab.number} dan uji kualitas {test_number} yang lulus",
        rab=bill.rab.number or "",
        test=test_number,
        due_on=bill.due_on,
        lines=tuple(_line(line) for line in bill.lines),
        ppn_label=bill.rab.ppn_label,
        differences=tuple(differences(bill)),
        difference_reason=bill.difference_reason,
        payment_instruction=str(setting.get("payment_instruction")),
        account=BankAccount(*(str(setting.get(key)) for key in ("bank_name", "bank_account", "bank_holder"))),
        payment_reference=bill.payment_reference,
        signatures=tuple(signers),
        points_note=_points_note(ticket),
    )
    foot = Totals(bill.sum_rp, 0, bill.ppn_rp)
    return issue(
        ticket,
        "bill",
        "Tagihan",
        bill.number,
        lambda who: compose_bill(who, letterhead(), printed, foot),
        total_rp=bill.total_rp,
        public=True,
    )


def _points_note(ticket: Ticket) -> str:
    """Beside the bill: in how many points its papers differ, and why; empty where they agree."""
    counts, test = point_counts(ticket), latest_test(ticket)
    if not counts.differ:
        return ""
    told = ", ".join(f"{name} {count}" for name, count in counts.named() if count is not None)
    return f"{told}. Alasan: {test.points_reason if test else ''}"


def differences(bill: Bill) -> list[str]:
    """Each billed line that departs from the RAB, worded."""
    return [
        f"{line.description}: {volume_text(line.rab_volume)} {line.measure} "
        f"menjadi {volume_text(line.volume)} {line.measure}"
        for line in bill.lines
        if line.volume != line.rab_volume
    ]


@IN_INDONESIAN
def issue_receipt(ticket: Ticket, bill: Bill, payment: Payment) -> IssuedDocument:
    """N8b: the receipt of one payment."""
    before = sum(one.amount_rp - one.over_rp for one in bill.payments if one.id < payment.id)
    receipt = PaymentReceipt(
        payer=payment.payer,
        unit=_unit(ticket),
        purpose=f"Tagihan {bill.number}, {ticket.subject}",
        method=str(payment.method_label),
        paid_on=payment.paid_on,
        amount_rp=payment.amount_rp,
        bill_number=bill.number,
        bill_total_rp=bill.total_rp,
        paid_before_rp=before,
        signatures=(_signed_receipt(payment),),
        over_rp=payment.over_rp,
        over_use=_over_words(payment),
    )
    return issue(
        ticket,
        "receipt",
        "Kuitansi",
        payment.receipt_number,
        lambda who: compose_payment_receipt(who, letterhead(), receipt),
        total_rp=payment.amount_rp,
        public=True,
    )


def _signed_receipt(payment: Payment) -> Signature:
    """Above the law's limit a receipt is signed by hand, over the stamp."""
    by = signature(payment.recorded_by)
    if payment.amount_rp <= int(setting.get("stamp_duty_above_rp")):
        return by
    return replace(by, electronic=False, stamp=f"Meterai {rupiah(int(setting.get('stamp_duty_rp')))}")


def _over_words(payment: Payment) -> str:
    if not payment.over_rp:
        return ""
    to = f": {payment.over_note}" if payment.over_note else ""
    return f"{rupiah(payment.over_rp)}, {str(payment.over_label).lower()}{to}"


def _photos(report: Survey | QualityTest) -> tuple[PrintedPhoto, ...]:
    return tuple(
        PrintedPhoto(one.attachment.sha256, one.caption or one.attachment.name, one.marks) for one in report.photos
    )


def _unit(ticket: Ticket) -> str:
    return ticket.unit.name if ticket.unit else ""


def _head_of_unit(ticket: Ticket) -> str:
    contacts = ticket.unit.contacts if ticket.unit else []
    return next((c.position or c.name for c in contacts if c.kind == "head" and c.is_active), "Pimpinan")


def _with_position(name: str, position: str) -> str:
    return ", ".join(part for part in (name, position) if part)
