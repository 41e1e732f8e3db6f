"""The forms of the steps of a network installation (N)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from wtforms import (
    BooleanField,
    Field,
    RadioField,
    SelectField,
    ValidationError,
)

from models.base import setting
from models.base.db import db, utcnow
from models.base.typed_number import BadAmount, read_rupiah
from models.base.wording import Words, rupiah
from models.installation.bill import METHODS, OVER_USES, open_bill
from models.installation.survey import letter_and_request
from models.organisation.roles import Role
from models.organisation.staff import Staff, StaffRole
from models.organisation.unit import Unit
from models.tickets.letter_number import LONGEST
from models.tickets.ticket import Ticket
from procedures.base.count_field import CountField
from procedures.base.date_fields import LONGEST_AHEAD, ReceivedMixin, as_utc, coming_date, past_date, when_field
from procedures.base.form_fields import (
    FILES,
    Fault,
    StepForm,
    TickBoxes,
    email_field,
    line_field,
    phone_field,
    required,
    text_field,
)
from procedures.tickets.letter_fields import LetterFields, is_letter_number

NETWORKING = (Role.STAFF_NETWORKING, Role.HEAD_NETWORKING)


class InstallationCrewForm(StepForm):
    """People of the networking division by name."""

    people = TickBoxes(_l("Petugas"), coerce=int, validators=[required(_l("Pilih paling sedikit satu orang."))])

    def prepare(self) -> None:
        super().prepare()
        self.people.choices = _networking_people()
        self.people.flags.required = False  # one box is enough; HTML would ask for each


def _networking_people() -> list[tuple[int, str]]:
    roles = [role.value for role in NETWORKING]
    query = (
        select(Staff.id, Staff.name)
        .where(Staff.is_active, Staff.id.in_(select(StaffRole.staff_id).where(StaffRole.role.in_(roles))))
        .order_by(Staff.name)
    )
    return [(staff_id, name) for staff_id, name in db.session.execute(query)]


class LetterForm(LetterFields):
    """N1: the unit's request letter and what it asks for."""

    name = line_field(_l("Nama Anda"), 120, render_kw={"autocomplete": "name"})
    email = email_field(_l("Email"), autocomplete="email")
    phone = phone_field(_l("Telepon"), autocomplete="tel")
    unit = SelectField(_l("Unit kerja"), coerce=int, validators=[required(_l("Pilih unit kerja."))], default=0)
    subject = line_field(_l("Perihal"), 200)
    building = line_field(_l("Gedung"), 120)
    floor = line_field(_l("Lantai"), 40, needed=False)
    room = line_field(_l("Ruang"), 120, needed=False)
    points = CountField(_l("Jumlah titik"), 1, 5_000, ("titik", "titik jaringan", "port"))
    purpose = text_field(_l("Keperluan"), 5_000)
    contact_name = line_field(_l("Narahubung di lokasi"), 120, needed=False, description=_l("Kosong berarti Anda."))
    contact_phone = phone_field(_l("Telepon narahubung"), needed=False)

    def prepare(self) -> None:
        super().prepare()
        query = select(Unit.id, Unit.name).where(Unit.is_active).order_by(Unit.name)
        units = [(i, n) for i, n in db.session.execute(query)]
        self.unit.choices = [(0, "—"), *units]


class LetterEntryForm(ReceivedMixin, LetterForm):
    """N1b: the operator enters a paper letter, with the true time of receipt."""

    name = line_field(_l("Nama pemohon"), 120)
    email = email_field(_l("Email pemohon"), needed=False)
    phone = phone_field(_l("Telepon pemohon"))
    contact_name = line_field(_l("Narahubung di lokasi"), 120, needed=False, description=_l("Kosong berarti pemohon."))


class InstallationDispositionForm(StepForm):
    """N2: the head's instruction to the networking division."""

    text = text_field(_l("Isi disposisi"), 2_000)
    target_on = coming_date(_l("Batas waktu"), needed=False)


