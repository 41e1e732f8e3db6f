"""Gapless numbers of the office's papers, by the settings' pattern; it numbers nothing outside a transaction."""

from __future__ import annotations

from datetime import date

from flask_babel import lazy_gettext as _l

from models.base import setting
from models.base.counter import next_number
from models.base.setting import Spec
from models.organisation.document_number import FIRST_PATTERN, document_number

# kind of paper -> its letters in the number, and its name
KINDS: dict[str, tuple[str, object]] = {
    "agenda": ("AGD", _l("Agenda surat masuk")),
    "disposition": ("DIS", _l("Lembar disposisi")),
    "survey": ("SRV", _l("Laporan survey")),
    "rab": ("RAB", _l("Rencana Anggaran Biaya")),
    "test": ("UJI", _l("Laporan uji kualitas")),
    "bill": ("TAG", _l("Tagihan")),
    "receipt": ("KW", _l("Kuitansi")),
    "case": ("BKS", _l("Berkas tiket")),
}
NUMBERS = _l("Nomor dokumen")
setting.declare("number_unit", Spec("PTK", _l("Singkatan unit pada nomor"), NUMBERS))
for _kind, (_letters, _name) in KINDS.items():
    setting.declare(
        f"number_pattern_{_kind}",
        Spec(FIRST_PATTERN, _name, NUMBERS, _l("Pakai {seq:03}, {unit}, {kind}, {roman_month}, {month}, {year}.")),
    )


def take_number(kind: str, day: date) -> str:
    """The next number of this kind in the year of `day`, by the pattern in force.

    A rollback gives it back, so that no number is missing; the counter's row lock makes rivals wait.
    """
    seq = next_number(f"{kind}:{day.year}")
    pattern = str(setting.get(f"number_pattern_{kind}"))
    return document_number(pattern, seq, str(setting.get("number_unit")), KINDS[kind][0], day)
