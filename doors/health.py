"""Where monitors ask: does it answer (/livez), is it well (/healthz), what do its counters say (/metrics)?"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from ipaddress import ip_address, ip_network
from time import monotonic
from typing import Any

from flask import Response, abort, current_app, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from doors.blueprint import doors
from models.base.db import db
from procedures.operation.figures import figures
from procedures.operation.house_health import SERVES, Finding, examine
from procedures.operation.watched import WATCHED
from web.metrics import added_up

KEPT_SECONDS = 3.0  # a flood of questions costs one look
PUBLIC = {**SERVES, "worker": WATCHED["worker"]}
_kept: dict[str, tuple[float, list[Finding]]] = {}
log = logging.getLogger("helpdesk")
PLAIN = {"Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store"}


@doors.get("/livez")
def livez() -> ResponseReturnValue:
    """This process answers; nothing else is asked, so that a balancer never takes away one that only waits."""
    return "ok\n", 200, PLAIN


@doors.get("/healthz")
def healthz() -> ResponseReturnValue:
    """Database, schema, writability, disk and worker, a word each: 200 when all are well, else 503.

    Only words: sentences with paths and versions are the doctor's.
    """
    found = _findings()
    lines = [f"{one.name}: {'ok' if one.is_well else 'bad'}" for one in found]
    is_well = all(one.is_well for one in found)
    return "\n".join(["ok" if is_well else "bad", *lines, ""]), 200 if is_well else 503, PLAIN


def _findings() -> list[Finding]:
    until, found = _kept.get(current_app.config["INSTANCE_PATH"], (0.0, []))
    if monotonic() < until:
        return found
    found = list(examine(PUBLIC))
    db.session.rollback()
    for one in found:
        if not one.is_well:
            log.warning("not well: %s", one.sentence)
    _kept[current_app.config["INSTANCE_PATH"]] = monotonic() + KEPT_SECONDS, found
    return found


@doors.get("/metrics")
def show_metrics() -> ResponseReturnValue:
    """Prometheus' text format, for the addresses of METRICS_FROM alone."""
    if not _may_read_metrics():
        abort(403, "/metrics is not for this address")
    return Response(added_up(HouseFigures()), content_type="text/plain; version=0.0.4; charset=utf-8")


def _may_read_metrics() -> bool:
    """A proxy that nobody told us of makes every stranger look local: then nobody may."""
    was_forwarded = "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
    if was_forwarded and not current_app.config["PROXY_HOPS"]:
        return False
    try:
        here = ip_address(request.remote_addr or "")
        return any(here in ip_network(network, strict=False) for network in current_app.config["METRICS_FROM"])
    except ValueError:
        return False


class HouseFigures:
    """What the database knows, as a collector; where it is away, the processes' own counts are shown all the same."""

    def collect(self) -> Iterator[Any]:
        from prometheus_client.core import GaugeMetricFamily  # noqa: PLC0415  # loaded by web/metrics.py

        families: dict[str, Any] = {}
        answers = 1.0
        try:
            for name, says, labels, value in figures():
                family = families.setdefault(name, GaugeMetricFamily(name, says, labels=list(labels)))
                family.add_metric(list(labels.values()), value)
        except SQLAlchemyError:
            db.session.rollback()
            answers = 0.0
        families["helpdesk_database_answers"] = GaugeMetricFamily(
            "helpdesk_database_answers", "Could the database be asked?", value=answers
        )
        yield from families.values()