class SheetDispositionForm(StepForm):
    """N2: entered by the operator from the sheet that the head signed."""

    takes_files = True

    def files_label(self, by: str) -> Words:
        return _l("Pindaian lembar yang ditandatangani (PDF atau foto)")

    text = text_field(_l("Isi disposisi seperti tertulis"), 2_000)
    target_on = coming_date(_l("Batas waktu"), needed=False)

    def faults_together(self) -> Iterator[Fault]:
        if not self.files:
            yield FILES, _l("Lampirkan pindaian lembar yang sudah ditandatangani.")


class OnwardForm(InstallationCrewForm):
    """N2: a head passes the disposition on to staff."""

    text = text_field(_l("Isi disposisi"), 2_000)
    target_on = coming_date(_l("Batas waktu"), needed=False)


class MissingForm(StepForm):
    text = text_field(_l("Apa yang harus dilengkapi? Dibaca unit."), 2_000)


class CompletionForm(StepForm):
    """N2c: what was missing, with the letter's number, date and points as they are right; an empty box changes none."""

    takes_files = True
    text = text_field(_l("Kelengkapan yang Anda sampaikan"), 5_000)
    letter_number = line_field(
        _l("Nomor surat"), LONGEST, is_letter_number, needed=False, description=_l("Perbaiki bila keliru.")
    )
    letter_date = past_date(_l("Tanggal surat"), needed=False)
    points = CountField(_l("Jumlah titik"), 1, 5_000, ("titik", "titik jaringan", "port"), needed=False)

    def is_about(self, ticket: Ticket) -> None:
        """Show what stands there now, where nothing was typed yet."""
        if self.letter_number.raw_data is None:
            letter, asked = letter_and_request(ticket)
            self.letter_number.data, self.letter_date.data = letter.number, letter.dated_on
            self.points.data = asked.points


class VisitForm(InstallationCrewForm):
    """N3: who surveys and when."""

    starts_at = when_field(_l("Waktu kunjungan (WIB)"))
    text = text_field(_l("Pesan untuk petugas"), 2_000, needed=False)

    def validate_starts_at(self, field: Field) -> None:
        if self.starts_utc and not utcnow() - timedelta(days=1) <= self.starts_utc <= utcnow() + LONGEST_AHEAD:
            raise ValidationError(_l("Pilih waktu kunjungan dari hari ini sampai dua tahun mendatang."))

    @property
    def starts_utc(self) -> datetime | None:
        return as_utc(self.starts_at)


class InstallersForm(InstallationCrewForm):
    """N7: who installs, from when to when."""

    starts_on = coming_date(_l("Mulai dipasang"))
    ends_on = coming_date(_l("Rencana selesai"))
    text = text_field(_l("Pesan untuk petugas"), 2_000, needed=False)

    def validate_ends_on(self, field: Field) -> None:
        if self.starts_on.data and field.data and field.data < self.starts_on.data:
            raise ValidationError(_l("Rencana selesai tidak boleh sebelum mulai dipasang."))


class AnswerForm(StepForm):
    """N6b: the unit agrees or declines, and who decides so; with its letter where one is asked."""

    takes_files = True

    def files_label(self, by: str) -> Words:
        if by == "staff" or setting.get("unit_answer_needs_letter"):
            return _l("Surat jawaban yang ditandatangani pimpinan unit (PDF atau foto)")
        return ""

    answer = RadioField(
        _l("Jawaban unit"),
        choices=[("agree", _l("Setuju")), ("decline", _l("Tidak setuju"))],
        validators=[required(_l("Pilih setuju atau tidak setuju."))],
    )
    decided_by = line_field(_l("Nama yang memutuskan"), 120)
    decided_as = line_field(_l("Jabatannya"), 120)
    reason = text_field(_l("Alasan bila tidak setuju"), 2_000, needed=False)

    def faults_together(self) -> Iterator[Fault]:
        if self.answer.data == "decline" and self.is_blank("reason"):
            yield "reason", _l("Tulis alasan unit tidak setuju.")


