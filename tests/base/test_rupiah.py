"""The arithmetic of RAB and bill, by properties: what is shown adds up, in figures and in words."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.base.rupiah import (
    Ppn,
    in_words,
    line_amount,
    round_half_up,
    rupiah,
    totals,
)
from models.base.typed_number import MAX_RP

volumes = st.decimals(Decimal("0.001"), Decimal(1_000_000), places=3)
prices = st.integers(0, MAX_RP)
rates = st.decimals(Decimal(0), Decimal(30), places=2)
bases = st.fractions(0, 1, max_denominator=12)
WORDS = {
    "nol": 0,
    "satu": 1,
    "dua": 2,
    "tiga": 3,
    "empat": 4,
    "lima": 5,
    "enam": 6,
    "tujuh": 7,
    "delapan": 8,
    "sembilan": 9,
}
SCALES = {"ribu": 10**3, "juta": 10**6, "miliar": 10**9, "triliun": 10**12}


def number_of(words: str) -> int:
    """Reads Indonesian number words back, by the school grammar, apart from the library that wrote them."""
    total = group = unit = 0
    for word in words.lower().split():
        if word in WORDS:
            unit = WORDS[word]
        elif word in ("sepuluh", "sebelas"):
            group += 10 if word == "sepuluh" else 11
        elif word == "belas":
            group, unit = group + 10 + unit, 0
        elif word == "puluh":
            group, unit = group + unit * 10, 0
        elif word in ("ratus", "seratus"):
            group, unit = group + (100 if word == "seratus" else unit * 100), 0
        elif word == "seribu":
            total += 1000
        else:
            total, group, unit = total + (group + unit) * SCALES[word], 0, 0
    return total + group + unit


def shown(amount: str) -> int:
    return int(amount.removeprefix("Rp").replace(".", ""))


@given(st.lists(st.tuples(volumes, prices), max_size=30), st.one_of(st.none(), st.builds(Ppn, rates, bases)))
def test_total_is_the_sum_of_the_shown_amounts_and_words_equal_it(lines, ppn):
    foot = totals(lines, ppn)
    assert foot.sum_rp == sum(shown(rupiah(line_amount(*line))) for line in lines)
    assert foot.total_rp == shown(rupiah(foot.sum_rp)) + shown(rupiah(foot.ppn_rp))
    assert all(type(one) is int for one in (foot.sum_rp, foot.ppn_base_rp, foot.ppn_rp, foot.total_rp))


@given(st.integers(0, 999_999_999_999_999))
def test_words_read_back_are_the_amount(amount_rp):
    assert in_words(amount_rp).endswith(" rupiah")
    assert number_of(in_words(amount_rp).removesuffix(" rupiah")) == amount_rp


@given(volumes, prices)
def test_line_is_within_half_a_rupiah_and_a_half_goes_up(volume, price_rp):
    exact = Fraction(volume) * price_rp
    assert Fraction(-1, 2) < line_amount(volume, price_rp) - exact <= Fraction(1, 2)


@given(st.fractions(max_denominator=1000))
def test_rounding_is_symmetric(amount):
    assert round_half_up(-amount) == -round_half_up(amount)


@pytest.mark.parametrize(
    ("volume", "price_rp", "amount_rp"),
    [("0.5", 1, 1), ("0.5", 3, 2), ("112.5", 18_500, 2_081_250), ("0.001", 499, 0), ("0.001", 500, 1)],
)
def test_half_a_rupiah_rounds_up(volume, price_rp, amount_rp):
    assert line_amount(Decimal(volume), price_rp) == amount_rp


def test_ppn_of_twelve_percent_of_eleven_twelfths_is_eleven_percent():
    foot = totals([(Decimal(1), 32_107_750)], Ppn(Decimal(12), Fraction(11, 12)))
    assert (foot.ppn_base_rp, foot.ppn_rp, foot.total_rp) == (29_432_104, 3_531_852, 35_639_602)
