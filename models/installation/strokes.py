"""A signature drawn on the glass: strokes of points on a sheet of 1000 by 400, read from a form and drawn as SVG."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from flask_babel import gettext as _

WIDTH, HEIGHT = 1000, 400
MOST_STROKES, MOST_POINTS = 80, 4_000
LONGEST_TEXT = 60_000  # characters of the strokes as JSON
FEWEST_POINTS = 5  # a slip of the finger is no signature
Strokes = Sequence[Sequence[int]]  # of each stroke x, y, x, y, …
_PLACE = r"(0|[1-9]\d{0,3})"  # as JSON writes it: no zeros before
_STROKE = rf"\[{_PLACE}(,{_PLACE})*\]"
_SHAPE = re.compile(rf"\[({_STROKE}(,{_STROKE})*)?\]", re.ASCII)


class BadStrokes(ValueError):
    """What was sent is no signature; the message is a sentence for whoever signs."""


def read_strokes(text: str) -> list[list[int]]:
    """The strokes as a page sent them, [] for nothing; raises BadStrokes."""
    bare = "".join(text.split())
    if not bare or bare == "[]":
        return []
    if len(bare) > LONGEST_TEXT or not _SHAPE.fullmatch(bare):
        raise BadStrokes(_("Tanda tangan ini tidak terbaca. Hapus, lalu minta sekali lagi."))
    strokes: list[list[int]] = json.loads(bare)
    points = sum(len(stroke) // 2 for stroke in strokes)
    if len(strokes) > MOST_STROKES or points > MOST_POINTS:
        raise BadStrokes(_("Tanda tangan ini terlalu rumit. Hapus, lalu minta yang lebih singkat."))
    if any(len(stroke) % 2 for stroke in strokes) or any(not _is_on_sheet(stroke) for stroke in strokes):
        raise BadStrokes(_("Tanda tangan ini tidak terbaca. Hapus, lalu minta sekali lagi."))
    if points < FEWEST_POINTS:
        raise BadStrokes(_("Tanda tangannya baru satu titik. Minta sekali lagi."))
    return strokes


def _is_on_sheet(stroke: Sequence[int]) -> bool:
    return max(stroke[0::2]) <= WIDTH and max(stroke[1::2]) <= HEIGHT


def drawn(strokes: Strokes) -> str:
    """The signature as SVG, "" for none; of numbers alone, so that nothing of it can be markup."""
    if not strokes:
        return ""
    lines = "".join(f'<path d="{_path([int(part) for part in stroke])}"/>' for stroke in strokes)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}">'
        f'<g fill="none" stroke="#0b1f44" stroke-width="7" stroke-linecap="round" stroke-linejoin="round">{lines}'
        "</g></svg>"
    )


def _path(stroke: Sequence[int]) -> str:
    pairs = [f"{x} {y}" for x, y in zip(stroke[0::2], stroke[1::2], strict=True)]
    return "M" + "L".join(pairs if len(pairs) > 1 else pairs * 2)