class RecheckForm(StepForm):
    """N9: what the re-check found and what was done."""

    findings = text_field(_l("Temuan"), 5_000)
    action = text_field(_l("Tindakan"), 5_000)


class BillForm(StepForm):
    """N8: from what the bill is made, until when it is due, and how many sign."""

    basis = RadioField(
        _l("Dasar tagihan"),
        default="rab",
        choices=[("rab", _l("Sesuai RAB")), ("built", _l("Sesuai yang terpasang"))],
        validators=[required()],
    )
    due_on = coming_date(_l("Jatuh tempo"))
    both_sign = BooleanField(_l("Pimpinan lain ikut menandatangani atas nama Pustikom"))
    reason = text_field(_l("Alasan bila berbeda dari RAB"), 2_000, needed=False)


class PaymentForm(StepForm):
    """N8b: money that came in, with its proof."""

    takes_files = True

    def files_label(self, by: str) -> Words:
        return "" if self.method.data == "credit" else _l("Bukti pembayaran (PDF atau foto)")

    amount = line_field(_l("Jumlah (Rp)"), 30, render_kw={"inputmode": "numeric"})
    paid_on = past_date(_l("Tanggal pembayaran"), 730)
    method = SelectField(_l("Cara pembayaran"), choices=list(METHODS.items()))
    payer = line_field(_l("Dibayar oleh"), 160)
    over_use = SelectField(
        _l("Bila lebih dari sisa tagihan, kelebihannya"), choices=[("", "—"), *OVER_USES.items()], default=""
    )
    over_note = line_field(
        _l("Rekening atau penerima pengembalian"),
        200,
        needed=False,
        description=_l("Diisi bila kelebihannya dikembalikan."),
    )
    amount_rp: int = 0

    def validate_amount(self, field: Field) -> None:
        try:
            self.amount_rp = read_rupiah(field.data or "")
        except BadAmount as bad:
            raise ValidationError(str(bad)) from bad
        if self.amount_rp <= 0:
            raise ValidationError(_l("Jumlah pembayaran harus lebih dari nol."))

    def faults_together(self) -> Iterator[Fault]:
        if not self.files and self.method.data != "credit":  # a credit is proved by the receipt of the overpayment
            yield FILES, _l("Lampirkan bukti pembayaran (PDF atau foto).")


class ReversalForm(StepForm):
    """N8g: which payment was recorded wrongly, and why; its receipt is no longer in force."""

    payment = SelectField(_l("Pembayaran yang salah"), coerce=int, choices=[(0, "—")], validate_choice=False)
    reason = line_field(_l("Alasan, dibaca pemohon"), 300)

    def is_about(self, ticket: Ticket) -> None:
        """Offers the payments that stand."""
        bill = open_bill(ticket)
        standing = bill.standing_payments if bill else []
        self.payment.choices = [
            (0, "—"),
            *((p.id, f"{p.receipt_number}, {rupiah(p.amount_rp)}, {p.payer}") for p in reversed(standing)),
        ]

    def faults_together(self) -> Iterator[Fault]:
        yield from super().faults_together()
        if not self.payment.data:
            yield "payment", _l("Pilih pembayaran yang akan dibalik.")


class ReturnForm(StepForm):
    """N8f: an overpayment went back to who paid, with its proof."""

    takes_files = True

    def files_label(self, by: str) -> Words:
        return _l("Bukti pengembalian (PDF atau foto)")

    returned_on = past_date(_l("Tanggal pengembalian"), 730)
    text = line_field(_l("Cara dan penerimanya"), 200)

    def faults_together(self) -> Iterator[Fault]:
        if not self.files:
            yield FILES, _l("Lampirkan bukti pengembalian (PDF atau foto).")
