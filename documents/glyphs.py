"""Says which characters the office's typeface can draw, and puts a mark in a PDF for those it cannot."""

from collections.abc import Iterator
from functools import cache
from struct import iter_unpack, unpack_from

from documents.typesetting import FONT_FOLDER

MISSING = "□"
KEPT = "\n"


GROUPED = 12  # the form of a character map that lists runs of characters, beyond 65,535 too


@cache
def _drawable() -> frozenset[int]:
    font = (FONT_FOLDER / "Inter-Regular.otf").read_bytes()
    return frozenset(number for first, last in _runs(font) for number in range(first, last + 1))


def _runs(font: bytes) -> Iterator[tuple[int, int]]:
    """First and last number of each run of characters that an OpenType font maps to glyphs (its table "cmap").

    Only the form that our typeface has is read; ValueError for a font without it.
    """
    (tables,) = unpack_from(">H", font, 4)
    listed = {tag: start for tag, _sum, start, _length in iter_unpack(">4sLLL", font[12 : 12 + 16 * tables])}
    cmap = listed[b"cmap"]
    (count,) = unpack_from(">H", font, cmap + 2)
    for _platform, _encoding, offset in iter_unpack(">HHL", font[cmap + 4 : cmap + 4 + 8 * count]):
        (form,) = unpack_from(">H", font, cmap + offset)
        if form == GROUPED:
            (groups,) = unpack_from(">L", font, cmap + offset + 12)
            begins = cmap + offset + 16
            for first, last, _glyph in iter_unpack(">LLL", font[begins : begins + 12 * groups]):
                yield first, last
            return
    raise ValueError("the typeface has no character map of form 12")


def printable(text: str) -> str:
    """The text with every character the typeface lacks shown as a box, and control characters dropped.

    PDF/A forbids a missing glyph, so one emoji in a name would otherwise leave a bill unprinted.
    """
    return "".join(_printable(character) for character in text)


def _printable(character: str) -> str:
    if character in KEPT:
        return character
    if character == "\t":
        return " "
    if not character.isprintable() and character not in "\u00a0\u202f":
        return ""
    return character if ord(character) in _drawable() else MISSING
