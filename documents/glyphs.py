"""Says which characters the office's typeface can draw, and puts a mark in a PDF for those it cannot."""

from functools import cache

from documents.typesetting import FONT_FOLDER

MISSING = "□"
KEPT = "\n"


@cache
def _drawable() -> frozenset[int]:
    # for documents alone; fontTools ships no types
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # noqa: PLC0415

    with TTFont(FONT_FOLDER / "Inter-Regular.otf", lazy=True) as font:
        return frozenset(font.getBestCmap())


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
