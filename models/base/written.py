"""What counts as written: the one rule by which forms, imports and searches say that a box was left empty.

Word processors, WhatsApp and PDF readers leave marks that nobody sees (direction marks, zero-width spaces, byte order
marks); alone they are nothing, and between visible letters they only make two equal words differ.
"""

from __future__ import annotations

import re
import unicodedata

# Blank on every screen, though Unicode counts them as letters, symbols or marks.
BLANK_LETTERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\ufffc")
JOINED_EMOJI = re.compile(
    "(?<=[\u2190-\u2bff\ufe0f\U0001f000-\U0001faff\U0001f3fb-\U0001f3ff])\u200d(?=[\u2190-\u2bff\U0001f000-\U0001faff])"
)
DASHES = frozenset("\u02d7\u2043\u2212\u30fc\ufe63\uff0d")  # beside those of category Pd


def is_visible(character: str) -> bool:
    """Does this character leave ink by itself?"""
    return unicodedata.category(character)[0] not in "CZM" and character not in BLANK_LETTERS


def is_written(text: str | None) -> bool:
    """Is there anything that a reader would see?"""
    return any(is_visible(character) for character in text or "")


def clean_line(text: str) -> str:
    """A line as it is kept: without marks that nobody sees, each kind of space a plain one, bare at both ends.

    Line breaks and other control characters stay, for the form to refuse (security.md M4). "" if nothing is written.
    """
    if not is_written(text):
        return ""
    if text.isascii():
        return text.strip()
    composed = unicodedata.normalize("NFC", text)
    joiners = {found.start() for found in JOINED_EMOJI.finditer(composed)}
    kept = (c if place in joiners else _of_a_line(c) for place, c in enumerate(composed))
    return unicodedata.normalize("NFC", "".join(kept).strip())


def clean_text(text: str) -> str:
    """A longer text as it was written, without what is blank at its ends. "" if nothing is written."""
    if not is_written(text):
        return ""
    first = next(place for place, character in enumerate(text) if not _is_edge(character))
    last = next(place for place in range(len(text) - 1, -1, -1) if not _is_edge(text[place]))
    return text[first : last + 1]


def plain_marks(text: str) -> str:
    """For numbers, dates and addresses: every kind of dash, space and digit as a keyboard has it, one space at most."""
    plain = (_of_a_number(character) for character in clean_line(unicodedata.normalize("NFKC", text)))
    return " ".join("".join(plain).split())


def searched_words(text: str) -> list[str]:
    """The words of a search as they are kept in registers: in one with a figure each dash is a plain one."""
    return [plain_marks(word) if any(c.isdecimal() for c in word) else word for word in clean_line(text).split()]


def _is_edge(character: str) -> bool:
    return character in BLANK_LETTERS or unicodedata.category(character)[0] in "CZ"


def _of_a_line(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Cf" or character in BLANK_LETTERS:
        return ""
    return " " if category[0] == "Z" else character


def _of_a_number(character: str) -> str:
    if unicodedata.category(character) == "Pd" or character in DASHES:
        return "-"
    if unicodedata.category(character) == "Nd":
        return str(unicodedata.decimal(character))
    return character
