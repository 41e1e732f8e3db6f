"""Gives office documents their numbers, without gaps, in the transaction that issues them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask_babel import lazy_gettext as _l

from models.base import setting
from models.base.counter import counted, next_number, raise_to
from models.base.setting import Spec
from models.base.wording import Words
from models.organisation.document_number import FIRST_PATTERN, document_number

# kind of document -> its letters in the number, and its name
KINDS: dict[str, tuple[str, Words]] = {
    "agenda": ("AGD", _l("Agenda surat masuk")),
    "disposition": ("DIS", _l("Lembar disposisi")),
    "survey": ("SRV", _l("Laporan survey")),
    "rab": ("RAB", _l("Rencana Anggaran Biaya")),
    "test": ("UJI", _l("Laporan uji kualitas")),
    "handover": ("BAST", _l("Berita acara serah terima")),
    "bill": ("TAG", _l("Tagihan")),
    "receipt": ("KW", _l("Kuitansi")),
    "case": ("BKS", _l("Berkas tiket")),
}
COMMON = "all"  # the sequence of the kinds whose own pattern is left empty
NUMBERS = _l("Nomor dokumen")
_PLACES = _l("Pakai {seq:03}, {unit}, {kind}, {roman_month}, {month}, {year}.")
setting.declare("number_unit", Spec("PTK", _l("Singkatan unit pada nomor"), NUMBERS))
setting.declare(
    "number_pattern_all",
    Spec(
        FIRST_PATTERN,
        _l("Pola bersama"),
        NUMBERS,
        _l("Jenis dokumen yang polanya dikosongkan di bawah ini memakai pola bersama dan satu urutan nomor."),
    ),
)
for _kind, (_letters, _name) in KINDS.items():
    setting.declare(f"number_pattern_{_kind}", Spec(FIRST_PATTERN, _name, NUMBERS, _PLACES, may_be_empty=True))


def own_pattern(kind: str) -> str:
    """The kind's own pattern; empty where it counts in the common sequence."""
    return str(setting.get(f"number_pattern_{kind}"))


def take_number(kind: str, day: date) -> str:
    """The next number of this kind in the year of `day`, by the pattern in force.

    A rollback gives it back, so that no number is missing; the counter's row lock makes rivals wait.
    """
    if own_pattern(kind):
        return written(kind, next_number(f"{kind}:{day.year}"), day)
    return written(kind, _next_in_common(kind, day.year), day)


def written(kind: str, seq: int, day: date) -> str:
    """The number of this kind with that place in its sequence."""
    pattern = own_pattern(kind)
    common = str(setting.get("number_pattern_all"))
    unit, letters = str(setting.get("number_unit")), KINDS[kind][0]
    return document_number(pattern or common, seq, unit, letters, day, needs_kind=bool(pattern))


def _next_in_common(kind: str, year: int) -> int:
    """One more than any kind of the common sequence has had this year, also before it joined it."""
    shared = [f"{one}:{year}" for one in (COMMON, *KINDS) if one == COMMON or not own_pattern(one)]
    raise_to(f"{COMMON}:{year}", 0)  # whoever wants a number of this sequence waits here
    seq = max(counted(*shared).values()) + 1
    raise_to(f"{COMMON}:{year}", seq)
    raise_to(f"{kind}:{year}", seq)
    return seq


def lock_number(kind: str, day: date) -> None:
    """Nobody else takes a number of this kind before this transaction ends."""
    raise_to(f"{kind}:{day.year}", 0)


@dataclass(frozen=True)
class Sequence:
    """A sequence of this year: its kinds, the last number given out (0: none yet) and how the next is written."""

    key: str
    kinds: tuple[str, ...]
    last: int
    sample: str

    @property
    def label(self) -> Words:
        return _l("Urutan bersama") if self.key == COMMON else KINDS[self.key][1]

    @property
    def kind_labels(self) -> list[str]:
        return [str(KINDS[kind][1]) for kind in self.kinds]


def sequences(day: date) -> list[Sequence]:
    """The sequences in use in the year of `day`, the common one first."""
    common = tuple(kind for kind in KINDS if not own_pattern(kind))
    groups = ([(COMMON, common)] if common else []) + [(kind, (kind,)) for kind in KINDS if kind not in common]
    stand = counted(*(f"{one}:{day.year}" for one in (COMMON, *KINDS)))
    found = []
    for key, kinds in groups:
        last = max(stand.get(f"{one}:{day.year}", 0) for one in {key, *kinds})
        found.append(Sequence(key, kinds, last, written(kinds[0], last + 1, day)))
    return found


def start_at(key: str, number: int, day: date) -> bool:
    """The sequence's next number of this year is `number`; False where one as high has been given out already."""
    known = {one.key: one for one in sequences(day)}
    lock_number(key, day)
    return known[key].last < number and raise_to(f"{key}:{day.year}", number - 1) == number - 1
