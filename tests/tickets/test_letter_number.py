"""Letter numbers as letters, mails and offices spell them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.tickets.letter_number import letter_key, read_letter_number


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("012/FT-UBH/XI/2026", "012/FT-UBH/XI/2026"),
        ("No. 012 / FT \u2013 UBH / XI / 2026", "012/FT-UBH/XI/2026"),
        ("Nomor : 012/FT\u2011UBH/XI/2026.", "012/FT-UBH/XI/2026"),
        ("\u200e012\\FT-UBH\\XI\\2026\u00a0", "012/FT-UBH/XI/2026"),
        ("Nomor Surat: B-12.3/UN 16/2026", "B-12.3/UN 16/2026"),
        ("NO/12/2026", "NO/12/2026"),
        ("Norma/3/2026", "Norma/3/2026"),
    ],
)
def test_a_number_is_kept_as_its_letter_has_it(typed, kept):
    assert read_letter_number(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "012/FT-UBH/XI/2026",
        "12/ft-ubh/xi/2026",
        "No. 012 / FT \u2013 UBH / XI / 2026",
        "012/FT.UBH/11/2026",
        "012/FT UBH/XI/2026",
    ],
)
def test_spellings_of_one_number_have_one_key(typed):
    assert letter_key(typed) == "12/FT-UBH/11/2026"


@pytest.mark.parametrize(
    "other",
    ["013/FT-UBH/XI/2026", "012/FE-UBH/XI/2026", "012/FT-UBH/XII/2026", "120/FT-UBH/XI/2026", "0.12/FT-UBH/XI/2026"],
)
def test_another_number_has_another_key(other):
    assert letter_key(other) != letter_key("012/FT-UBH/XI/2026")


@given(st.text(max_size=80))
def test_a_number_that_was_read_is_read_back_unchanged(text):
    kept = read_letter_number(text)
    assert letter_key(kept) == letter_key(text)
