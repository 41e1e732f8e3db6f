"""The one path on which outages are opened, moved, joined and proven to be over, whoever saw it.

What our own watch sees and what other monitors say are weighed together (evidence.py); then planned work, the tree
of uplinks and the outages that are open decide (situation.py); the steps are taken here.
"""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _

from models.base.db import db, write_transaction
from models.outages.network import WatchRun
from models.outages.open_outages import open_outages
from models.outages.outage import Outage
from models.outages.topology import Cut
from procedures.engine.declaration import MONITOR, Given
from procedures.engine.take_step import StepRefused, open_ticket, take_step
from procedures.outages.evidence import Evidence
from procedures.outages.probes import finding_words
from procedures.outages.records import Sighting
from procedures.outages.situation import UNTOUCHED, Situation

AUTOMATIC = ("monitor", "alert")


def decide_outages() -> None:
    """Compare what is down with the outages that are open; each step in a transaction of its own."""
    carry_out(Situation.read())


def carry_out(now: Situation) -> None:
    """Take the steps that follow from the situation."""
    change = now.change
    for cut in change.opens:
        _open_network(cut, now)
    for old, cut in change.moves:
        _take_as_monitor(now.network[old], "move_cause", Sighting("", node_id=cut.cause, behind=cut.behind))
    for old, cut in change.joins:
        _join(now.network[old], cut)
    for service_id in now.services_to_open:
        _open_server(service_id, now)
    for outage in [*now.network.values(), *now.server.values()]:
        if (known := now.evidence_about(outage)) is not None:
            _follow(outage, known)


def _open_network(cut: Cut, now: Situation) -> None:
    node, known = now.nodes[cut.cause], now.of_node[cut.cause]
    words = _seen(node.name, known) or _(
        "%(name)s tidak menjawab %(n)s kali berturut-turut.", name=node.name, n=node.failures
    )
    if behind := len(cut.behind):
        words += " " + _("%(n)s perangkat di belakangnya ikut terdampak.", n=behind)
    subject = _("Gangguan jaringan: %(name)s", name=node.name)
    seen = Sighting(subject, words, node_id=node.id, behind=cut.behind, began_at=known.since, source=_source(known))
    with write_transaction():
        WatchRun.lock()  # the worker and the door of alerts never open the same outage twice
        causes = {cut.cause, *now.tree.above(cut.cause), *cut.behind}
        if not any(outage.cause_node_id in causes for outage in open_outages("network")):
            open_ticket("network_outage", "open_by_monitor", MONITOR, seen)


def _open_server(service_id: int, now: Situation) -> None:
    service, known = now.services[service_id], now.of_service[service_id]
    words = _seen(service.name, known) or f"{service.name}: {finding_words(service.last_finding)}."
    subject = _("Gangguan server: %(name)s", name=service.name)
    seen = Sighting(subject, words, service_id=service_id, began_at=known.since, source=_source(known))
    with write_transaction():
        WatchRun.lock()  # the worker and the door of alerts never open the same outage twice
        if not any(outage.service_id == service_id for outage in open_outages("server")):
            open_ticket("server_outage", "open_by_monitor", MONITOR, seen)


def _source(known: Evidence) -> str:
    return "monitor" if known.is_down_by_own else "alert"


def _seen(name: str, known: Evidence) -> str:
    """What other monitors say, where our own watch did not see it itself; for staff only, never public."""
    if known.is_down_by_own:
        return ""
    said = (f"{alert.source.name}: {(alert.text or alert.name or name).rstrip('.')}." for alert in known.firing)
    return "\n".join(dict.fromkeys(said))


def _join(outage: Outage, cut: Cut) -> None:
    """Part of the outage above it, if nobody has begun to work on it; otherwise it stays as it is."""
    above = next((one for one in open_outages("network") if one.cause_node_id == cut.cause), None)
    if above is not None and outage.ticket.state in UNTOUCHED and outage.source in AUTOMATIC:
        _take_as_monitor(outage, "join_outage", above.ticket)


def _follow(outage: Outage, known: Evidence) -> None:
    """The cause answers again, or fell again before the outage was ended."""
    if known.is_down:
        if outage.answered_at is not None:
            _take_as_monitor(outage, "fall_again", None)
    elif outage.answered_at is None and known.rose_at is not None and known.rose_at > outage.began_at:
        _take_as_monitor(outage, "prove_recovery", _proof(known, known.rose_at))


def _proof(known: Evidence, rose_at: datetime) -> str:
    """Who says that it answers again, where it is another monitor."""
    return ", ".join(dict.fromkeys(alert.source.name for alert in known.resolved if alert.resolved_at == rose_at))


def _take_as_monitor(outage: Outage, step: str, seen: Given) -> None:
    try:
        take_step(outage.ticket_id, step, MONITOR, seen)
    except StepRefused:
        db.session.rollback()  # a person ended it meanwhile
