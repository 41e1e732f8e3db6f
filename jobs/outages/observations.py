"""Keeps what the probes found, and has the outages decided."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TypeVar

from sqlalchemy import select

from gateways.probes.addresses import AllowList
from gateways.probes.http import Expectation
from jobs.outages.probe_runner import ProbeOutcome, Target
from mails.outages import notices
from mails.recipients import Recipient
from models.base import setting
from models.base.db import db, utcnow, write_transaction
from models.organisation.roles import Role
from models.organisation.staff import staff_with
from models.outages.network import Check, CheckHour, Node, WatchRun, WebService
from procedures.outages.deciding import decide_outages
from web.metrics import count

Row = TypeVar("Row", Node, WebService)


def allow_list() -> AllowList:
    """The allowed networks and ports of the settings; nothing where they cannot be read."""
    try:
        return AllowList.parse(str(setting.get("watch_networks")), str(setting.get("watch_ports")))
    except ValueError:
        return AllowList((), frozenset())


def load_targets() -> list[Target]:
    """What is to be probed now: watched nodes with an address, and watched services."""
    days = int(setting.get("certificate_days"))
    nodes = db.session.scalars(select(Node).where(Node.is_watched, Node.address.is_not(None)))
    services = db.session.scalars(select(WebService).where(WebService.is_watched))
    return [
        *(Target("node", n.id, float(n.interval_seconds), host=n.address or "", port=n.tcp_port) for n in nodes),
        *(
            Target("service", s.id, float(s.interval_seconds), url=s.url, expects=expectation(s, days))
            for s in services
        ),
    ]


def expectation(service: WebService, certificate_days: int) -> Expectation:
    return Expectation(service.expected_status, service.expected_text, service.slow_after_ms, certificate_days)


def store(outcomes: Sequence[ProbeOutcome]) -> None:
    """Keep the checks and what they change, then open, move or prove outages; one transaction, then the steps.

    A database error leaves everything as it was: no target becomes down by it (Z22).
    """
    with write_transaction():
        nodes = _rows(Node, [o.id for o in outcomes if o.kind == "node"])
        services = _rows(WebService, [o.id for o in outcomes if o.kind == "service"])
        counts = _counts(outcomes)
        for outcome in outcomes:
            row: Node | WebService | None = (nodes if outcome.kind == "node" else services).get(outcome.id)
            if row is not None:
                _keep(row, outcome)
                _count(outcome, counts)
    for outcome in outcomes:
        count("probes", outcome.kind, {True: "yes", False: "no", None: "unknown"}[outcome.answered])
    decide_outages()


def _rows(model: type[Row], ids: Iterable[int]) -> dict[int, Row]:
    return {row.id: row for row in db.session.scalars(select(model).where(model.id.in_(set(ids)))).unique()}


def _keep(row: Node | WebService, outcome: ProbeOutcome) -> None:
    row.see(row.watched.observe(outcome.answered, outcome.at, row.rule))
    row.checked_at, row.last_ms, row.last_detail = outcome.at, outcome.milliseconds, outcome.detail[:300]
    if isinstance(row, WebService) and outcome.visit is not None:
        row.last_finding = outcome.visit.finding.value
        row.certificate_ends_at = outcome.visit.certificate_ends_at or row.certificate_ends_at
    db.session.add(
        Check(
            kind=outcome.kind,
            target_id=outcome.id,
            at=outcome.at,
            answered=outcome.answered,
            milliseconds=outcome.milliseconds,
            detail=outcome.detail[:300],
        )
    )


def _key(outcome: ProbeOutcome) -> tuple[str, int, datetime]:
    return outcome.kind, outcome.id, outcome.at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def _counts(outcomes: Sequence[ProbeOutcome]) -> dict[tuple[str, int, datetime], CheckHour]:
    """The counts of these targets' hours, in one statement."""
    keys = {_key(outcome) for outcome in outcomes}
    query = select(CheckHour).where(
        CheckHour.hour.in_({hour for _kind, _id, hour in keys}), CheckHour.target_id.in_({key[1] for key in keys})
    )
    return {(row.kind, row.target_id, row.hour): row for row in db.session.scalars(query)}


def _count(outcome: ProbeOutcome, counts: dict[tuple[str, int, datetime], CheckHour]) -> None:
    kind, target, hour = key = _key(outcome)
    row = counts.get(key)
    if row is None:
        row = counts[key] = CheckHour(kind=kind, target_id=target, hour=hour, answered=0, failed=0, unknown=0)
        db.session.add(row)
    if outcome.answered is None:
        row.unknown += 1
    elif outcome.answered:
        row.answered += 1
    else:
        row.failed += 1


def note_blindness(works: bool) -> None:
    """Keep since when the monitor is blind, and tell networking once; written only when it changes."""
    known = db.session.get(WatchRun, 1, populate_existing=True)
    if known is not None and (known.blind_since is None) == works:
        return
    with write_transaction():
        run = WatchRun.row()
        if works:
            run.blind_since = None
        elif run.blind_since is None:
            run.blind_since = utcnow()
            for person in staff_with(Role.STAFF_NETWORKING, Role.HEAD_NETWORKING):
                to = Recipient(person.email, person.name, person.language, is_staff=True)
                notices.monitor_blind(run.blind_since.isoformat(), to)
