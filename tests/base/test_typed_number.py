"""Numbers as people write them and as spreadsheets hold them: read as meant, asked about, or refused; never guessed."""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from num2words import num2words

from models.base.typed_number import (
    MAX_RP,
    Ambiguous,
    BadAmount,
    read_count,
    read_measurement,
    read_rupiah,
    read_share,
    read_volume,
    volume_text,
)
from models.base.wording import decimal, rupiah, thousands

volumes = st.decimals(Decimal("0.001"), Decimal(1_000_000), places=3)
prices = st.integers(0, MAX_RP)
counts = st.integers(1, 9_999_999)


def read_or_asked(text):
    """The one meaning, or both of which the reader is asked."""
    try:
        return {read_volume(text)}
    except Ambiguous as asked:
        return {read_volume(choice) for choice in asked.choices}


@given(volumes)
@example(Decimal("1.125"))
@example(Decimal(1500))
def test_volume_as_the_house_writes_it_is_read_back(volume):
    assert read_volume(volume_text(volume)) == volume


@given(volumes)
@example(Decimal("1.125"))
def test_typed_volume_keeps_its_value_through_a_spreadsheet_and_json(volume):
    assert read_volume(float(volume)) == read_volume(json.loads(json.dumps(float(volume)))) == volume


@given(volumes, st.sampled_from(["id", "en"]), st.integers(0, 6))
@example(Decimal(1500), "id", 0)
@example(Decimal("1.125"), "en", 3)
@example(Decimal("0.125"), "en", 3)
def test_volume_in_any_spelling_is_read_as_meant_or_asked_about(volume, language, places):
    written = decimal(float(volume), places, language)
    meant = Decimal(f"{float(volume):.{places}f}")
    if meant == 0 or meant != round(meant, 3):
        return
    if language == "en" and "," in written and "." not in written and written.count(",") == 1:
        return  # 1,500: in a text of this house the comma is the decimal sign
    assert meant in read_or_asked(written)


@given(prices)
def test_price_as_the_house_writes_it_is_read_back(price_rp):
    assert read_rupiah(rupiah(price_rp)) == read_rupiah(str(price_rp)) == read_rupiah(price_rp) == price_rp
    assert read_rupiah(float(price_rp)) == price_rp


@given(prices, st.sampled_from(["Rp", "Rp ", "Rp. ", "rp", "IDR ", "IDR", ""]), st.sampled_from("., '\u00a0"))
def test_price_in_any_spelling_is_read_back(price_rp, sign, thousand):
    grouped = f"{price_rp:,}".replace(",", thousand)
    cents = {".": ",00", ",": ".00"}.get(thousand, ",00")
    for written in (grouped, grouped + cents, f" {grouped},- ", f"{grouped},-", f"{grouped} ,-", f"{grouped}.-"):
        assert read_rupiah(sign + written) == price_rp


@given(counts, st.sampled_from(["", " titik", "titik", "  TITIK"]))
def test_count_is_read_back_with_and_without_its_unit(count, unit):
    for written in (str(count), thousands(count), thousands(count, "en"), f"{count} ({num2words(count, lang='id')})"):
        assert read_count(written + unit, 1, 9_999_999, ("titik",)) == count
    assert read_count(float(count), 1, 9_999_999) == count


@pytest.mark.parametrize(
    ("typed", "volume"),
    [
        ("1.250,5", "1250.5"),
        ("1,250.5", "1250.5"),
        ("1 250,5", "1250.5"),
        ("1250.125", "1250.125"),
        ("2.5", "2.5"),
        ("12", "12"),
        (" 0,125 ", "0.125"),
        ("\u200e2,5\u00a0", "2.5"),
        ("٢", "2"),
        ("0.125", "0.125"),
        ("12,125", "12.125"),
        ("1000000", "1000000"),
        ("3,1400", "3.14"),
        (1.125, "1.125"),
        (0.1 + 0.2, "0.3"),
        (1500, "1500"),
        (Decimal("2.5"), "2.5"),
    ],
)
def test_volume_is_read_as_people_here_write_it(typed, volume):
    assert read_volume(typed) == Decimal(volume)


@pytest.mark.parametrize(
    ("typed", "whole", "part"), [("1.500", "1500", "1,5"), ("112.500", "112500", "112,5"), ("1.125", "1125", "1,125")]
)
def test_point_before_three_digits_is_asked_about(typed, whole, part):
    with pytest.raises(Ambiguous) as asked:
        read_volume(typed)
    assert asked.value.choices == (whole, part)
    assert str(asked.value) == f"“{typed}” dapat berarti {whole} atau {part}. Tulis {whole}, atau {part} dengan koma."


