"""What an officer drew over a photo: arrows, circles and words, kept beside the photo, which stays as it was taken.

Places are whole numbers on a sheet whose longer side is 1000, so that the drawing fits every size of the picture.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from markupsafe import Markup

from models.base.written import clean_line

LONG_SIDE = 1000
MOST_MARKS = 40
LONGEST_WORDS = 60  # characters of one mark
LONGEST_TEXT = 8_000  # characters of a drawing as JSON
ARROW, CIRCLE, WORDS = "arrow", "circle", "words"
COLOUR, HALO = "#e4002b", "#ffffff"


class BadMarks(ValueError):
    """What was sent is no drawing; the message is a sentence for whoever drew."""


@dataclass(frozen=True)
class Mark:
    """An arrow from (x1, y1) to its point (x2, y2), a circle within those corners, or words that begin at (x1, y1)."""

    kind: str
    x1: int
    y1: int
    x2: int
    y2: int
    words: str = ""

    @property
    def drawn(self) -> Markup:
        if self.kind == WORDS:
            return Markup(
                '<text x="{}" y="{}" font-family="Inter, sans-serif" font-size="40" font-weight="600" stroke="{}"'
                ' stroke-width="8" paint-order="stroke" fill="{}">{}</text>'
            ).format(self.x1, self.y1, HALO, COLOUR, self.words)
        shape = self._circle if self.kind == CIRCLE else self._arrow
        return Markup('<g stroke="{}" stroke-width="14">{}</g><g stroke="{}" stroke-width="8">{}</g>').format(
            HALO, shape, COLOUR, shape
        )

    @property
    def _circle(self) -> Markup:
        across, down = abs(self.x2 - self.x1) / 2, abs(self.y2 - self.y1) / 2
        middle = (self.x1 + self.x2) / 2, (self.y1 + self.y2) / 2
        return Markup('<ellipse cx="{}" cy="{}" rx="{}" ry="{}"/>').format(*middle, across, down)

    @property
    def _arrow(self) -> Markup:
        """A line, and at its point two short ones at an angle of 30 degrees."""
        back = complex(self.x1 - self.x2, self.y1 - self.y2)
        length = abs(back) or 1
        sides = [back / length * min(60, length) * turn for turn in (complex(0.866, 0.5), complex(0.866, -0.5))]
        (ax, ay), (bx, by) = ((round(self.x2 + one.real), round(self.y2 + one.imag)) for one in sides)
        path = f"M{self.x1} {self.y1}L{self.x2} {self.y2}M{ax} {ay}L{self.x2} {self.y2}L{bx} {by}"
        return Markup('<path d="{}"/>').format(path)


@dataclass(frozen=True)
class Drawing:
    """The marks on a photo of this shape."""

    width: int
    height: int
    marks: Sequence[Mark]

    @property
    def shapes(self) -> Markup:
        inside = Markup().join(mark.drawn for mark in self.marks)
        return Markup('<g fill="none" stroke-linecap="round" stroke-linejoin="round">{}</g>').format(inside)

    @property
    def svg(self) -> Markup:
        """To lie over the photo on a page."""
        return Markup(
            '<svg class="pk-marks" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {} {}" aria-hidden="true">{}</svg>'
        ).format(self.width, self.height, self.shapes)


def read_marks(text: str) -> Drawing | None:
    """The drawing as a page sent it or as it is kept, None for nothing; raises BadMarks."""
    if not text.strip():
        return None
    try:
        if len(text) > LONGEST_TEXT:
            raise ValueError
        said = json.loads(text)
        width, height = _number(said["w"], LONG_SIDE), _number(said["h"], LONG_SIDE)
        if not isinstance(said["marks"], list) or len(said["marks"]) > MOST_MARKS or max(width, height) != LONG_SIDE:
            raise ValueError
        marks = [_mark(*one, width=width, height=height) for one in said["marks"]]
    except (ValueError, KeyError, TypeError, RecursionError) as bad:
        raise BadMarks(_("Gambar pada foto ini tidak terbaca. Ambil fotonya lagi, lalu gambari sekali lagi.")) from bad
    return Drawing(width, height, marks) if marks and width > 0 and height > 0 else None


def _mark(kind: str, x1: int, y1: int, x2: int, y2: int, words: str = "", *, width: int, height: int) -> Mark:
    if kind not in (ARROW, CIRCLE, WORDS):
        raise ValueError
    said = _drawable(str(words)) if kind == WORDS else ""
    if kind == WORDS and not said:
        raise ValueError
    return Mark(kind, _number(x1, width), _number(y1, height), _number(x2, width), _number(y2, height), said)


def _drawable(words: str) -> str:
    """One line of what can be seen: JSON brings characters too that no page, database or printer takes."""
    return "".join(one for one in clean_line(words) if one.isprintable())[:LONGEST_WORDS]


def _number(value: int, most: int) -> int:
    if type(value) is not int or not 0 <= value <= most:
        raise ValueError
    return value


def kept_marks(drawing: Drawing | None) -> str:
    """As it is stored; "" for nothing."""
    if drawing is None:
        return ""
    marks = [[m.kind, m.x1, m.y1, m.x2, m.y2, *([m.words] if m.words else [])] for m in drawing.marks]
    return json.dumps({"w": drawing.width, "h": drawing.height, "marks": marks}, ensure_ascii=False)


def drawing_of(kept: str) -> Markup:
    """What is kept as SVG to lie over the photo; nothing for nothing."""
    drawing = read_marks(kept)
    return drawing.svg if drawing else Markup()
