"""Draws the tree of nodes with their states as SVG, readable without a script."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from models.outages.topology import Topology

ROW, COLUMN, BOX, TOP = 44, 290, 250, 8
_MARKS = {  # the state's sign: shape first, colour second, so that colour never speaks alone
    "up": "M4 9.5l3.5 3.5L14 5.5",
    "down": "M5 5l8 8M13 5l-8 8",
    "planned": "M9 4.5v5l3 2",
    "affected": "M9 4.5v6M9 13.2v.3",
    "unknown": "M5.5 9h7",
}


@dataclass(frozen=True)
class DrawnNode:
    """What the picture shows of one node. `state` is a key of the marks; words are already translated."""

    id: int
    name: str
    state: str
    state_words: str
    kind_words: str = ""
    href: str = ""
    hidden: int = 0  # nodes behind it that are folded away


@dataclass(frozen=True)
class _Place:
    node: DrawnNode
    x: int
    y: int
    parent: int | None


def draw_tree(nodes: Mapping[int, DrawnNode], topology: Topology, title: str, *, tall: bool = False) -> Markup:
    """The picture of these nodes; those whose uplink is not among them stand at the left edge.

    Wide: one column a level, parents beside the middle of what lies behind them. Tall, for a phone: one row a
    node, stepped in by level. Size is in the viewBox alone, so that the style sheet decides how large it is.
    """
    places = _tall_places(nodes, topology) if tall else _wide_places(nodes, topology)
    width = max((place.x for place in places), default=0) + BOX + 24
    height = max((place.y for place in places), default=0) + ROW + TOP
    by_id = {place.node.id: place for place in places}
    lines = [_line(by_id[place.parent], place, tall) for place in places if place.parent is not None]
    boxes = [_box(place) for place in places]
    return Markup(
        '<svg class="pk-net" role="group" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {w} {h}" width="{w}" '
        'height="{h}" aria-label="{title}"><title>{title}</title>{lines}{boxes}</svg>'
    ).format(w=width, h=height, title=title, lines=Markup("").join(lines), boxes=Markup("").join(boxes))


def _wide_places(nodes: Mapping[int, DrawnNode], topology: Topology) -> list[_Place]:
    """1. Leaves take one row each, in order. 2. A parent stands at the middle of its first and last child."""
    places: list[_Place] = []
    next_row = 0

    def place(node: int, level: int, parent: int | None, seen: frozenset[int]) -> int:
        nonlocal next_row
        rows = [
            place(child, level + 1, node, seen | {child})
            for child in _sorted(topology.children[node], nodes)
            if child not in seen
        ]
        if rows:
            y = (rows[0] + rows[-1]) // 2
        else:
            y, next_row = TOP + next_row * ROW, next_row + 1
        places.append(_Place(nodes[node], level * COLUMN + 4, y, parent))
        return y

    for root in _sorted(topology.roots(), nodes):
        place(root, 0, None, frozenset({root}))
    return places


def _tall_places(nodes: Mapping[int, DrawnNode], topology: Topology) -> list[_Place]:
    places: list[_Place] = []

    def place(node: int, level: int, parent: int | None, seen: frozenset[int]) -> None:
        places.append(_Place(nodes[node], min(level, 6) * 20 + 4, TOP + len(places) * ROW, parent))
        for child in _sorted(topology.children[node], nodes):
            if child not in seen:
                place(child, level + 1, node, seen | {child})

    for root in _sorted(topology.roots(), nodes):
        place(root, 0, None, frozenset({root}))
    return places


def _sorted(ids: Sequence[int], nodes: Mapping[int, DrawnNode]) -> list[int]:
    return sorted((node for node in ids if node in nodes), key=lambda node: (nodes[node].name, node))


def _line(parent: _Place, place: _Place, tall: bool) -> Markup:
    middle = ROW // 2 - 3
    if tall:
        path = f"M{parent.x + 10} {parent.y + 36}V{place.y + middle}H{place.x}"
    else:
        start, end = parent.x + BOX, place.x
        bend = (start + end) // 2
        path = f"M{start} {parent.y + middle}H{bend}V{place.y + middle}H{end}"
    broken = " pk-net__line--down" if place.node.state in ("down", "affected") else ""
    return Markup('<path class="pk-net__line{}" d="{}"/>').format(broken, path)


def _box(place: _Place) -> Markup:
    node = place.node
    words = " · ".join(part for part in (node.kind_words, node.state_words) if part)
    if node.hidden:
        words = f"{words} · +{node.hidden}"
    drawn = Markup(
        '<g class="pk-net__node pk-net__node--{state}" transform="translate({x} {y})">'
        "<title>{name}: {words}</title>"
        '<rect width="{box}" height="36" rx="6"/>'
        '<path class="pk-net__mark" transform="translate(8 9)" d="{mark}"/>'
        '<text x="34" y="15">{name_short}</text>'
        '<text class="pk-net__words" x="34" y="29">{words_short}</text></g>'
    ).format(
        state=node.state if node.state in _MARKS else "unknown",
        x=place.x,
        y=place.y,
        box=BOX,
        mark=_MARKS.get(node.state, _MARKS["unknown"]),
        name=node.name,
        words=words,
        name_short=_short(node.name, 28),
        words_short=_short(words, 36),
    )
    return Markup('<a href="{}">{}</a>').format(node.href, drawn) if node.href else drawn


def _short(text: str, limit: int) -> Markup:
    return escape(text if len(text) <= limit else text[: limit - 1] + "…")
