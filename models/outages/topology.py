"""Reasons about the tree of nodes: which node is the cause, what lies behind it, whether there is a loop."""

from collections import deque
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Cut:
    """One failure seen as a whole: the topmost failed node, and every node behind it."""

    cause: int
    behind: frozenset[int]

    @property
    def affected(self) -> frozenset[int]:
        """Cause and everything behind it."""
        return self.behind | {self.cause}


class Topology:
    """Nodes by id with the id of their uplink (None at the top).

    An uplink that is not among the nodes counts as none, and a loop in old data ends where it closes:
    reasoning about an outage must not fail because a row is wrong.
    """

    def __init__(self, uplinks: Mapping[int, int | None]) -> None:
        self.uplinks = {node: up if up in uplinks else None for node, up in uplinks.items()}
        self.children: dict[int, list[int]] = {node: [] for node in self.uplinks}
        for node, up in self.uplinks.items():
            if up is not None:
                self.children[up].append(node)

    def above(self, node: int) -> Iterator[int]:
        """The uplink, its uplink, and so on to the top."""
        seen = {node}
        current = self.uplinks.get(node)
        while current is not None and current not in seen:
            yield current
            seen.add(current)
            current = self.uplinks[current]

    def behind(self, node: int) -> frozenset[int]:
        """Every node that is reached only through this one."""
        found: set[int] = set()
        waiting = deque(self.children.get(node, ()))
        while waiting:
            current = waiting.popleft()
            if current not in found and current != node:
                found.add(current)
                waiting.extend(self.children[current])
        return frozenset(found)

    def roots(self) -> list[int]:
        """Nodes without an uplink, in the order given."""
        return [node for node, up in self.uplinks.items() if up is None]

    def depth(self, node: int) -> int:
        """How many uplinks lie above the node."""
        return sum(1 for _node in self.above(node))

    def loop_with(self, node: int, uplink: int | None) -> list[int]:
        """The loop that this uplink would close, from the node back to itself; empty where there is none."""
        if uplink is None:
            return []
        if uplink == node:
            return [node, node]
        path = [node, uplink]
        for current in self.above(uplink):
            path.append(current)
            if current == node:
                return path
        return []

    def cause_of(self, node: int, failed: Collection[int], answering: Collection[int] = ()) -> int:
        """The topmost failed node on the way up from a failed one.

        An uplink of which nothing is known (a link without an address, planned work) is passed over; one
        that answers ends the search, for what lies above it cannot be the cause.
        """
        cause = node
        for current in self.above(node):
            if current in answering:
                break
            if current in failed:
                cause = current
        return cause

    def cuts(self, failed: Collection[int], answering: Collection[int] = ()) -> list[Cut]:
        """One cut for each separate failure, each failed node being in exactly one of them."""
        causes = {self.cause_of(node, failed, answering) for node in failed if node in self.uplinks}
        return [Cut(cause, self.behind(cause)) for cause in sorted(causes)]

    def undecided(self, node: int, faltering: Collection[int]) -> bool:
        """True while a node above has begun to fail: the cause is not known before it has been decided."""
        return any(current in faltering for current in self.above(node))


@dataclass(frozen=True)
class Change:
    """What the open outages lack, each named by its cause.

    `moves`: an open outage whose cause is now found above it. `joins`: further open outages behind that cause.
    """

    opens: tuple[Cut, ...] = ()
    moves: tuple[tuple[int, Cut], ...] = ()
    joins: tuple[tuple[int, Cut], ...] = ()


def reconcile(
    topology: Topology,
    failed: Collection[int],
    faltering: Collection[int],
    answering: Collection[int],
    open_causes: Collection[int],
) -> Change:
    """Compare what fails now with the outages that are open (their causes), and say what is to be done.

    1. Every separate failure needs one outage; a failure at or behind an open cause has one already.
    2. A failure whose uplinks are just beginning to fail waits until they are decided.
    3. An open outage whose cause turns out to lie behind a failed node moves up to it, unless that node
       has an outage of its own; of several the first in the order given moves.
    4. The others are found to be part of that one.
    """
    opens, moves, joins = [], [], []
    for cut in topology.cuts(failed, answering):
        if topology.undecided(cut.cause, faltering):
            continue
        below = [cause for cause in open_causes if cause in cut.behind]
        if cut.cause in open_causes:
            joins += [(cause, cut) for cause in below]
        elif any(node in open_causes for node in topology.above(cut.cause)):
            continue
        elif below:
            moves.append((below[0], cut))
            joins += [(cause, cut) for cause in below[1:]]
        else:
            opens.append(cut)
    return Change(tuple(opens), tuple(moves), tuple(joins))
