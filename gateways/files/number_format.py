"""Tells what a spreadsheet shows of a number under its format: zeros of a code, hidden decimals, percent, thousands.

It knows enough to tell whether the reader of the sheet sees the number that the cell holds; it draws no format fully.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from gateways.files.table_cells import CellNumber
from models.base.typed_number import volume_text

_LITERAL = re.compile(r'"([^"]*)"|\\(.)|_.|\*.|\[[^\]]*\]')
_PATTERN = re.compile(r"[0#?]")
MARK = "\ufffc"
"""Stands for a literal text while the placeholders are counted."""


@dataclass(frozen=True)
class _Look:
    """A format as far as it matters: a pattern of whole digits with its literals, or how a quantity is rounded."""

    code: tuple[str, ...] = ()
    """Placeholders and literal texts, these behind MARK, of a pattern such as 0000-0000; empty where it is none."""
    places: int | None = None
    is_percent: bool = False
    thousands: int = 0
    """So many times a thousand is left out: the format 0,, shows millions."""


def shown_number(value: int | float, code: str) -> CellNumber:
    """The number of a cell with what its format shows of it."""
    number = Decimal(f"{value:.15g}") if isinstance(value, float) else Decimal(value)
    look = _look(code)
    if look.code and number == number.to_integral_value() and number >= 0:
        shown = _digits(str(int(number)), look.code)
        return CellNumber(number, shown, int(re.sub(r"\D", "", shown) or 0) == number)
    if look.is_percent:
        return CellNumber(number, f"{volume_text((number * 100).normalize())}%", False)
    scaled = number.scaleb(-3 * look.thousands)
    if look.places is not None:
        rounded = scaled.quantize(Decimal(1).scaleb(-look.places), ROUND_HALF_UP)
        return CellNumber(number, volume_text(rounded), rounded == number)
    return CellNumber(number, volume_text(number))


@lru_cache(maxsize=512)
def _look(code: str) -> _Look:
    literals: list[str] = []

    def keep(found: re.Match[str]) -> str:
        text = found[1] if found[1] is not None else found[2] or ""
        literals.append(text)
        return MARK if text else ""

    section = _LITERAL.sub(keep, code).split(";")[0]
    literals = [text for text in literals if text]
    if not _PATTERN.search(section) or re.search(r"General|[Ee][+-]|/|@", section):
        return _Look()
    if "%" in section:
        return _Look(is_percent=True)
    whole, _point, decimals = section.partition(".")
    is_code = (
        whole.count("0") > 1 or re.search(rf"[0#?][ ()+{MARK}-]+[0#?]", whole) or re.search(r"\d", "".join(literals))
    )
    if "," not in section and not decimals and is_code:
        texts = iter(literals)
        return _Look(code=tuple(MARK + next(texts, "") if sign == MARK else sign for sign in whole))
    scale = len(re.search(r"(,*)[^0#?,.]*$", section)[1])  # type: ignore[index]  # matches always
    return _Look(places=len(_PATTERN.findall(decimals)), thousands=scale)


def _digits(digits: str, code: tuple[str, ...]) -> str:
    """The digits put into the pattern from the right; those that are left over stand before its first one."""
    left, out = list(digits), []
    first = next(place for place, sign in enumerate(code) if sign in ("0", "#", "?"))
    for place in range(len(code) - 1, -1, -1):
        sign = code[place]
        if sign not in ("0", "#", "?"):
            out.append(sign.removeprefix(MARK))
            continue
        out.append(left.pop() if left else {"0": "0", "?": " "}.get(sign, ""))
        if place == first:
            out.append("".join(left))
            left = []
    return "".join(reversed(out)).strip()
