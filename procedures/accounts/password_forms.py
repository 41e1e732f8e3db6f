"""The forms of the steps of a password change (P): the account, the proof, the comparison, the new password."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, RadioField, SelectField, ValidationError

from models.accounts.directory_change import last_change
from models.accounts.identity_check import COMPARED, PROOF_KINDS, check_of
from models.accounts.proof_of_identity import SHOWN, characters_of, mask_number
from models.tickets.ticket import Ticket
from procedures.accounts.forms import again_field, password_field
from procedures.base.form_fields import StepForm, line_field, required, text_field

BY_DIGITS = {"inputmode": "numeric", "autocomplete": "off"}
TICKED = ("name", "unit", "account")  # the number is typed and compared, never ticked
TOLD_WAYS = {"spot": _l("Di tempat"), "phone": _l("Lewat telepon"), "link": _l("Tautan sekali pakai")}
AGREES = _l("Nomor pada bukti diri sama dengan register. Biarkan kosong.")
DIFFERS = _l(
    "Angka pada bukti diri tidak sama dengan register. Baca lagi kartunya dan ketik di sini, atau pilih Tidak cocok."
)
NOTHING_HELD = _l(
    "Register tidak menyimpan nomor untuk bukti diri ini. Minta kartu mahasiswa atau pegawai dan ketik empat angka"
    " terakhirnya di sini; tanpa itu orang kedua harus menyetujui."
)
NO_NUMBER_AT_ALL = _l("Register tidak menyimpan nomor orang ini: orang kedua harus menyetujui.")


def four_characters(_form: StepForm, field: Field) -> None:
    if field.data and len(characters_of(field.data)) < SHOWN:
        raise ValidationError(_l("Tulis sedikitnya empat angka terakhir pada kartunya."))


class ServedAccountForm(StepForm):
    """P1: which account, and who stands at the desk."""

    account = SelectField(_l("Akun"), coerce=int, choices=[], validate_choice=False)
    person = SelectField(_l("Orang"), coerce=int, choices=[], validate_choice=False, default=0)
    contact = SelectField(_l("Kontak unit"), coerce=int, choices=[], validate_choice=False, default=0)


class ProofForm(StepForm):
    """P2: the proof shown; only the last characters of its number are kept."""

    proof_kind = SelectField(_l("Bukti diri"), choices=list(PROOF_KINDS.items()))
    proof_number = line_field(_l("Empat angka terakhir"), 40, four_characters, render_kw=BY_DIGITS)
    is_present = BooleanField(
        _l("Orangnya hadir di meja layanan"),
        validators=[required(_l("Password hanya diganti bila orangnya hadir. Minta ia datang dengan bukti diri."))],
    )

    @property
    def masked(self) -> str:
        """The number as it is kept."""
        return masked(self.proof_number.data)


def masked(typed: str) -> str:
    """What is kept of a number or of its last four characters."""
    characters = characters_of(typed).upper()
    return f"•••• {characters}" if len(characters) <= SHOWN else mask_number(characters)


class CompareForm(StepForm):
    """P3: each field of the register ticked for a match, the number typed; a reason for no match."""

    name_same = BooleanField(COMPARED["name"])
    number_last = line_field(
        _l("Empat angka terakhir dari bukti lain"), 40, four_characters, needed=False, render_kw=BY_DIGITS
    )
    unit_same = BooleanField(COMPARED["unit"])
    account_same = BooleanField(COMPARED["account"])
    result = RadioField(
        _l("Hasil"), choices=[("match", _l("Cocok")), ("no_match", _l("Tidak cocok"))], validators=[required()]
    )
    reason = text_field(_l("Alasan bila tidak cocok"), 2_000, needed=False)

    def is_about(self, ticket: Ticket) -> None:
        """Say beside the number what the register made of the proof."""
        check = check_of(ticket)
        if check.person is None:
            self.number_last.description = NO_NUMBER_AT_ALL
        else:
            self.number_last.description = {True: AGREES, False: DIFFERS, None: NOTHING_HELD}[check.number_found]

    def validate_result(self, field: Field) -> None:
        if field.data == "match" and not all(self.ticked.values()):
            raise ValidationError(_l("Centang setiap data yang sudah Anda bandingkan, atau pilih Tidak cocok."))
        if field.data == "no_match" and not self.reason.data:
            raise ValidationError(_l("Tulis apa yang tidak cocok."))

    @property
    def ticked(self) -> dict[str, bool]:
        return {key: bool(self[f"{key}_same"].data) for key in TICKED}


class ChangeForm(StepForm):
    """P4: how the new password reaches the person."""

    told_by = RadioField(
        _l("Password disampaikan"),
        choices=list(TOLD_WAYS.items()),
        default="spot",
    )


class SetByHandForm(StepForm):
    """P4e: the operator has set the password in the mail system, where no directory is connected."""

    is_set = BooleanField(
        _l("Password ini sudah saya pasang di sistem email"),
        validators=[
            required(_l("Pasang dulu password itu di sistem email, lalu centang. Sesudah itu pemilik dikabari."))
        ],
    )
    first_password = password_field(needed=False)
    first_password_again = again_field()

    def is_about(self, ticket: Ticket) -> None:
        """Offer the password where a link is to show it; otherwise the person has it already."""
        if last_change(ticket).told_by != "link":
            del self.first_password, self.first_password_again

    @property
    def set_by_hand(self) -> str:
        """What was set, for the link; never stored but sealed in it."""
        return str(self["first_password"].data or "") if "first_password" in self else ""


class PersonInformedForm(StepForm):
    """P5: how the person was told."""

    told_by = RadioField(
        _l("Disampaikan"),
        choices=list(TOLD_WAYS.items()),
        default="spot",
    )
    text = text_field(_l("Catatan"), 500, needed=False)
