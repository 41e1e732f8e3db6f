"""Mail addresses as people paste them; an address that mail cannot reach is refused where it is typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.base.mail_address import BadMail, read_mail


@pytest.mark.parametrize(
    ("pasted", "kept"),
    [
        ("andi@bunghatta.ac.id", "andi@bunghatta.ac.id"),
        (" Andi.S@BungHatta.AC.ID. ", "Andi.S@bunghatta.ac.id"),
        ("mailto:andi@bunghatta.ac.id?subject=halo", "andi@bunghatta.ac.id"),
        ("Andi Saputra <andi@bunghatta.ac.id>", "andi@bunghatta.ac.id"),
        ("<andi@bunghatta.ac.id>", "andi@bunghatta.ac.id"),
        ("\u200eandi@bunghatta.ac.id\u200b", "andi@bunghatta.ac.id"),
        ("andi\u00a0@ bunghatta.ac.id", "andi@bunghatta.ac.id"),
        ("andi＠bunghatta.ac.id", "andi@bunghatta.ac.id"),
        ("andi+tiket@mhs.bunghatta.ac.id,", "andi+tiket@mhs.bunghatta.ac.id"),
        ("andi@bücher.example", "andi@xn--bcher-kva.example"),
    ],
    ids=ascii,
)
def test_an_address_as_people_paste_it_is_read(pasted, kept):
    assert read_mail(pasted) == kept
    assert read_mail(kept) == kept


@pytest.mark.parametrize("typed", ["josé@contoh.ac.id", "аndi@contoh.ac.id", "an\u0301di@contoh.ac.id"], ids=ascii)
def test_a_letter_that_mail_cannot_carry_is_named(typed):
    with pytest.raises(BadMail, match="tidak dapat dikirimi email"):
        read_mail(typed)


@pytest.mark.parametrize(
    "typed",
    ["andi", "andi@", "@contoh.ac.id", "andi@contoh", "a b@contoh.ac.id", "a@b.id, c@d.id", "andi@contoh..id", "andi@-x.id",
     "andi\n@contoh.ac.id", "andi@contoh.ac.id\nBcc: semua@contoh.ac.id", "a" * 65 + "@contoh.ac.id", "-"],
    ids=ascii,
)  # fmt: skip
def test_what_is_no_single_address_is_refused(typed):
    with pytest.raises(BadMail):
        read_mail(typed)


@given(st.emails())
def test_an_address_that_was_read_is_read_back_unchanged(address):
    try:
        kept = read_mail(address)
    except BadMail:
        return
    assert read_mail(kept) == kept
    assert kept.isascii()


@given(st.text(max_size=80))
def test_any_text_is_an_address_or_a_sentence(text):
    try:
        assert read_mail(text).isascii()
    except BadMail as refused:
        assert str(refused)
