"""Reads the number of a unit's letter, and tells two spellings of one number from two numbers; for N1, E1 and imports.

"No. 012 / FT–UBH / xi / 2026" is kept as "012/FT-UBH/xi/2026"; both it and "12/FT-UBH/11/2026"
have one key.
"""

from __future__ import annotations

import re

from models.base.written import clean_line, plain_marks

LONGEST = 80
ROMAN_MONTHS = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
_LABEL = re.compile(r"^[\s*]*(?:(?:no(?:mor)?|nomer|nr|number)\b(?:\s*surat)?[\s.:]+)+(?=\S)", re.IGNORECASE)
_AROUND = " *.,;:\"'“”()"


def read_letter_number(text: str) -> str:
    """The number as its letter has it: plain dashes, no blanks around the strokes, no "No." before it."""
    plain = _LABEL.sub("", plain_marks(text)).replace("\\", "/").strip(_AROUND)
    return clean_line(re.sub(r"\s*([/-])\s*", r"\1", plain))


def letter_key(number: str) -> str:
    """Equal for two spellings of one letter's number.

    No case, one kind of mark within a part, no zeros before a figure, the month as a figure (XI is 11).
    """
    parts = re.split("/", re.sub(r"[\s._-]+", "-", read_letter_number(number)).upper())
    return "/".join(_part(part.strip("-")) for part in parts if part.strip("-"))[:LONGEST]


def _part(part: str) -> str:
    if part in ROMAN_MONTHS:
        return str(ROMAN_MONTHS.index(part) + 1)
    return re.sub(r"(?<![0-9A-Z])0+(?=[0-9])", "", part)
