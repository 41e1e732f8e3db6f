"""Passwords that are handed out: strong, unmistakable, spelled in words."""

from models.accounts import first_password
from models.accounts.first_password import DIGITS, LETTERS, SPELLING, new_password, spelling


def test_password_has_four_groups_and_starts_with_a_capital():
    for _ in range(300):
        groups = new_password().split("-")
        assert [len(group) for group in groups] == [4, 4, 4, 4]
        text = "".join(groups)
        assert text[0].isupper()
        assert set(text[0].lower() + text[1:]) <= set(LETTERS + DIGITS)
        assert set(text) & set(DIGITS)


def test_alphabet_holds_nothing_that_is_mistaken():
    assert set("0o1il").isdisjoint(LETTERS + DIGITS)


def test_password_without_a_digit_is_thrown_away(monkeypatch):
    draws = iter("a" * 15 + "b2" + "a" * 13 + "k")
    monkeypatch.setattr(first_password.secrets, "choice", lambda _: next(draws))
    assert new_password() == "Kb2a-aaaa-aaaa-aaaa"


def test_passwords_do_not_repeat():
    assert len({new_password() for _ in range(2000)}) == 2000


def test_every_character_has_its_own_word():
    assert set(SPELLING) == set(LETTERS + DIGITS + "-")
    assert len(set(SPELLING.values())) == len(SPELLING)


def test_each_word_begins_with_its_letter():
    assert [word[0].lower() for letter, word in SPELLING.items() if letter in LETTERS] == list(LETTERS)


def test_spelling_reads_a_password_aloud():
    read = [(item.character, item.word, item.is_capital) for item in spelling("Ka-7")]
    assert read == [
        ("K", "Kendal", True),
        ("a", "Ambon", False),
        ("-", "tanda hubung", False),
        ("7", "tujuh", False),
    ]
