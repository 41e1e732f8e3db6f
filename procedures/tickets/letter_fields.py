"""What a form asks of a unit's letter, for N1 and E1 alike: number, date, who signed, who acknowledged, its scan."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Field, ValidationError

from models.tickets.letter_number import LONGEST, read_letter_number
from procedures.base.date_fields import past_date
from procedures.base.form_fields import SAYS_SCAN, Fault, StepForm, line_field


def is_letter_number(_form: Any, field: Field) -> None:
    """A letter's number, kept in its one written form."""
    if not field.data:
        return
    field.data = read_letter_number(field.data)
    if not any(character.isalnum() for character in field.data):
        raise ValidationError(_l("Tulis nomor suratnya, misalnya 012/FT-UBH/XI/2026."))


class LetterFields(StepForm):
    """The letter, signed by the head of the unit, or signed by another and acknowledged by the head; with its scan."""

    takes_files = True

    def files_label(self, by: str) -> Any:
        return _l("Pindaian surat (PDF atau foto)")

    letter_number = line_field(_l("Nomor surat"), LONGEST, is_letter_number)
    letter_date = past_date(_l("Tanggal surat"))
    signed_by = line_field(_l("Ditandatangani oleh"), 120)
    signed_as = line_field(_l("Jabatan penanda tangan"), 120)
    acknowledged_by = line_field(
        _l("Mengetahui (pimpinan unit)"),
        120,
        needed=False,
        description=_l("Diisi bila surat ditandatangani orang lain dan diketahui pimpinan unit."),
    )
    acknowledged_as = line_field(_l("Jabatan yang mengetahui"), 120, needed=False)

    def faults_together(self) -> Iterator[Fault]:
        yield from super().faults_together()
        if self.acknowledged_by.data and self.is_blank("acknowledged_as"):
            yield "acknowledged_as", _l("Isi jabatan yang mengetahui surat ini.")
        if self.acknowledged_as.data and self.is_blank("acknowledged_by"):
            yield "acknowledged_by", _l("Isi nama yang mengetahui surat ini.")
        if not self.files:
            yield "letter_number", SAYS_SCAN
