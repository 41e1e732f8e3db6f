"""What is out, what is muted, which outages are open, and what follows from it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from sqlalchemy import or_, select

from models.base.db import db
from models.outages.alert import ReceivedAlert
from models.outages.network import Node, WebService, muted_now, topology
from models.outages.open_outages import open_outages
from models.outages.outage import Outage
from models.outages.topology import Change, Cut, Topology, reconcile
from procedures.outages.evidence import Evidence, alerts_that_count, by_target, evidence_of

UNTOUCHED = ("reported",)


class Fate(NamedTuple):
    """What comes of an alert: opened, known, muted, waiting, noted, recovered, ignored; and of which outage."""

    word: str
    outage: Outage | None = None
    cause: Node | None = None  # of the outage that is about to be opened


@dataclass(frozen=True)
class Situation:
    """Everything that the decision needs, read in a few statements; each value is keyed by node or service."""

    tree: Topology
    nodes: dict[int, Node]
    services: dict[int, WebService]
    of_node: dict[int, Evidence]
    of_service: dict[int, Evidence]
    muted_nodes: set[int]
    muted_services: set[int]
    network: dict[int, Outage]  # open outages by their cause, those being worked on first, then the oldest
    server: dict[int, Outage]

    @classmethod
    def read(cls, also: Sequence[ReceivedAlert] = ()) -> Situation:
        """As it stands now; `also` are alerts that count too, in place of what is kept under their keys."""
        tree = topology()
        on_nodes, on_services = by_target([*alerts_that_count([alert.key for alert in also]), *also])
        watched = or_(Node.is_watched, Node.id.in_(list(on_nodes)))
        nodes = {node.id: node for node in db.session.scalars(select(Node).where(watched)).unique()}
        asked = or_(WebService.is_watched, WebService.id.in_(list(on_services)))
        services = {row.id: row for row in db.session.scalars(select(WebService).where(asked)).unique()}
        outages = sorted(open_outages(), key=lambda outage: outage.ticket.state in UNTOUCHED)
        return cls(
            tree,
            nodes,
            services,
            {key: evidence_of(node, on_nodes.get(key, ())) for key, node in nodes.items()},
            {key: evidence_of(row, on_services.get(key, ())) for key, row in services.items()},
            *muted_now(tree),
            _by((outage.cause_node_id, outage) for outage in outages),
            _by((outage.service_id, outage) for outage in outages),
        )

    @cached_property
    def down(self) -> frozenset[int]:
        """Nodes that are down and not under planned work."""
        return frozenset(key for key, known in self.of_node.items() if known.is_down and key not in self.muted_nodes)

    @cached_property
    def change(self) -> Change:
        """What the outages of the network lack."""
        faltering = {key for key, known in self.of_node.items() if known.is_faltering}
        answering = {key for key, known in self.of_node.items() if known.is_answering}
        return reconcile(self.tree, self.down, faltering, answering, list(self.network))

    @cached_property
    def unreachable(self) -> frozenset[int]:
        """Nodes whose services are no matter of their own: down, behind one that is, or under planned work."""
        behind = {below for node in self.down for below in self.tree.behind(node)}
        return self.down | behind | self.muted_nodes

    @cached_property
    def services_to_open(self) -> tuple[int, ...]:
        """Services that are down without an outage, planned work or a host that is out of reach."""
        return tuple(
            key
            for key, known in self.of_service.items()
            if known.is_down
            and key not in self.server
            and key not in self.muted_services
            and self.services[key].host_node_id not in self.unreachable
        )

    def open_outage_of_node(self, node_id: int) -> Outage | None:
        """The open outage of this node: its own, or that of a cause above it."""
        return next((self.network[n] for n in (node_id, *self.tree.above(node_id)) if n in self.network), None)

    def open_outage_of(self, alert: ReceivedAlert) -> Outage | None:
        """The open outage that this alert is about."""
        if alert.node_id is not None:
            return self.open_outage_of_node(alert.node_id)
        if (own := self.server.get(alert.service_id or 0)) is not None:
            return own
        service = self.services.get(alert.service_id or 0)
        return self.open_outage_of_node(service.host_node_id) if service and service.host_node_id else None

    def fate_of(self, alert: ReceivedAlert) -> Fate:
        """What comes of an alert, by the same decision as of what our own watch sees."""
        if alert.act != "outage":
            return Fate("noted" if alert.act == "note" else "ignored")
        if alert.resolved_at is not None:
            return self._fate_of_recovery(alert)
        if self._is_muted(alert):
            return Fate("muted")
        known = self.of_node.get(alert.node_id or 0) or self.of_service.get(alert.service_id or 0)
        if known is not None and not known.is_down:
            return Fate("noted", self.open_outage_of(alert))  # our own watch has seen it answer since
        cut = self._cut_of(alert)
        if cut is not None and cut in self.change.opens:
            return Fate("opened" if cut.cause == alert.node_id else "known", None, self.nodes[cut.cause])
        if (outage := self.open_outage_of(alert)) is not None:
            return Fate("known", outage)
        moved = next((old for old, to in self.change.moves if cut == to), None)
        if moved is not None:
            return Fate("known", self.network[moved])
        if alert.service_id in self.services_to_open:
            return Fate("opened")
        return Fate("waiting")

    def _fate_of_recovery(self, alert: ReceivedAlert) -> Fate:
        outage = self.open_outage_of(alert)
        if outage is None:
            return Fate("ignored")
        is_cause = outage.cause_node_id == alert.node_id if alert.node_id else outage.service_id == alert.service_id
        known = self.evidence_about(outage)
        return Fate("recovered" if is_cause and known is not None and not known.is_down else "noted", outage)

    def evidence_about(self, outage: Outage) -> Evidence | None:
        """What is known of the outage's cause or service."""
        if outage.kind == "network":
            return self.of_node.get(outage.cause_node_id or 0)
        return self.of_service.get(outage.service_id or 0)

    def _is_muted(self, alert: ReceivedAlert) -> bool:
        """Is its node, its service or its service's host under planned work?"""
        service = self.services.get(alert.service_id or 0)
        host = service.host_node_id if service else None
        return not self.muted_nodes.isdisjoint({alert.node_id, host}) or alert.service_id in self.muted_services

    def _cut_of(self, alert: ReceivedAlert) -> Cut | None:
        """The failure about to be opened or moved that this alert is part of; a service's by its host."""
        node_id = alert.node_id
        if node_id is None and alert.service_id not in self.server:
            service = self.services.get(alert.service_id or 0)
            node_id = service.host_node_id if service else None
        cuts = [*self.change.opens, *(cut for _old, cut in self.change.moves)]
        return next((cut for cut in cuts if node_id in cut.affected), None)


def _by(outages: Iterable[tuple[int | None, Outage]]) -> dict[int, Outage]:
    """The first outage of each cause or service."""
    found: dict[int, Outage] = {}
    for key, outage in outages:
        if key is not None:
            found.setdefault(key, outage)
    return found
