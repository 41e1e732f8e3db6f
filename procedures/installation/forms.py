"""What the steps of a network installation ask for; it writes nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from wtforms import (
    BooleanField,
    DateField,
    DateTimeLocalField,
    Field,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    ValidationError,
)
from wtforms.validators import Optional
from wtforms.widgets import CheckboxInput, ListWidget

from models.base.db import db, utcnow
from models.base.typed_number import BadAmount, read_rupiah
from models.base.wording import today
from models.installation.bill import METHODS, OVER_USES
from models.organisation.roles import Role
from models.organisation.staff import Staff, StaffRole
from models.organisation.unit import Unit
from procedures.base.count_field import CountField
from procedures.base.form_fields import (
    WIB,
    StepForm,
    at_most,
    has_database,
    is_email,
    line_field,
    one_line,
    required,
    text_field,
)
from procedures.base.form_fields import stripped as stripped

LONGEST_AHEAD = timedelta(days=730)
NETWORKING = (Role.STAFF_NETWORKING, Role.HEAD_NETWORKING)


def past_date(label: Any, oldest_days: int = 3650) -> DateField:
    """A day that has come: letters and payments are never dated in the future."""

    def has_come(_form: Any, field: Field) -> None:
        if field.data and field.data > today():
            raise ValidationError(_l("Tanggal ini belum terjadi. Periksa hari, bulan, dan tahunnya."))
        if field.data and field.data < today() - timedelta(days=oldest_days):
            raise ValidationError(_l("Tanggal ini terlalu lama. Periksa tahunnya."))

    return DateField(label, validators=[required(), has_come])


def coming_date(label: Any, needed: bool = True) -> DateField:
    """A day from today on, within two years."""

    def comes(_form: Any, field: Field) -> None:
        if field.data and not today() <= field.data <= today() + LONGEST_AHEAD:
            raise ValidationError(_l("Pilih tanggal dari hari ini sampai dua tahun mendatang."))

    return DateField(label, validators=[required() if needed else Optional(), comes])


class PeopleField(SelectMultipleField):
    """Several people, each with a box to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class InstallationCrewForm(StepForm):
    """People of the networking division by name."""

    people = PeopleField(_l("Petugas"), coerce=int, validators=[required(_l("Pilih paling sedikit satu orang."))])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people.choices = _networking_people() if has_database() else []
        self.people.flags.required = False  # one box is enough; HTML would ask for each


def _networking_people() -> list[tuple[int, str]]:
    roles = [role.value for role in NETWORKING]
    query = (
        select(Staff.id, Staff.name)
        .where(Staff.is_active, Staff.id.in_(select(StaffRole.staff_id).where(StaffRole.role.in_(roles))))
        .order_by(Staff.name)
    )
    return [(staff_id, name) for staff_id, name in db.session.execute(query)]


