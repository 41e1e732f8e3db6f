"""What a form asks of a unit's letter, for N1 and E1 alike: number, date, who signed, who acknowledged, its scan."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, Form, ValidationError

from models.base.wording import Words, on_date
from models.tickets.letter import RequestLetter, same_letters
from models.tickets.letter_number import LONGEST, read_letter_number
from procedures.base.date_fields import past_date
from procedures.base.form_fields import FILES, SAYS_SCAN, Fault, StepForm, line_field, text_field


def is_letter_number(_form: Form, field: Field) -> None:
    """A letter's number, kept in its one written form."""
    if not field.data:
        return
    field.data = read_letter_number(field.data)
    if not any(character.isalnum() for character in field.data):
        raise ValidationError(_l("Tulis nomor suratnya, misalnya 012/FT-UBH/XI/2026."))


class LetterFields(StepForm):
    """The letter, signed by the head of the unit, or signed by another and acknowledged by the head; with its scan."""

    takes_files = True

    def files_label(self, by: str) -> Words:
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
    again_reason = text_field(_l("Alasan surat ini dikirim lagi"), 500, needed=False)
    first: RequestLetter | None = None  # the same letter, received before

    def faults_together(self) -> Iterator[Fault]:
        yield from super().faults_together()
        if self.acknowledged_by.data and self.is_blank("acknowledged_as"):
            yield "acknowledged_as", _l("Isi jabatan yang mengetahui surat ini.")
        if self.acknowledged_as.data and self.is_blank("acknowledged_by"):
            yield "acknowledged_by", _l("Isi nama yang mengetahui surat ini.")
        if not self.files:
            yield FILES, SAYS_SCAN
        self.first = self._received_before()
        self.again_reason.flags.required = self.first is not None  # the page does not call it optional then
        if self.first and self.is_blank("again_reason"):
            yield (
                "again_reason",
                _(
                    "Surat ini sudah kami terima pada %(day)s. "
                    "Bila memang perlu dikirim lagi, tulis alasannya di sini.",
                    day=on_date(self.first.received_at, str(get_locale() or "id")),
                ),
            )

    def _received_before(self) -> RequestLetter | None:
        """The same letter of this unit, but for the one that this very form brought when it was first sent."""
        named = ("letter_number", "letter_date", "unit")
        if any(self[name].errors or not self[name].data for name in named):
            return None
        found = same_letters(self["unit"].data, self.letter_number.data, self.letter_date.data)
        return next((one for one in found if not self.nonce or one.ticket.form_nonce != self.nonce), None)

    @property
    def twin_facts(self) -> dict[str, Any]:
        """For the event that opens the ticket: of which ticket this letter is already, and why it came again."""
        if self.first is None:
            return {}
        return {"same_as": self.first.ticket.number, "again_reason": self.again_reason.data}
