"""Works out which written step leads to which, from a procedure's plain facts.

The facts are those of `flask procedures --json`: steps with number, label, from, to; states with name, label,
final. Steps without a number (the moves that every procedure has) are left out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypedDict

from models.tickets.step_number import StepNumber, line_of


class StateFacts(TypedDict):
    name: str
    label: str
    final: bool


# "from" is no name that Python allows in a class.
StepFacts = TypedDict(
    "StepFacts",
    {
        "number": str | None,
        "name": str,
        "label": str,
        "by": list[str],
        "from": list[str],
        "to": list[str],
        "asks": list[str],
        "within_hours": float | None,
        "tells": list[str],
    },
)


@dataclass(frozen=True)
class Box:
    """One written step: its number, label, second line (who acts), labels of the ends it can bring."""

    number: str
    label: str
    line: str
    is_branch: bool
    ends: tuple[str, ...]
    comes_from: frozenset[str]
    leads_to: tuple[str, ...]

    @property
    def stem(self) -> str:
        """The number without its letter: N6 for N6b."""
        return line_of(self.number) or self.number


@dataclass(frozen=True)
class Flow:
    """The boxes in written order, and the arrows between them as pairs of places in that order."""

    boxes: Sequence[Box]
    arrows: Sequence[tuple[int, int]] = field(default_factory=tuple)

    def after(self, place: int) -> list[int]:
        """The places to which a box leads."""
        return [end for start, end in self.arrows if start == place]


def flow_of(steps: Sequence[StepFacts], states: Sequence[StateFacts], lines: Mapping[str, str]) -> Flow:
    """Boxes and arrows of a procedure; `lines` gives each number's second line, such as who acts.

    1. Every state a step leads to gets one arrow: to the next written step that takes it up, or else back to
       the nearest earlier one. A state that ends is told in the box instead.
    2. A branch hangs on the step whose number it shares, when both lie on the same desk or one leads to the
       other; else on the nearest step that leads to it.
    3. A written step that is still without an arrow gets one from the nearest step that leads to it.
    """
    boxes = _boxes(steps, states, lines)
    arrows: list[tuple[int, int]] = []
    for place, box in enumerate(boxes):
        arrows += [(place, end) for end in _takers(boxes, place, box)]
    for place, box in enumerate(boxes):
        if box.is_branch:
            hangs = bool(_trunk(boxes, place))
            arrows = [(start, end) for start, end in arrows if end != place or start > place or not hangs]
        if box.comes_from and not any(start < place for start, end in arrows if end == place):
            arrows += [(start, place) for start in _sources(boxes, place)]
    return Flow(boxes, tuple(dict.fromkeys(arrows)))


def _boxes(steps: Sequence[StepFacts], states: Sequence[StateFacts], lines: Mapping[str, str]) -> list[Box]:
    finals = {state["name"]: str(state["label"]) for state in states if state["final"]}
    return [
        Box(
            number=number,
            label=str(step["label"]),
            line=str(lines.get(number, "")),
            is_branch=_is_branch(number),
            ends=tuple(
                dict.fromkeys(finals[state] for state in step["to"] if state in finals.keys() - set(step["from"]))
            ),
            comes_from=frozenset(step["from"]) - finals.keys(),
            leads_to=tuple(state for state in step["to"] if state not in finals),
        )
        for step in steps
        if (number := step["number"])
    ]


def _is_branch(text: str) -> bool:
    number = StepNumber.read(text)
    return number is not None and not number.is_of_paper


def _takers(boxes: Sequence[Box], place: int, box: Box) -> list[int]:
    """Where the folder goes next: one place for each open state that the step leads to."""
    found = []
    for state in box.leads_to:
        takers = [at for at, other in enumerate(boxes) if state in other.comes_from and at != place]
        takers = [at for at in takers if not boxes[at].is_branch] or takers
        later = [at for at in takers if at > place]
        stays = state in box.comes_from
        found += later[:1] or ([] if stays else takers[-1:])
    return found


def _trunk(boxes: Sequence[Box], place: int) -> list[int]:
    """The written step beside which a branch stands, if the two touch."""
    branch = boxes[place]
    return [
        at
        for at, box in enumerate(boxes[:place])
        if box.stem == branch.stem
        and not box.is_branch
        and (box.comes_from & branch.comes_from or branch.comes_from & set(box.leads_to))
    ][-1:]


def _sources(boxes: Sequence[Box], place: int) -> list[int]:
    box = boxes[place]
    sources = [at for at, other in enumerate(boxes) if box.comes_from & set(other.leads_to) and at != place]
    before = [at for at in sources if at < place]
    written = [at for at in before if not boxes[at].is_branch]
    return _trunk(boxes, place) if box.is_branch and _trunk(boxes, place) else (written or before or sources)[-1:]
