"""Money in whole rupiah, and the arithmetic of a RAB or bill; amounts are integers, never floats."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from models.base.typed_number import BadAmount, read_rupiah, read_volume, volume_text
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


def in_words(amount_rp: int) -> str:
    """The amount in Indonesian words as they stand under a total: "Dua puluh tujuh juta rupiah"."""
    from num2words import num2words  # noqa: PLC0415  # 60 modules, for a total in words alone

    words = f"{num2words(amount_rp, lang='id').strip()} rupiah"
    return words[0].upper() + words[1:]


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
