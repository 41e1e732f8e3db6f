"""Telephone numbers as WhatsApp, contacts, letters and spreadsheets have them; what is none is refused with a sentence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.base.phone import BadPhone, phone_or_none, read_phone

# (what was pasted, what is kept, the digits for the world, the WhatsApp digits)
PASTED = [
    ("0812-3456-7890", "0812-3456-7890", "6281234567890", "6281234567890"),
    ("0812\u20113456\u20117890", "0812-3456-7890", "6281234567890", "6281234567890"),
    ("\u202a+62\u00a0812\u20113456\u20117890\u202c", "+62 812-3456-7890", "6281234567890", "6281234567890"),
    ("0812 3456 7890 (WA)", "0812 3456 7890", "6281234567890", "6281234567890"),
    ("WA: 0812\u20133456\u20137890", "0812-3456-7890", "6281234567890", "6281234567890"),
    ("No. HP 0812.3456.7890", "0812.3456.7890", "6281234567890", "6281234567890"),
    ("Telp./WA 081234567890", "081234567890", "6281234567890", "6281234567890"),
    ("+62 (0)812 3456 7890", "+62 812 3456 7890", "6281234567890", "6281234567890"),
    ("(+62) 812-3456-7890", "+62 812-3456-7890", "6281234567890", "6281234567890"),
    ("0062 812 3456 7890", "+62 812 3456 7890", "6281234567890", "6281234567890"),
    ("6281234567890", "+6281234567890", "6281234567890", "6281234567890"),
    ("81234567890", "081234567890", "6281234567890", "6281234567890"),
    ("812-3456-7890", "0812-3456-7890", "6281234567890", "6281234567890"),
    ("https://wa.me/6281234567890?text=Halo", "+6281234567890", "6281234567890", "6281234567890"),
    ("tel:+6281234567890", "+6281234567890", "6281234567890", "6281234567890"),
    ("０８１２３４５６７８９０", "081234567890", "6281234567890", "6281234567890"),
    ("(0751) 7051678", "(0751) 7051678", "627517051678", ""),
    ("0751/7051678", "0751-7051678", "627517051678", ""),
    ("0751-7051678 ext. 104", "0751-7051678 ext. 104", "627517051678", ""),
    ("0751 7051678, pes 104", "0751 7051678 ext. 104", "627517051678", ""),
    ("(0751) 7051678 (ext 104)", "(0751) 7051678 ext. 104", "627517051678", ""),
    ("0751-7051678 x104", "0751-7051678 ext. 104", "627517051678", ""),
    ("7051678", "7051678", "", ""),
    ("2104", "2104", "", ""),
    ("ext. 2104", "2104", "", ""),
    ("pesawat 104", "104", "", ""),
    ("+60 12-345 6789", "+60 12-345 6789", "60123456789", "60123456789"),
    ("0751 000000", "0751 000000", "62751000000", ""),
]


@pytest.mark.parametrize(("pasted", "kept", "world", "whatsapp"), PASTED, ids=lambda value: ascii(value)[:40])
def test_a_number_as_people_paste_it_is_read(pasted, kept, world, whatsapp):
    found = read_phone(pasted)
    assert (found.text, found.world_digits, found.whatsapp) == (kept, world, whatsapp)
    assert read_phone(found.text) == found


def test_two_spellings_of_one_number_have_one_key():
    spelled = ["0812-3456-7890", "+62 812 3456 7890", "62812.3456.7890", "81234567890 (WA)"]
    assert {read_phone(text).key for text in spelled} == {"6281234567890x"}


def test_a_number_with_an_extension_dials_both():
    assert read_phone("0751-7051678 ext. 104").link == "tel:+627517051678;ext=104"
    assert read_phone("2104").link == "tel:2104"


@pytest.mark.parametrize(
    "typed",
    ["12", "tidak ada", "-", "0812-3456-789a", "081234567890123456", "0812-3456-7890 / 0813-1111-2222",
     "0751-7051678, 0812-3456-7890", "0812 3456 7890 atau 0751 7051678", "andi@contoh.ac.id", "+", "08", "0812-3456-7890 Ibu Rina",
     "0751-7051678 ext. 1234567", "8.12346E+11", "tel:", "((0812) 3456"],
)  # fmt: skip
def test_what_is_no_number_or_two_is_refused_with_a_sentence(typed):
    with pytest.raises(BadPhone) as refused:
        read_phone(typed)
    assert str(refused.value).endswith(".")
    assert phone_or_none(typed) is None


@given(st.text("0123456789 -.()+/ext", max_size=24))
def test_what_was_read_is_read_back_unchanged(text):
    found = phone_or_none(text)
    if found is not None:
        assert read_phone(found.text) == found
        assert len(found.text) <= 30


@given(st.text(max_size=60))
def test_any_text_is_a_number_or_a_sentence(text):
    phone_or_none(text)
