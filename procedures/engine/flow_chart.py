"""Draws a procedure as a flow chart: SVG for people, Mermaid for the docs.

The written steps stand one under the other, branches beside them, indented and dashed. Arrows to the next
step run on the left, all other arrows on the right, one lane for each target. The SVG is 344 units wide, so
that it reads on a phone at its own size, or WIDE, where who acts stands beside the step's label if both fit in one
row; colours come from pk.css, without it from `currentColor`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from textwrap import wrap
from xml.sax.saxutils import escape

from flask_babel import gettext as _

from procedures.engine.flow import Box, Flow, StateFacts, StepFacts, flow_of

WIDTH, WIDE = 344, 600
SPINE, RETURN, INDENT = 20, 34, 48
TAG, PAD, LANE, FIRST_LANE = 48, 10, 9, 13
LABEL_SIZE, LINE_SIZE = 14, 13
LABEL_CHARACTER, LINE_CHARACTER = 9.1, 7.7  # mean widths in DejaVu Sans, the widest font we meet
GAP, SMALL_GAP = 26, 14
_STROKE = 'stroke="currentColor" stroke-width="1.5"'
_DASHED = ' stroke-dasharray="5 4"'


@dataclass(frozen=True)
class Placed:
    """A box with its place on the sheet and its wrapped texts."""

    box: Box
    x: int
    y: int
    width: int
    height: int
    label: Sequence[str]
    lines: Sequence[str]
    aside: str = ""  # at the right end of the label's row

    @property
    def bottom(self) -> int:
        return self.y + self.height

    @property
    def right(self) -> int:
        return self.x + self.width


def svg(
    steps: Sequence[StepFacts],
    states: Sequence[StateFacts],
    lines: Mapping[str, str],
    title: str = "",
    name: str = "flow-chart",
    width: int = WIDTH,
) -> str:
    """The chart as one <svg> element: no style, no script; `name` makes its two ids unique on the page."""
    flow = flow_of(steps, states, lines)
    lanes = _lanes(flow)
    placed = _placed(flow, width - 4 - (FIRST_LANE + LANE * max(lanes.values()) if lanes else 0))
    last = placed[-1].bottom if placed else 0
    height = last + (GAP + 38 if _ends_below(flow) else 4)
    title = title or _("Bagan alir prosedur")
    return "".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" class="pk-flow" viewBox="0 0 {width} {height}"'
            f' width="{width}" height="{height}" role="img" aria-labelledby="{name}-title {name}-desc"'
            ' font-family="system-ui, sans-serif" fill="none" stroke="none">',
            f'<title id="{name}-title">{escape(title)}</title>',
            f'<desc id="{name}-desc">{escape(described(flow))}</desc>',
            *_arrows(flow, placed, lanes),
            *(part for one in placed for part in _drawn(one)),
            *(_end(placed[_last_written(flow)], last + GAP) if _ends_below(flow) else ()),
            "</svg>",
        ]
    )


def mermaid(steps: Sequence[StepFacts], states: Sequence[StateFacts], lines: Mapping[str, str]) -> str:
    """The same chart as a Mermaid flowchart, for Markdown pages."""
    flow = flow_of(steps, states, lines)
    rows = ["flowchart TD"]
    for place, box in enumerate(flow.boxes):
        text = "<br>".join(filter(None, (f"{box.number} {box.label}", box.line))).replace('"', "#quot;")
        rows.append(f'    s{place}["{text}"]' + (":::branch" if box.is_branch else ""))
        rows += [f'    s{place} --> e{place}_{n}(["{end}"])' for n, end in enumerate(box.ends)]
    for start, end in flow.arrows:
        rows.append(f"    s{start} {'-.->' if _is_dashed(flow, start, end) else '-->'} s{end}")
    return "\n".join([*rows, "    classDef branch stroke-dasharray: 4 3", ""])


def described(flow: Flow) -> str:
    """The chart in sentences, for those who do not see it."""
    sentences = []
    for place, box in enumerate(flow.boxes):
        targets = [flow.boxes[end].number for end in flow.after(place)]
        targets += [_("berakhir: %(state)s", state=end) for end in box.ends]
        onward = _(" atau ").join(targets)
        sentences.append(f"{box.number} {box.label}" + (f" → {onward}." if onward else "."))
    return " ".join(sentences)


def _placed(flow: Flow, right: int) -> list[Placed]:
    placed: list[Placed] = []
    y = 4
    for box in flow.boxes:
        if placed:
            y = placed[-1].bottom + (SMALL_GAP if box.is_branch else GAP)
        x = INDENT if box.is_branch else 4
        room = right - x - TAG - PAD
        label = wrap(box.label, int(room / LABEL_CHARACTER)) or [""]
        below = [_("Berakhir: %(state)s", state=end) for end in box.ends]
        aside = box.line if _fit_in_one_row(box, room) else ""
        under = below if aside else (box.line, *below)
        lines = [row for line in under for row in wrap(line, int(room / LINE_CHARACTER))]
        placed.append(Placed(box, x, y, right - x, 20 + 20 * len(label) + 18 * len(lines), label, lines, aside))
    return placed


def _fit_in_one_row(box: Box, room: int) -> bool:
    return len(box.label) * LABEL_CHARACTER + len(box.line) * LINE_CHARACTER + PAD <= room


def _drawn(one: Placed) -> Iterator[str]:
    yield _frame("box pk-flow__box--branch" if one.box.is_branch else "box", one, 8, one.box.is_branch)
    y = one.y + 25
    yield _text("no", one.x + PAD, y, one.box.number, LINE_SIZE, "700")
    for row in one.label:
        yield _text("label", one.x + TAG, y, row, LABEL_SIZE, "600")
        y += 20
    if one.aside:
        yield _text("line", one.right - PAD, one.y + 25, one.aside, LINE_SIZE, "400", ' text-anchor="end"')
    for row in one.lines:
        yield _text("line", one.x + TAG, y - 1, row, LINE_SIZE, "400")
        y += 18


def _text(part: str, x: int, y: int, text: str, size: int, weight: str, more: str = "") -> str:
    return (
        f'<text class="pk-flow__{part}" x="{x}" y="{y}" font-size="{size}" font-weight="{weight}"{more}'
        f' fill="currentColor">{escape(text)}</text>'
    )


def _arrows(flow: Flow, placed: Sequence[Placed], lanes: Mapping[int, int]) -> Iterator[str]:
    for start, end in flow.arrows:
        one, other = placed[start], placed[end]
        if end in lanes and not _is_near(flow, start, end):
            path, head = _round_the_right(one, other, lanes[end])
        elif not one.box.is_branch and not other.box.is_branch:
            path, head = f"M{SPINE} {one.bottom}V{other.y - 6}", _down(SPINE, other.y)
        elif not one.box.is_branch:
            middle = other.y + 20
            path, head = f"M{SPINE} {one.bottom}V{middle}H{other.x - 6}", _rightward(other.x, middle)
        elif other.box.is_branch:
            path, head = f"M{INDENT + 30} {one.bottom}V{other.y - 6}", _down(INDENT + 30, other.y)
        else:
            out = one.bottom - 10
            path, head = f"M{one.x} {out}H{RETURN}V{other.y - 6}", _down(RETURN, other.y)
        yield from _way(path, head, _is_dashed(flow, start, end))


def _round_the_right(one: Placed, other: Placed, lane: int) -> tuple[str, str]:
    x = one.right + FIRST_LANE + LANE * lane
    out, into = one.y + one.height // 2 + 5, other.y + 16
    path = f"M{one.right} {out}H{x}V{into}H{other.right + 6}"
    return path, f"M{other.right} {into}l8 -4.5v9z"


def _down(x: int, y: int) -> str:
    return f"M{x} {y}l-4.5 -8h9z"


def _rightward(x: int, y: int) -> str:
    return f"M{x} {y}l-8 -4.5v9z"


def _end(last: Placed, y: int) -> Iterator[str]:
    yield from _way(f"M{SPINE} {last.bottom}V{y - 6}", _down(SPINE, y), dashed=False)
    yield _frame("end", Placed(last.box, 4, y, 104, 32, (), ()), 16, dashed=False)
    yield _text("label", 32, y + 21, _("Selesai"), LABEL_SIZE, "600")


def _frame(part: str, one: Placed, radius: int, dashed: bool) -> str:
    return (
        f'<rect class="pk-flow__{part}" x="{one.x}" y="{one.y}" width="{one.width}" height="{one.height}"'
        f' rx="{radius}" {_STROKE}{_DASHED if dashed else ""}/>'
    )


def _way(path: str, head: str, dashed: bool) -> Iterator[str]:
    yield f'<path class="pk-flow__way" d="{path}" {_STROKE}{_DASHED if dashed else ""}/>'
    yield f'<path class="pk-flow__head" d="{head}" fill="currentColor"/>'


def _last_written(flow: Flow) -> int:
    return max(place for place, box in enumerate(flow.boxes) if not box.is_branch)


def _ends_below(flow: Flow) -> bool:
    """Does the last written step end the procedure?"""
    written = [box for box in flow.boxes if not box.is_branch]
    return bool(written and written[-1].ends)


def _is_dashed(flow: Flow, start: int, end: int) -> bool:
    return end < start or flow.boxes[start].is_branch or flow.boxes[end].is_branch


def _is_near(flow: Flow, start: int, end: int) -> bool:
    """Can the arrow run on the left, past nothing but the branches between the two boxes?"""
    between = flow.boxes[start + 1 : end]
    if end <= start or not all(box.is_branch for box in between):
        return False
    return not (flow.boxes[start].is_branch and flow.boxes[end].is_branch and between)


def _lanes(flow: Flow) -> dict[int, int]:
    """A lane on the right for every target of a far arrow; lanes whose stretches do not meet are shared."""
    stretches: dict[int, list[int]] = {}
    for start, end in flow.arrows:
        if not _is_near(flow, start, end):
            stretches.setdefault(end, [end]).append(start)
    lanes: dict[int, int] = {}
    taken: list[list[tuple[int, int]]] = []
    for end, places in sorted(stretches.items(), key=lambda one: max(one[1]) - min(one[1])):
        low, high = min(places), max(places)
        lane = next((n for n, used in enumerate(taken) if all(high < a or b < low for a, b in used)), len(taken))
        taken[lane:] = [[*(taken[lane] if lane < len(taken) else []), (low, high)], *taken[lane + 1 :]]
        lanes[end] = lane
    return lanes
