"""Folds text to the letters by which it is found, whatever its case, accents, hyphens and apostrophes."""

from __future__ import annotations

import re
import unicodedata

from models.base.written import DASHES

_APOSTROPHES = "`\u00b4\u02b9\u02bb\u02bc\u02bd\u02be\u02bf\u2018\u2019\u201b\u2032\uff07"
_MARKS = str.maketrans(  # a soft hyphen is no hyphen
    dict.fromkeys(_APOSTROPHES, "'") | dict.fromkeys(DASHES, "-") | {"\u00ad": None}
)
_LETTERS = str.maketrans({"ø": "o", "đ": "d", "ð": "d", "ł": "l", "æ": "ae", "œ": "oe", "þ": "th", "ı": "i"})
_BROKEN = re.compile(r"-[ \t]*\n[ \t]*")
_JOINTS = re.compile(r"[-'.]")
_NO_DIGIT = re.compile(r"\D")


def fold(text: str) -> str:
    """Small letters without accents; a dash is "-", an apostrophe "'"; a word broken at a line's end is whole."""
    if text.isascii():
        return _BROKEN.sub("-", text.lower().replace("`", "'"))
    plain = unicodedata.normalize("NFKD", text.translate(_MARKS)).casefold()
    kept = (_of_a_word(c) for c in unicodedata.normalize("NFKD", plain))
    return _BROKEN.sub("-", "".join(kept).translate(_LETTERS))


def squeezed(text: str | None) -> str:
    """Folded and without what stands inside words: "Wi-Fi Ma'ruf, S.Kom" is "wifi maruf, skom"."""
    return _JOINTS.sub("", fold(text or ""))


def digits_in(text: str | None) -> str:
    """Its figures alone."""
    return _NO_DIGIT.sub("", text or "")


def _of_a_word(character: str) -> str:
    category = unicodedata.category(character)
    if category in ("Mn", "Cf"):
        return ""
    return "-" if category == "Pd" else " " if category == "Zs" else character