def test_comma_before_three_digits_is_asked_about_in_a_file_spelled_in_english():
    assert read_volume("1,500") == Decimal("1.5")
    with pytest.raises(Ambiguous):
        read_volume("1,500", is_comma_sure=False)
    assert read_volume("1,500.5", is_comma_sure=False) == Decimal("1500.5")


@pytest.mark.parametrize(
    "typed",
    ["", "0", "0,000", "-1", "1000001", "1.250.500", "dua", "1,2345", "1e5", "NaN", "Infinity", "1.2.3", "9" * 400, "12 m", "1,5,2",
     "2²", "=1+1", "1.500,500.5", "0.125.000", "1,", ",5", "1_000", float("nan"), float("inf"), True, 1 / 3, -2.5],
)  # fmt: skip
def test_absurd_volume_is_refused_with_a_sentence(typed):
    with pytest.raises(BadAmount, match=r"\.$"):
        read_volume(typed)


@pytest.mark.parametrize(
    ("typed", "price_rp"),
    [
        ("Rp27.000.000", 27_000_000),
        ("27000000", 27_000_000),
        ("rp 150.000,-", 150_000),
        ("150.000,00", 150_000),
        ("IDR 27.000.000", 27_000_000),
        ("Rp 27.000.000,-", 27_000_000),
        ("Rp. 27.000.000,00", 27_000_000),
        ("27,000,000", 27_000_000),
        ("27,000,000.00", 27_000_000),
        ("27 000 000", 27_000_000),
        ("Rp 27.000.000,\u2013", 27_000_000),
        ("27.000.000 rupiah", 27_000_000),
        ("Rp\u00a027.000.000", 27_000_000),
        ("27,000", 27_000),
        ("0", 0),
        ("1.500", 1_500),
        (27_000_000.0, 27_000_000),
        (26_999_999.999999998, 27_000_000),
    ],
)
def test_price_is_read_as_people_here_write_it(typed, price_rp):
    assert read_rupiah(typed) == price_rp


@pytest.mark.parametrize(
    "typed",
    ["", "-5000", "1.5", "1500,50", "seribu", "1e9", "1000000000001", "9" * 400, "27.000,000", "27,000.000", "0.125",
     "27.000.00", "2.7000.000", "27 juta", "1,5 juta", "$5", "=2*3", "2²", "Rp", "Rp-", 1.5, True, float("nan"), -1],
)  # fmt: skip
def test_absurd_price_is_refused_with_a_sentence(typed):
    with pytest.raises(BadAmount, match=r"\.$"):
        read_rupiah(typed)


@pytest.mark.parametrize(
    ("typed", "count"),
    [("4", 4), ("4 titik", 4), ("4 (empat) titik", 4), ("12 (dua belas)", 12), ("1.200", 1_200), ("2,0", 2), (4.0, 4)],
)
def test_count_is_read_as_letters_write_it(typed, count):
    assert read_count(typed, 1, 5_000, ("titik",)) == count


@pytest.mark.parametrize(
    "typed", ["", "4,5", "1.5", "4-5", "empat", "4 (lima) titik", "4 hari", "-4", "0", "5001", "1_0", "4²", 4.5, True]
)
def test_what_is_no_count_is_refused_with_its_bounds(typed):
    with pytest.raises(BadAmount, match=r"antara 1 dan 5\.000\.$"):
        read_count(typed, 1, 5_000, ("titik",))


@pytest.mark.parametrize(("typed", "value"), [("-67", "-67"), ("−67,5", "-67.5"), ("0,0004", "0"), ("0,0005", "0.001")])
def test_measurement_is_read_with_its_sign_to_three_decimals(typed, value):
    assert read_measurement(typed, Decimal(-120), Decimal(0) if typed[0] in "-−" else Decimal(1)) == Decimal(value)


@pytest.mark.parametrize(("typed", "share"), [("11/12", "11/12"), ("0,5", "1/2"), ("1", "1"), (" 1 / 2 ", "1/2")])
def test_share_of_a_sum_is_read(typed, share):
    assert read_share(typed) == Fraction(share)


@pytest.mark.parametrize("typed", ["", "0", "2", "12/11", "1/0", "1/2/3", "setengah", "-1/2", "1e-3"])
def test_what_is_no_share_is_refused(typed):
    with pytest.raises(BadAmount, match="11/12"):
        read_share(typed)
