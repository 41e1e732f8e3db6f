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


TYPED_SPELLING = {
    **SPELLING,
    "i": "Irian",
    "l": "Lombok",
    "o": "Opak",
    "0": "nol, angka",
    "1": "satu, angka",
    ".": "titik",
    ",": "koma",
    ":": "titik dua",
    ";": "titik koma",
    "@": "di, tanda at",
    "_": "garis bawah",
    "!": "tanda seru",
    "?": "tanda tanya",
    "#": "tanda pagar",
    "$": "tanda dolar",
    "%": "tanda persen",
    "&": "tanda dan",
    "*": "tanda bintang",
    "+": "tanda tambah",
    "=": "tanda sama dengan",
    "/": "garis miring",
    "\\": "garis miring terbalik",
    "|": "garis tegak",
    "(": "kurung buka",
    ")": "kurung tutup",
    "[": "kurung siku buka",
    "]": "kurung siku tutup",
    "{": "kurung kurawal buka",
    "}": "kurung kurawal tutup",
    "<": "tanda lebih kecil",
    ">": "tanda lebih besar",
    "'": "petik satu",
    '"': "petik dua",
    "`": "petik miring",
    "^": "tanda topi",
    "~": "tanda gelombang",
    " ": "spasi",
}
"""A password that a person typed, and an address, have the characters that new_password leaves out."""


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
    """The words to read a password aloud by; a letter with an accent stands for itself."""
    return [SpelledCharacter(c, TYPED_SPELLING.get(c.lower(), c), c.isupper()) for c in password]


def spelled_address(address: str) -> list[SpelledCharacter]:
    """The part before the @ of an address, to read aloud; a character without a word stands for itself."""
    return [SpelledCharacter(c, TYPED_SPELLING.get(c.lower(), c), False) for c in address.partition("@")[0]]
