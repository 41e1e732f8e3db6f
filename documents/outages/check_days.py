"""Draws how a device answered in each of the last days as SVG, readable without a script."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

STEP, BAR, HEIGHT = 20, 15, 72
LEAST = 7  # a day that failed once is seen


@dataclass(frozen=True)
class DrawnDay:
    """One day: which share of its checks failed (0 to 1), None where nothing was checked; words already translated."""

    failed: float | None
    words: str


def draw_days(days: Sequence[DrawnDay], title: str) -> Markup:
    """One bar a day, the oldest at the left: whole where all was answered, its foot red by the share that failed."""
    bars = [_bar(at, day) for at, day in enumerate(days)]
    return Markup(
        '<svg class="pk-days" role="img" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {w} {h}" '
        'preserveAspectRatio="none" aria-label="{title}"><title>{title}</title>{bars}</svg>'
    ).format(w=max(len(days), 1) * STEP, h=HEIGHT, title=title, bars=Markup("").join(bars))


def _bar(at: int, day: DrawnDay) -> Markup:
    if day.failed is None:
        return _part(at, "none", 0, HEIGHT, day.words)
    foot = 0 if day.failed == 0 else max(LEAST, round(day.failed * HEIGHT))
    top = _part(at, "up", 0, HEIGHT - foot, day.words) if foot < HEIGHT else Markup("")
    return top + (_part(at, "down", HEIGHT - foot, foot, day.words) if foot else Markup(""))


def _part(at: int, kind: str, y: int, height: int, words: str) -> Markup:
    return Markup(
        '<rect class="pk-days__{kind}" x="{x}" y="{y}" width="{w}" height="{h}"><title>{words}</title></rect>'
    ).format(kind=kind, x=at * STEP + (STEP - BAR) // 2, y=y, w=BAR, h=height, words=words)