class LetterForm(StepForm):
    """N1: the unit's request letter and what it asks for."""

    name = line_field(_l("Nama Anda"), 120, render_kw={"autocomplete": "name"})
    email = StringField(
        _l("Email"),
        validators=[required(), at_most(254), one_line, is_email],
        filters=[stripped],
        render_kw={"type": "email", "autocomplete": "email"},
    )
    phone = line_field(_l("Telepon"), 30, render_kw={"type": "tel", "autocomplete": "tel"})
    unit = SelectField(_l("Unit kerja"), coerce=int, validators=[required(_l("Pilih unit kerja."))], default=0)
    letter_number = line_field(_l("Nomor surat"), 80)
    letter_date = past_date(_l("Tanggal surat"))
    subject = line_field(_l("Perihal"), 200)
    signed_by = line_field(_l("Ditandatangani oleh"), 120)
    signed_as = line_field(_l("Jabatan penanda tangan"), 120)
    acknowledged_by = line_field(
        _l("Mengetahui (pimpinan unit)"),
        120,
        needed=False,
        description=_l("Diisi bila surat ditandatangani orang lain dan diketahui pimpinan unit."),
    )
    acknowledged_as = line_field(_l("Jabatan yang mengetahui"), 120, needed=False)
    building = line_field(_l("Gedung"), 120)
    floor = line_field(_l("Lantai"), 40, needed=False)
    room = line_field(_l("Ruang"), 120, needed=False)
    points = CountField(_l("Jumlah titik"), 1, 5_000, ("titik", "titik jaringan", "port"))
    purpose = text_field(_l("Keperluan"), 5_000)
    contact_name = line_field(_l("Narahubung di lokasi"), 120, needed=False, description=_l("Kosong berarti Anda."))
    contact_phone = line_field(_l("Telepon narahubung"), 30, needed=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        query = select(Unit.id, Unit.name).where(Unit.is_active).order_by(Unit.name)
        units = [(i, n) for i, n in db.session.execute(query)] if has_database() else []
        self.unit.choices = [(0, "—"), *units]

    def validate(self, extra_validators: Any = None) -> bool:
        fine = bool(super().validate(extra_validators))
        if self.acknowledged_by.data and not self.acknowledged_as.data:
            self.acknowledged_as.errors = [_l("Isi jabatan yang mengetahui surat ini.")]
            fine = False
        if not self.files:
            self.subject.errors = [*self.subject.errors, _l("Lampirkan pindaian surat (PDF atau foto).")]
            fine = False
        return fine


class LetterEntryForm(LetterForm):
    """N1b: the operator enters a paper letter, with the true time of receipt."""

    name = line_field(_l("Nama pemohon"), 120)
    phone = line_field(_l("Telepon pemohon"), 30, render_kw={"type": "tel"})
    contact_name = line_field(_l("Narahubung di lokasi"), 120, needed=False, description=_l("Kosong berarti pemohon."))
    email = StringField(
        _l("Email pemohon"),
        validators=[Optional(strip_whitespace=True), at_most(254), one_line, is_email],
        filters=[stripped],
    )
    received_at = DateTimeLocalField(
        _l("Diterima pada (WIB)"),
        format=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S"],
        validators=[required(_l("Isi tanggal dan jam diterimanya."))],
    )

    def validate_received_at(self, field: Field) -> None:
        if self.received_utc and self.received_utc > utcnow() + timedelta(minutes=5):
            raise ValidationError(_l("Waktu penerimaan belum terjadi. Periksa tanggal dan jamnya."))

    @property
    def received_utc(self) -> datetime | None:
        naive = self.received_at.data
        return naive.replace(tzinfo=WIB).astimezone(UTC) if naive else None


class InstallationDispositionForm(StepForm):
    """N2: the head's instruction to the networking division."""

    text = text_field(_l("Isi disposisi"), 2_000)
    target_on = coming_date(_l("Batas waktu"), needed=False)


class SheetDispositionForm(StepForm):
    """N2: entered by the operator from the sheet that the head signed."""

    text = text_field(_l("Isi disposisi seperti tertulis"), 2_000)
    target_on = coming_date(_l("Batas waktu"), needed=False)

    def validate(self, extra_validators: Any = None) -> bool:
        fine = bool(super().validate(extra_validators))
        if not self.files:
            self.text.errors = [*self.text.errors, _l("Lampirkan pindaian lembar yang sudah ditandatangani.")]
        return fine and bool(self.files)


class OnwardForm(InstallationCrewForm):
    """N2: a head passes the disposition on to staff."""

    text = text_field(_l("Isi disposisi"), 2_000)
    target_on = coming_date(_l("Batas waktu"), needed=False)


class MissingForm(StepForm):
    text = text_field(_l("Apa yang harus dilengkapi? Dibaca unit."), 2_000)


class CompletionForm(StepForm):
    text = text_field(_l("Kelengkapan yang Anda sampaikan"), 5_000)


class VisitForm(InstallationCrewForm):
    """N3: who surveys and when."""

    starts_at = DateTimeLocalField(
        _l("Waktu kunjungan (WIB)"),
        format=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S"],
        validators=[required(_l("Isi tanggal dan jam kunjungan."))],
    )
    text = text_field(_l("Pesan untuk petugas"), 2_000, needed=False)

    def validate_starts_at(self, field: Field) -> None:
        if self.starts_utc and not utcnow() - timedelta(days=1) <= self.starts_utc <= utcnow() + LONGEST_AHEAD:
            raise ValidationError(_l("Pilih waktu kunjungan dari hari ini sampai dua tahun mendatang."))

    @property
    def starts_utc(self) -> datetime | None:
        naive = self.starts_at.data
        return naive.replace(tzinfo=WIB).astimezone(UTC) if naive else None


class InstallersForm(InstallationCrewForm):
    """N7: who installs, from when to when."""

    starts_on = coming_date(_l("Mulai dipasang"))
    ends_on = coming_date(_l("Rencana selesai"))
    text = text_field(_l("Pesan untuk petugas"), 2_000, needed=False)

    def validate_ends_on(self, field: Field) -> None:
        if self.starts_on.data and field.data and field.data < self.starts_on.data:
            raise ValidationError(_l("Rencana selesai tidak boleh sebelum mulai dipasang."))


class InstalledForm(StepForm):
    """N7: the installers report that the connection is there."""

    text = text_field(_l("Yang sudah dipasang"), 5_000)


class AnswerForm(StepForm):
    """N6b: the unit agrees or declines, and who decides so."""

    answer = RadioField(
        _l("Jawaban unit"),
        choices=[("agree", _l("Setuju")), ("decline", _l("Tidak setuju"))],
        validators=[required(_l("Pilih setuju atau tidak setuju."))],
    )
    decided_by = line_field(_l("Nama yang memutuskan"), 120)
    decided_as = line_field(_l("Jabatannya"), 120)
    reason = text_field(_l("Alasan bila tidak setuju"), 2_000, needed=False)

    def validate(self, extra_validators: Any = None) -> bool:
        fine = bool(super().validate(extra_validators))
        if self.answer.data == "decline" and not (self.reason.data or "").strip():
            self.reason.errors = [_l("Tulis alasan unit tidak setuju.")]
            return False
        return fine


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

    def validate(self, extra_validators: Any = None) -> bool:
        fine = bool(super().validate(extra_validators))
        if not self.files and self.method.data != "credit":  # a credit is proved by the receipt of the overpayment
            self.amount.errors = [*self.amount.errors, _l("Lampirkan bukti pembayaran (PDF atau foto).")]
            fine = False
        return fine


class ReturnForm(StepForm):
    """N8f: an overpayment went back to who paid, with its proof."""

    returned_on = past_date(_l("Tanggal pengembalian"), 730)
    text = line_field(_l("Cara dan penerimanya"), 200)

    def validate(self, extra_validators: Any = None) -> bool:
        fine = bool(super().validate(extra_validators))
        if not self.files:
            self.text.errors = [*self.text.errors, _l("Lampirkan bukti pengembalian (PDF atau foto).")]
        return fine and bool(self.files)
