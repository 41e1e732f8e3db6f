"""Does the pings and visits that people asked for, and hands the results to the procedure of their outage.

One that was asked for on a device's own page belongs to no outage: its result stays on the probe.
"""

from __future__ import annotations

import asyncio
import threading
from datetime import timedelta

from flask import current_app
from sqlalchemy import and_, or_, select

from gateways.probes.addresses import AddressRefused, AllowList, NameUnknown, ResolverFailed
from gateways.probes.host_probes import ping_now
from gateways.probes.http import Expectation, WebProbe
from gateways.probes.icmp import PingUnavailable
from jobs.outages.observations import allow_list, expectation
from models.base import lease, setting
from models.base.columns.json_value import Json
from models.base.db import db, utcnow, write_transaction
from models.outages.network import WebService
from models.outages.outage import AskedProbe
from models.tickets.ticket import Ticket
from procedures.engine.declaration import PRODUCT
from procedures.engine.take_step import StepRefused, take_step
from procedures.outages.probes import ProbeDone

STUCK_AFTER = timedelta(minutes=1)
RESULTS = {
    "ping": ("pinging", "record_ping", "record_later_ping"),
    "visit": ("visiting", "record_visit", "record_later_visit"),
}


def answer_asked_probes(ended: threading.Event | None = None) -> int:
    """L2, W2: every probe that waits, or those until the worker is to end; how many were done."""
    count = 0
    while not (ended and ended.is_set()) and (probe_id := _claim()) is not None:
        _do(probe_id)
        count += 1
    return count


def _claim() -> int | None:
    """One waiting probe, or one whose worker died a minute ago."""
    is_left = or_(AskedProbe.claimed_at < utcnow() - STUCK_AFTER, lease.is_ahead(AskedProbe.claimed_at))
    due = or_(AskedProbe.state == "asked", and_(AskedProbe.state == "running", is_left))
    return lease.first_of(select(AskedProbe).where(due).order_by(AskedProbe.id), _take)


def _take(probe: AskedProbe) -> int:
    probe.state, probe.claimed_at = "running", utcnow()
    return probe.id


def _do(probe_id: int) -> None:
    probe = db.session.get_one(AskedProbe, probe_id)
    ticket_id, kind, target = probe.ticket_id, probe.kind, probe.target
    service = (
        db.session.scalars(select(WebService).where(WebService.url == target)).first() if kind == "visit" else None
    )
    expects = expectation(service, int(setting.get("certificate_days"))) if service else Expectation()
    allow, ca_file = allow_list(), current_app.config.get("WATCH_CA_FILE")
    db.session.rollback()  # no transaction is open while packets travel
    answered, facts = _ping(target, allow) if kind == "ping" else _visit(target, expects, allow, ca_file)
    _record(ticket_id, kind, ProbeDone(probe_id, answered, {"target": target, **facts}))


def _ping(target: str, allow: AllowList) -> tuple[bool | None, dict[str, Json]]:
    try:
        result = ping_now(target, allow)
    except (AddressRefused, ResolverFailed, PingUnavailable) as error:
        return None, {"detail": str(error)[:300]}
    except NameUnknown:
        return False, {"sent": 0, "received": 0, "loss": 100, "times_ms": [], "detail": "name unknown"}
    return result.is_alive, {
        "sent": result.sent,
        "received": result.received,
        "loss": result.loss_percent,
        "times_ms": result.times_ms,
        "way": result.way.value,
    }


def _visit(
    target: str, expects: Expectation, allow: AllowList, ca_file: str | None
) -> tuple[bool | None, dict[str, Json]]:
    found = asyncio.run(WebProbe(allow, ca_file).visit(target, expects))
    end = found.certificate_ends_at
    return found.answers, {
        "finding": found.finding.value,
        "status": found.status,
        "milliseconds": found.duration_ms,
        "first_bytes": found.first_bytes,
        "certificate_ends_at": end.isoformat() if end else None,
        "detail": found.detail,
    }


def _record(ticket_id: int | None, kind: str, done: ProbeDone) -> None:
    if ticket_id is None:
        _keep(done)
        return
    waiting, first, later = RESULTS[kind]
    state = db.session.scalar(select(Ticket.state).where(Ticket.id == ticket_id))
    try:
        take_step(ticket_id, first if state == waiting else later, PRODUCT, done)
    except StepRefused:  # the outage ended meanwhile: the result is kept on the probe alone
        db.session.rollback()
        _keep(done)


def _keep(done: ProbeDone) -> None:
    with write_transaction():
        probe = db.session.get_one(AskedProbe, done.probe_id)
        probe.state, probe.done_at, probe.answered, probe.facts = "done", utcnow(), done.answered, done.facts
