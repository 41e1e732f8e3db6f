"""The forms of the steps of unit e-mail (E)."""

from __future__ import annotations

from flask import current_app, has_app_context
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from wtforms import BooleanField, Field, Form, PasswordField, RadioField, SelectField, ValidationError
from wtforms.validators import EqualTo

from models.accounts.account import ACCOUNT_KINDS, UNIT_KINDS, judge_address
from models.accounts.email_request import email_request_of
from models.base.db import db
from models.organisation.unit import Unit, it_manager_of
from models.tickets.ticket import Ticket
from procedures.base.date_fields import ReceivedMixin, coming_date
from procedures.base.form_fields import (
    Checks,
    StepForm,
    as_typed,
    email_field,
    line_field,
    one_line,
    phone_field,
    required,
    text_field,
)
from procedures.tickets.letter_fields import LetterFields


def is_allowed_address(_form: Form, field: Field) -> None:
    """The rules in force, with a free address nearby when the wish is refused; keeps the full spelling."""
    finding = judge_address(field.data or "")
    if finding.problems:
        offer = _l(" Yang masih bebas: %(address)s.", address=finding.suggestion) if finding.suggestion else ""
        raise ValidationError(f"{finding.problems[0]}{offer}")
    field.data = finding.address


class ContactFields(StepForm):
    """E2: the technical contact, all of it required."""

    contact_name = line_field(_l("Nama kontak teknis"), 120)
    contact_email = email_field(_l("Email kontak teknis"))
    contact_phone = phone_field(_l("Telepon kontak teknis"))


class UnitEmailForm(LetterFields, ContactFields):
    """E1 and E2: the letter, the address wished for, the technical contact."""

    name = line_field(_l("Nama pemohon"), 120)
    email = email_field(_l("Email pemohon"))
    phone = phone_field(_l("Telepon pemohon"))
    unit = SelectField(_l("Unit atau organisasi"), coerce=int, validators=[required(_l("Pilih unit."))])
    kind = RadioField(
        _l("Untuk"), choices=[(k, v) for k, v in ACCOUNT_KINDS.items() if k in UNIT_KINDS], default="unit_email"
    )
    address = line_field(
        _l("Alamat yang diinginkan"),
        254,
        is_allowed_address,
        render_kw={"data-address-check": "", "autocapitalize": "none", "spellcheck": "false"},
    )
    contact_is = RadioField(
        _l("Siapa kontak teknisnya?"),
        choices=[("it_manager", _l("Pengelola IT unit yang terdaftar di Pustikom")), ("other", _l("Orang lain"))],
        default="it_manager",
        validate_choice=False,
    )
    purpose = text_field(_l("Untuk apa alamat ini dipakai?"), 2_000)

    def prepare(self) -> None:
        super().prepare()
        query = select(Unit.id, Unit.name).where(Unit.is_active).order_by(Unit.name)
        units = [(i, n) for i, n in db.session.execute(query)]
        self.unit.choices = [(0, "—"), *units]
        if self.contact_is.raw_data == []:  # sent without the question: the contact that was typed is meant
            self.contact_is.data = "other"

    @property
    def names_it_manager(self) -> bool:
        """The unit's IT manager is meant: who that is stays in the register, and this form never shows it."""
        return bool(self.contact_is.data == "it_manager")

    def validate(self, extra_validators: Checks | None = None) -> bool:
        if self.names_it_manager:  # whose name and addresses stand in the register: what was typed here is not meant
            for field in (self.contact_name, self.contact_email, self.contact_phone):
                field.validators = []
        return bool(super().validate(extra_validators))

    def validate_contact_is(self, field: Field) -> None:
        if self.names_it_manager and self.unit.data and it_manager_of(self.unit.data) is None:
            raise ValidationError(
                _l("Unit ini belum punya pengelola IT yang terdaftar. Pilih Orang lain, lalu isi kontaknya.")
            )


class UnitEmailEntryForm(ReceivedMixin, UnitEmailForm):
    """E1b: the operator enters a paper letter, with the true time of receipt."""

    email = email_field(_l("Email pemohon"), needed=False)


class EmailDispositionForm(StepForm):
    text = text_field(_l("Isi disposisi"), 2_000)
    target_on = coming_date(_l("Diminta selesai"), needed=False)


class AdjustForm(StepForm):
    address = line_field(_l("Alamat yang diusulkan"), 254, is_allowed_address)
    text = text_field(_l("Apa yang disesuaikan dan mengapa, dibaca pemohon"), 2_000)


class DecisionForm(StepForm):
    """E3c: the unit answers what was proposed, with its letter where it has one."""

    takes_files = True
    name = line_field(_l("Nama yang memutuskan"), 120)
    text = text_field(_l("Keterangan"), 2_000, needed=False)


def password_field(needed: bool = True) -> PasswordField:
    """A password that a person set elsewhere; nobody sees what is typed, so `again_field` asks for it twice."""
    sentence = _l("Tulis password yang Anda pasang di sistem email; penerimanya membukanya lewat tautan.")
    return PasswordField(
        _l("Password yang Anda pasang di sistem email"),
        validators=[*([required(sentence)] if needed else []), _long_enough, one_line],
        filters=[as_typed],
        render_kw={"autocomplete": "off"},
    )


def _long_enough(_form: Form, field: Field) -> None:
    if field.data and not 8 <= len(field.data) <= 128:
        raise ValidationError(_l("Pakai 8 sampai 128 karakter."))


def again_field() -> PasswordField:
    return PasswordField(
        _l("Password itu, sekali lagi"),
        validators=[EqualTo("first_password", message=_l("Kedua password tidak sama. Ketik lagi keduanya."))],
        filters=[as_typed],
        render_kw={"autocomplete": "off"},
    )


class CreateAccountForm(StepForm):
    address = line_field(_l("Alamat akun"), 254, needed=False, render_kw={"readonly": True})
    told_by = RadioField(
        _l("Kontak teknis dikabari lewat"), choices=[("mail", _l("Email")), ("phone", _l("Telepon"))], default="mail"
    )
    is_done_by_hand = BooleanField(
        _l("Akun sudah dibuat di sistem email"),
        validators=[required(_l("Belum ada direktori yang terhubung. Buat akunnya di sistem email, lalu centang."))],
    )
    first_password = password_field()
    first_password_again = again_field()

    def prepare(self) -> None:
        super().prepare()
        if has_app_context() and current_app.config.get("DIRECTORY_URL"):  # the directory gets a password of its own
            del self.is_done_by_hand, self.first_password, self.first_password_again

    def is_about(self, ticket: Ticket) -> None:
        """The address that was agreed on, whatever was wished for first."""
        self.address.data = email_request_of(ticket).address

    @property
    def set_by_hand(self) -> str:
        """The first password where a person made the account; never stored but sealed in the link."""
        return str(self["first_password"].data) if "first_password" in self else ""


class EmailContactCallForm(StepForm):
    name = line_field(_l("Siapa yang dihubungi"), 120)
    result = RadioField(
        _l("Hasil"), choices=[("told", _l("Sudah dikabari")), ("missed", _l("Tidak tersambung"))], default="told"
    )
    text = text_field(_l("Catatan percakapan"), 2_000, needed=False)
