"""The base of every form and the fields and checks that forms share: one line, a longer text, a mail address, a phone.

A field that may stay empty has checks that pass an empty one; nothing ends the chain of checks, so that a rule about an
empty field is asked like any other. What several fields say only together stands in the form's `faults_together`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from flask_admin.form import BaseForm
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import Field, Form, SelectMultipleField, StringField, TextAreaField, ValidationError
from wtforms.validators import DataRequired, Length, Regexp, StopValidation
from wtforms.widgets import CheckboxInput, ListWidget

from gateways.files.file_store import StoredFile
from models.base import mail_address, phone
from models.base.mail_address import BadMail, read_mail
from models.base.phone import BadPhone, read_phone
from models.base.wording import Words
from models.base.written import clean_line, clean_text, is_written

WIB = ZoneInfo("Asia/Jakarta")
SAYS_REQUIRED = _l("Bagian ini wajib diisi.")
SAYS_SCAN = _l("Lampirkan pindaian surat (PDF atau foto).")

LONGEST_PASTED = 400
"""So much fits into a box from which a reader takes a number or address among words: a browser cuts silently."""

FieldOption: TypeAlias = (
    "Words | int | date | Mapping[str, str | int] | Sequence[Callable[..., str | None]] | Callable[[], date] | None"
)
Fault = tuple[str, Words]  # the field's name, or FILES, and the sentence
FILES = "files"
Sent = MultiDict[str, str]
Check = Callable[[Form, Field], None]
Checks = Mapping[str, Sequence[Check]]  # by the field's name


class StepForm(BaseForm):
    """The base of all forms that a step asks for; CSRF is kept by the application, not by the form."""

    takes_files = False  # the public page offers a choice of files with it; the workbench does with every form
    files: Sequence[StoredFile] = ()  # the stored files sent with it, set by the engine before it asks
    file_faults: Sequence[Words] = ()  # what is wrong with them; stands at the box of the files

    row: Any = None  # what the form was made of, if it changes a row
    is_sent = False  # made of what somebody sent, rather than shown at first
    nonce: str | None = None  # the word of the page that it was sent from, set by the engine before it asks

    def __init__(self, formdata: Sent | None = None, obj: Any = None, prefix: str = "", **starts_with: Any) -> None:
        self.row, self.is_sent = obj, formdata is not None
        super().__init__(formdata, obj, prefix, **starts_with)
        self.prepare()

    def prepare(self) -> None:
        """What its selects offer, and what they show at first; asked once, when the form is made."""

    def files_label(self, by: str) -> Words:
        """Which file must be sent by this kind of actor ("staff", "requester"); "" where none need be."""
        return ""

    def validate(self, extra_validators: Checks | None = None) -> bool:
        """Each field by itself, then what they say together; both are always asked, so that all faults show at once."""
        fine, self.file_faults = bool(super().validate(extra_validators)), ()
        for name, sentence in self.faults_together():
            if name == FILES:
                self.lack_files(sentence)
                fine = False
            elif name in self:  # a form may leave a field of its base out
                self[name].errors = [*self[name].errors, sentence]
                fine = False
        return fine

    def lack_files(self, sentence: Words) -> None:
        """Say at the box of the files what is wrong with them."""
        self.file_faults = [*self.file_faults, sentence]

    @property
    def errors(self) -> dict[str, Sequence[Words]]:
        """Of every field, and of the files."""
        found: dict[str, Sequence[Words]] = dict(super().errors)
        return {**found, FILES: list(self.file_faults)} if self.file_faults else found

    def faults_together(self) -> Iterable[Fault]:
        """What is wrong between the fields, such as two of which one is needed: (field, sentence)."""
        return ()

    def is_blank(self, *names: str) -> bool:
        """Nothing stands in any of these fields, and nothing is wrong with what was typed there."""
        return not any(self[name].data or self[name].errors for name in names)


class Required(DataRequired):
    """Something must stand here; what was typed and cannot be read keeps its own sentence."""

    def __call__(self, form: Form, field: Field) -> None:
        if field.errors:
            raise StopValidation
        if isinstance(field.data, str) and not is_written(field.data):
            field.data = ""
        super().__call__(form, field)


class Matching(Regexp):
    """What is written has this pattern; nothing written is fine."""

    def __call__(self, form: Form, field: Field, message: Words | None = None) -> re.Match[str] | None:
        return super().__call__(form, field, message) if field.data else None


def required(sentence: Words = SAYS_REQUIRED) -> DataRequired:
    return Required(message=sentence)


def at_most(characters: int) -> Length:
    return Length(max=characters, message=_l("Paling panjang %(max)d huruf. Singkat isinya, lalu kirim lagi."))


def stripped(value: str | None) -> str | None:
    """A line without the marks that nobody sees; "" where nothing is written."""
    return clean_line(value) if isinstance(value, str) else value


def stripped_text(value: str | None) -> str | None:
    return clean_text(value) if isinstance(value, str) else value


def as_typed(value: str | None) -> str | None:
    """A password, to the last blank; "" where nothing is written."""
    return value if is_written(value) else ""


def one_line(_form: Form, field: Field) -> None:
    """No line break or control character may reach a mail header or a list (security.md M4)."""
    if any(ord(character) < 32 or ord(character) == 127 for character in field.data or ""):
        raise ValidationError(_l("Tulis dalam satu baris, tanpa karakter khusus."))


def is_email(_form: Form, field: Field) -> None:
    """An address that mail can reach, kept in its one written form."""
    if not field.data:
        return
    try:
        field.data = read_mail(field.data)
    except BadMail as bad:
        raise ValidationError(str(bad)) from None


def is_phone(_form: Form, field: Field) -> None:
    """A telephone number, kept with plain hyphens and spaces."""
    if not field.data:
        return
    try:
        field.data = read_phone(field.data).text
    except BadPhone as bad:
        raise ValidationError(str(bad)) from None


def line_field(label: Words, longest: int, *more: Check, needed: bool = True, **options: FieldOption) -> StringField:
    first = [required()] if needed else []
    return StringField(label, validators=[*first, at_most(longest), one_line, *more], filters=[stripped], **options)


def text_field(
    label: Words, longest: int = 10_000, needed: bool = True, **options: Words | dict[str, str]
) -> TextAreaField:
    first = [required()] if needed else []
    return TextAreaField(label, validators=[*first, at_most(longest)], filters=[stripped_text], **options)


def email_field(label: Words, needed: bool = True, **shown: str | int) -> StringField:
    """`shown` are attributes of the box, such as autocomplete="email"."""
    first = [required()] if needed else []
    checks = [*first, one_line, is_email, at_most(mail_address.LONGEST)]
    shown = {"type": "email", "maxlength": LONGEST_PASTED, **shown}
    return StringField(label, validators=checks, filters=[stripped], render_kw=shown)


def phone_field(label: Words, needed: bool = True, **shown: str | int) -> StringField:
    first = [required()] if needed else []
    checks = [*first, one_line, is_phone, at_most(phone.LONGEST)]
    shown = {"type": "tel", "maxlength": LONGEST_PASTED, **shown}
    return StringField(label, validators=checks, filters=[stripped], render_kw=shown)


class TickBoxes(SelectMultipleField):
    """Several of a few, each with a box to tick: that needs neither a script nor a held key."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def field_names(form: type[Form]) -> list[str]:
    """What a form asks, in its order, without making one: a form's choices may need a database."""
    asked = {name: getattr(form, name) for name in dir(form) if not name.startswith("_")}
    return sorted(
        (name for name, field in asked.items() if hasattr(field, "_formfield")),
        key=lambda name: int(asked[name].creation_counter),
    )
