"""Makes passwords to hand out: random, and easy to read aloud.

A password is shown once (P4) or sealed in a one-time link (E4, P5); nothing here writes it anywhere.
"""

import secrets
from dataclasses import dataclass

LETTERS = "abcdefghjkmnpqrstuvwxyz"
"""Small letters without i, l and o, which are mistaken for 1, 1 and 0."""

DIGITS = "23456789"
GROUPS, GROUP_LENGTH = 4, 4

SPELLING = {
    "a": "Ambon",
    "b": "Bandung",
    "c": "Cirebon",
    "d": "Demak",
    "e": "Ende",
    "f": "Flores",
    "g": "Garut",
    "h": "Halmahera",
    "j": "Jepara",
    "k": "Kendal",
    "m": "Medan",
    "n": "Namlea",
    "p": "Pati",
    "q": "Quran",
    "r": "Rembang",
    "s": "Solo",
    "t": "Timor",
    "u": "Ubud",
    "v": "Volta",
    "w": "Wilis",
    "x": "Xilofon",
    "y": "Yogyakarta",
    "z": "Zaitun",
    "2": "dua",
    "3": "tiga",
    "4": "empat",
    "5": "lima",
    "6": "enam",
    "7": "tujuh",
    "8": "delapan",
    "9": "sembilan",
    "-": "tanda hubung",
}
"""Place names and everyday words as Indonesians spell over the telephone; words, so never translated."""


ADDRESS_SPELLING = {**SPELLING, "i": "Irian", "l": "Lombok", "o": "Opak", "0": "nol", "1": "satu", ".": "titik",
                    "@": "di (tanda at)", "_": "garis bawah"}  # fmt: skip
"""Addresses have the letters and digits that passwords leave out."""


@dataclass(frozen=True)
class SpelledCharacter:
    """One character and the word to read aloud for it; a capital says so by itself on the screen."""

    character: str
    word: str
    is_capital: bool


def new_password() -> str:
    """Sixteen characters in four groups, such as `Kmpt-7xrq-h4ns-w9de`: about 77 bits, one capital in front.

    The capital, the digits and the hyphens satisfy directory policies that count kinds of characters.
    """
    while True:
        body = "".join(secrets.choice(LETTERS + DIGITS) for _ in range(GROUPS * GROUP_LENGTH - 1))
        if any(c in DIGITS for c in body) and any(c in LETTERS for c in body):
            break
    text = secrets.choice(LETTERS).upper() + body
    return "-".join(text[i : i + GROUP_LENGTH] for i in range(0, len(text), GROUP_LENGTH))


def spelling(password: str) -> list[SpelledCharacter]:
    """The words to read a password aloud by; a character that new_password never makes stands for itself."""
    return [SpelledCharacter(c, SPELLING.get(c.lower(), c), c.isupper()) for c in password]


def spelled_address(address: str) -> list[SpelledCharacter]:
    """The part before the @ of an address, to read aloud; a character without a word stands for itself."""
    return [SpelledCharacter(c, ADDRESS_SPELLING.get(c.lower(), c), False) for c in address.partition("@")[0]]
