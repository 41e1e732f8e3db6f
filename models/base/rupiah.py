"""Money in whole rupiah and the arithmetic of a RAB or bill; it never meets a float or a database row."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from models.base.wording import rupiah

__all__ = [
    "BadAmount",
    "Ppn",
    "Totals",
    "in_words",
    "line_amount",
    "read_rupiah",
    "read_volume",
    "round_half_up",
    "rupiah",
    "totals",
    "volume_text",
]

MAX_RP = 1_000_000_000_000
MAX_VOLUME = Decimal(1_000_000)
VOLUME_PLACES = 3


class BadAmount(ValueError):
    """A typed volume or price that cannot be taken; the message is an Indonesian sentence for the reader."""


def in_words(amount_rp: int) -> str:
    """The amount in Indonesian words as they stand under a total: "Dua puluh tujuh juta rupiah"."""
    from num2words import num2words  # noqa: PLC0415  # 60 modules, for a total in words alone

    words = f"{num2words(amount_rp, lang='id').strip()} rupiah"
    return words[0].upper() + words[1:]


def volume_text(volume: Decimal) -> str:
    """A volume without needless zeros, with thousands dots and a decimal comma: 1.250,5."""
    plain = f"{volume:,f}".replace(",", "_").replace(".", ",").replace("_", ".")
    return plain.rstrip("0").rstrip(",") if "," in plain else plain


def round_half_up(amount: Fraction | Decimal) -> int:
    """To whole rupiah; a half goes away from zero (the office's rule for each line)."""
    exact = Fraction(amount)
    rounded = (abs(exact) + Fraction(1, 2)).__floor__()
    return rounded if exact >= 0 else -rounded


def line_amount(volume: Decimal, price_rp: int) -> int:
    """Amount of one line: volume times unit price, rounded half up to whole rupiah (N5)."""
    return round_half_up(Fraction(volume) * price_rp)


@dataclass(frozen=True)
class Ppn:
    """Value-added tax: `rate` in percent of a base that is `base` of the sum, such as 12 % of 11/12."""

    rate: Decimal
    base: Fraction = Fraction(1)

    def base_rp(self, sum_rp: int) -> int:
        return round_half_up(sum_rp * self.base)

    def amount_rp(self, sum_rp: int) -> int:
        return round_half_up(self.base_rp(sum_rp) * Fraction(self.rate) / 100)


@dataclass(frozen=True)
class Totals:
    """The foot of a RAB or bill. `sum_rp` is the sum of the rounded lines, as added by hand."""

    sum_rp: int
    ppn_base_rp: int
    ppn_rp: int

    @property
    def total_rp(self) -> int:
        return self.sum_rp + self.ppn_rp

    @property
    def words(self) -> str:
        return in_words(self.total_rp)


def totals(lines: Iterable[tuple[Decimal, int]], ppn: Ppn | None = None) -> Totals:
    """Foot of the given (volume, unit price in rupiah) lines; without `ppn` the tax is nil."""
    sum_rp = sum(line_amount(volume, price_rp) for volume, price_rp in lines)
    if ppn is None:
        return Totals(sum_rp, 0, 0)
    return Totals(sum_rp, ppn.base_rp(sum_rp), ppn.amount_rp(sum_rp))


_RUPIAH = re.compile(r"(?:rp\.?\s*)?(\d{1,3}(?:\.\d{3})+|\d+)(?:,0{1,2}|,-)?", re.IGNORECASE | re.ASCII)
_VOLUME = re.compile(r"(\d{1,3}(?:\.\d{3})+|\d+)(?:,(\d+))?|(\d+)\.(\d+)", re.ASCII)


def read_rupiah(text: str) -> int:
    """A price as typed (27000000, 27.000.000, Rp27.000.000,00) in whole rupiah; BadAmount otherwise."""
    match = _RUPIAH.fullmatch(text.strip())
    if match is None:
        raise BadAmount(f"“{_short(text)}” bukan harga. Tulis rupiah bulat, misalnya 150.000.")
    amount_rp = int(match[1].replace(".", ""))
    if amount_rp > MAX_RP:
        raise BadAmount(f"{rupiah(amount_rp)[:40]} melebihi batas {rupiah(MAX_RP)}. Periksa jumlah angka nolnya.")
    return amount_rp


def read_volume(text: str) -> Decimal:
    """A volume as typed (1.250,5 or 1250,5 or 2.5), above zero, 3 decimals at most; else BadAmount."""
    match = _VOLUME.fullmatch(text.strip())
    if match is None:
        raise BadAmount(f"“{_short(text)}” bukan volume. Tulis angka lebih dari nol, misalnya 12 atau 2,5.")
    whole, decimals = (match[1] or match[3]).replace(".", ""), match[2] or match[4] or ""
    if len(decimals.rstrip("0")) > VOLUME_PLACES:
        raise BadAmount(f"Volume “{_short(text)}” terlalu rinci. Tulis paling banyak tiga angka di belakang koma.")
    return _checked(Decimal(f"{whole}.{decimals or '0'}"))


def _checked(volume: Decimal) -> Decimal:
    if volume <= 0:
        raise BadAmount("Volume harus lebih dari nol. Hapus barisnya bila tidak diperlukan.")
    if volume > MAX_VOLUME:
        raise BadAmount(f"Volume melebihi batas {volume_text(MAX_VOLUME)}. Periksa satuannya.")
    return volume.quantize(Decimal("0.001"), ROUND_HALF_UP)


def _short(text: str) -> str:
    return text.strip()[:30]
