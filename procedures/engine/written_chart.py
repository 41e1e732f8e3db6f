"""Draws the paper's own steps as a flow chart for the public: start, end, questions, and words on the arrows.

The chart is laid out in rows of one or two cells (written_charts.py). Arrows run downwards through the middle of a
cell, sideways between two cells of a row, upwards into a wide cell above, and back to an earlier row on the left edge.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import NamedTuple
from xml.sax.saxutils import escape

from flask_babel import gettext as _

from models.base.wording import Words
from procedures.engine.declaration import PaperLine

START = "start"
EDGE, GAP, WIDE_GAP = 24, 60, 84  # pixels: the way back on the left, between two cells
ROW_GAP, WORDS_GAP, PAD = 26, 34, 10
LABEL, LINE, WORD = 14, 13, 12  # sizes of letters
LABEL_WIDE, LINE_WIDE, WORD_WIDE = 9.1, 7.7, 7.3  # mean widths of a letter in DejaVu Sans, the widest font that we meet
STROKE = 'stroke="currentColor" stroke-width="1.5"'


class Ask(NamedTuple):
    """A question after a step, by its key ("L2?")."""

    key: str
    words: Words


class End(NamedTuple):
    """Where a run ends, by its key."""

    key: str
    words: Words


class Arrow(NamedTuple):
    """From one cell to another by their keys, with the answer that leads there."""

    start: str
    end: str
    words: Words = ""


Cell = str | Ask | End | None  # a line's number, START, a question, an end; None: nothing stands there


@dataclass(frozen=True)
class PaperChart:
    """One procedure as its paper describes it; a row of one cell is as wide as the chart."""

    rows: tuple[tuple[Cell, ...], ...]
    arrows: tuple[Arrow, ...]

    def cells(self) -> Iterator[Ask | End | str]:
        return (cell for row in self.rows for cell in row if cell is not None)

    def leads(self, key: str) -> list[Arrow]:
        return [arrow for arrow in self.arrows if arrow.start == key]


def key_of(cell: Ask | End | str) -> str:
    return cell if isinstance(cell, str) else cell.key


@dataclass(frozen=True)
class ChartBox:
    """A cell with its place on the sheet and its wrapped texts."""

    cell: Ask | End | str
    row: int
    column: int  # 0 left, 1 right
    is_wide: bool
    x: int
    y: int
    width: int
    height: int
    label: Sequence[str]
    under: Sequence[str]

    @property
    def bottom(self) -> int:
        return self.y + self.height

    @property
    def middle(self) -> int:
        return self.y + self.height // 2


def draw(
    chart: PaperChart, lines: Sequence[PaperLine], who: Mapping[str, str], title: str, name: str, width: int
) -> str:
    """The chart as one <svg> element: no style, no script; `name` makes its two ids unique on the page."""
    texts = {line.number: (str(line.title), who.get(line.number, "")) for line in lines}
    boxes = _placed(chart, texts, width)
    height = max(box.bottom for box in boxes.values()) + 4
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="pk-flow" viewBox="0 0 {width} {height}" width="{width}"'
        f' height="{height}" role="img" aria-labelledby="{name}-title {name}-desc"'
        ' font-family="system-ui, sans-serif" fill="none" stroke="none">',
        f'<title id="{name}-title">{escape(title)}</title><desc id="{name}-desc">{escape(told(chart, texts))}</desc>',
    ]
    for arrow in chart.arrows:
        parts += _way(arrow, boxes[arrow.start], boxes[arrow.end], _centres(width))
    for box in boxes.values():
        parts += _drawn(box)
    return "".join([*parts, "</svg>"])


def told(chart: PaperChart, texts: Mapping[str, tuple[str, str]]) -> str:
    """The chart in sentences, for those who do not see it."""
    names = {key_of(cell): _name(cell, texts) for cell in chart.cells()}
    sentences = []
    for cell in chart.cells():
        onward = [
            f"{arrow.words} → {names[arrow.end]}" if str(arrow.words) else f"→ {names[arrow.end]}"
            for arrow in chart.leads(key_of(cell))
        ]
        if onward:
            sentences.append(f"{names[key_of(cell)]} {'; '.join(onward)}.")
    return " ".join(sentences)


def _name(cell: Ask | End | str, texts: Mapping[str, tuple[str, str]]) -> str:
    if cell == START:
        return _("Awal")
    return f"{cell} {texts[cell][0]}" if isinstance(cell, str) else str(cell.words)


def _columns(width: int) -> tuple[int, int, int]:
    """(x of the left cell, x of the right cell, width of a cell)"""
    gap = GAP if width < 500 else WIDE_GAP
    cell = (width - EDGE - 4 - gap) // 2
    return EDGE, EDGE + cell + gap, cell


def _centres(width: int) -> tuple[int, int]:
    left, right, cell = _columns(width)
    return left + cell // 2, right + cell // 2


def _placed(chart: PaperChart, texts: Mapping[str, tuple[str, str]], width: int) -> dict[str, ChartBox]:
    left, right, half = _columns(width)
    said = {arrow.end for arrow in chart.arrows if str(arrow.words)}
    boxes: dict[str, ChartBox] = {}
    y = 4
    for at, row in enumerate(chart.rows):
        is_wide, made = len(row) == 1, []
        for column, cell in enumerate(row):
            if cell is not None:
                room = width - EDGE - 4 if is_wide else half
                made.append(_box(cell, texts, (at, column, is_wide), (left, right)[column], y, room))
        tallest = max(box.height for box in made)
        for box in made:
            lowered = y + (tallest - box.height) // 2 if isinstance(box.cell, End) else y
            boxes[key_of(box.cell)] = ChartBox(**{**box.__dict__, "y": lowered})
        follows = [key_of(cell) for cell in (chart.rows[at + 1] if at + 1 < len(chart.rows) else ()) if cell]
        y += tallest + (WORDS_GAP if said.intersection(follows) else ROW_GAP)
    return boxes


def _box(
    cell: Ask | End | str, texts: Mapping[str, tuple[str, str]], place: tuple[int, int, bool], x: int, y: int, room: int
) -> ChartBox:
    row, column, is_wide = place
    if cell == START:
        return ChartBox(cell, row, column, is_wide, x, y, room, 30, [_("Awal")], [])
    if isinstance(cell, Ask | End):
        label = wrap(str(cell.words), max(6, int((room - 28) / LABEL_WIDE)), break_long_words=False)
        return ChartBox(cell, row, column, is_wide, x, y, room, 16 + 18 * len(label), label, [])
    title, who = texts[cell]
    label = wrap(f"{cell} {title}", int((room - 2 * PAD) / LABEL_WIDE), break_long_words=False)
    under = wrap(who, int((room - 2 * PAD) / LINE_WIDE))
    return ChartBox(cell, row, column, is_wide, x, y, room, 16 + 19 * len(label) + 17 * len(under), label, under)


def _drawn(box: ChartBox) -> Iterator[str]:
    if isinstance(box.cell, Ask):
        x, y, right, tip = box.x, box.y, box.x + box.width, 16
        yield (
            f'<path class="pk-flow__ask" d="M{x + tip} {y}H{right - tip}L{right} {box.middle}'
            f'L{right - tip} {box.bottom}H{x + tip}L{x} {box.middle}z" {STROKE}/>'
        )
    else:
        is_pill = not isinstance(box.cell, str) or box.cell == START
        part = "end" if isinstance(box.cell, End) else "box"
        yield (
            f'<rect class="pk-flow__{part}" x="{box.x}" y="{box.y}" width="{box.width}" height="{box.height}"'
            f' rx="{min(16, box.height // 2) if is_pill else 8}" {STROKE}/>'
        )
    is_step = isinstance(box.cell, str) and box.cell != START
    at, anchor = (box.x + PAD, "start") if is_step else (box.x + box.width // 2, "middle")
    y = box.y + (22 if is_step else 20)
    for row in box.label:
        yield _text("label", at, y, row, LABEL, "600", anchor)
        y += 19 if is_step else 18
    for row in box.under:
        yield _text("line", at, y - 1, row, LINE, "400", anchor)
        y += 17


def _way(arrow: Arrow, one: ChartBox, other: ChartBox, centres: tuple[int, int]) -> Iterator[str]:
    words = str(arrow.words)
    column = 1 if 1 in (one.column, other.column) and one.row != other.row else 0
    x = centres[column]
    if one.row == other.row:
        yield from _line(f"M{one.x + one.width} {one.middle}H{other.x - 6}", f"M{other.x} {one.middle}l-8 -4.5v9z")
        if words:
            yield _text("word", (one.x + one.width + other.x) // 2, one.middle - 6, words, WORD, "600", "middle")
    elif other.row > one.row:
        yield from _line(f"M{x} {one.bottom}V{other.y - 6}", f"M{x} {other.y}l-4.5 -8h9z")
        if words:
            wide = WORD_WIDE * len(words)
            to_left = not other.is_wide and (column == 0 or x + 8 + wide > other.x + other.width)
            is_left = to_left and wide < x - 10
            yield _text(
                "word", x - 8 if is_left else x + 8, one.bottom + 18, words, WORD, "600", "end" if is_left else "start"
            )
    elif column:  # up into the wide cell above
        yield from _line(f"M{x} {one.y}V{other.bottom + 6}", f"M{x} {other.bottom}l-4.5 8h9z")
        if words:
            is_left = x + 8 + WORD_WIDE * len(words) > one.x + one.width
            yield _text(
                "word", x - 8 if is_left else x + 8, one.y - 10, words, WORD, "600", "end" if is_left else "start"
            )
    else:
        edge, up = 8, other.middle
        yield from _line(f"M{one.x} {one.middle}H{edge}V{up}H{other.x - 6}", f"M{other.x} {up}l-8 -4.5v9z")
        if words:
            turned = f' transform="rotate(-90 {edge + 13} {(one.middle + up) // 2})"'
            yield _text("word", edge + 13, (one.middle + up) // 2, words, WORD, "600", "middle", turned)


def _line(path: str, head: str) -> Iterator[str]:
    yield f'<path class="pk-flow__way" d="{path}" {STROKE}/>'
    yield f'<path class="pk-flow__head" d="{head}" fill="currentColor"/>'


def _text(part: str, x: int, y: int, text: str, size: int, weight: str, anchor: str, more: str = "") -> str:
    return (
        f'<text class="pk-flow__{part}" x="{x}" y="{y}" font-size="{size}" font-weight="{weight}"'
        f' text-anchor="{anchor}"{more} fill="currentColor">{escape(text)}</text>'
    )
