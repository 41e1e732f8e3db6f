"""What nobody sees is not written; what is written is kept as it was."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.base.written import clean_line, clean_text, is_written, plain_marks, searched_words

BLANK = [
    "",
    " ",
    "\u00a0",
    "\u200b",
    "\u200b\u200d\ufeff",
    "\u2060 \u3000",
    "\u2800",
    "\u3164",
    "\u00ad\u200e\u202e",
    "\u0301",
    "\t\r\n",
    "\ufe0f",
]


@pytest.mark.parametrize("text", BLANK, ids=ascii)
def test_what_nobody_sees_is_not_written(text):
    assert (is_written(text), clean_line(text), clean_text(text), plain_marks(text)) == (False, "", "", "")


@pytest.mark.parametrize("text", ["-", "0", "Wi-Fi", "👩‍💻", "é", "ж"])
def test_what_is_seen_is_written_and_kept(text):
    assert (is_written(text), clean_line(text), clean_text(text)) == (True, text, text)


@pytest.mark.parametrize(
    ("pasted", "kept"),
    [
        ("\u200eAndi\u00a0Saputra\u200b ", "Andi Saputra"),
        ("An\u200bdi", "An\u200bdi".replace("\u200b", "")),
        ("Jose\u0301", "José"),
        ("\u202eidnA", "idnA"),
        ("a\nb", "a\nb"),
    ],
    ids=ascii,
)
def test_a_line_is_kept_without_marks_that_nobody_sees(pasted, kept):
    assert clean_line(pasted) == kept


def test_a_text_keeps_its_paragraphs_and_loses_its_blank_ends():
    assert clean_text("\ufeff\n Satu.\n\n  Dua\u00a0tiga. \u200b\n") == "Satu.\n\n  Dua\u00a0tiga."


@given(st.text())
def test_cleaning_twice_is_cleaning_once(text):
    assert clean_line(clean_line(text)) == clean_line(text)
    assert clean_text(clean_text(text)) == clean_text(text)
    assert bool(clean_line(text)) == bool(clean_text(text)) == is_written(text)


def test_words_of_a_search_are_as_registers_keep_them():
    assert searched_words("\u200eDewi  0812\u20113333\u20134444\u00a0Anak\u2013Anak") == [
        "Dewi",
        "0812-3333-4444",
        "Anak\u2013Anak",
    ]
