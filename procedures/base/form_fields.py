"""The base of every form and the fields and checks that forms share: one line, a longer text, a mail address."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from email_validator import EmailNotValidError, validate_email
from flask import current_app
from flask_admin.form import BaseForm
from flask_babel import lazy_gettext as _l
from wtforms import (
    Field,
    Form,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import DataRequired, Length, Optional

WIB = ZoneInfo("Asia/Jakarta")
SAYS_REQUIRED = _l("Bagian ini wajib diisi.")


class StepForm(BaseForm):
    """The base of all forms that a step asks for; CSRF is kept by the application, not by the form."""

    files: Sequence[Any] = ()  # the stored files sent with it, set by the engine before it asks


def required(sentence: Any = SAYS_REQUIRED) -> DataRequired:
    return DataRequired(message=sentence)


def at_most(characters: int) -> Length:
    return Length(max=characters, message=_l("Paling panjang %(max)d huruf. Singkat isinya, lalu kirim lagi."))


def stripped(value: str | None) -> str | None:
    return value.strip() if isinstance(value, str) else value


def one_line(_form: Form, field: Field) -> None:
    """No line break or control character may reach a mail header or a list (security.md M4)."""
    if any(ord(character) < 32 or ord(character) == 127 for character in field.data or ""):
        raise ValidationError(_l("Tulis dalam satu baris, tanpa karakter khusus."))


def is_email(_form: Form, field: Field) -> None:
    try:
        field.data = validate_email(field.data or "", check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError:
        raise ValidationError(
            _l("Tulis alamat lengkap dengan tanda @ dan nama domain, misalnya andi@contoh.ac.id")
        ) from None


def line_field(label: Any, longest: int, *more: Any, needed: bool = True, **options: Any) -> StringField:
    first = required() if needed else Optional(strip_whitespace=True)
    return StringField(label, validators=[first, at_most(longest), one_line, *more], filters=[stripped], **options)


def text_field(label: Any, longest: int = 10_000, needed: bool = True, **options: Any) -> TextAreaField:
    first = required() if needed else Optional(strip_whitespace=True)
    return TextAreaField(label, validators=[first, at_most(longest)], filters=[stripped], **options)


def has_database() -> bool:
    """Forms are also listed by `procedures --json`, which works without a database."""
    return bool(current_app) and not current_app.config.get("WITHOUT_DATABASE", False)
