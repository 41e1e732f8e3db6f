"""Alerts of other monitors in Prometheus Alertmanager's format become the same outages; none of them ends one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from flask_babel import gettext as _
from sqlalchemy import func, or_, select

from models.base.db import db, utcnow, write_transaction
from models.organisation.sessions import hash_token
from models.outages.alert import AlertSource, UnknownAlert
from models.outages.network import Node, WebService
from models.outages.outage import Outage, OutageNode
from models.tickets.ticket import Ticket
from procedures.engine.declaration import MONITOR
from procedures.engine.take_step import open_ticket
from procedures.outages.records import Sighting

MOST_ALERTS = 500
HOST_LABELS = ("host", "hostname", "instance", "nodename", "target", "monitor_name", "monitor_hostname", "monitor_url")


class AlertRefused(ValueError):
    """The payload is not in Alertmanager's format."""


@dataclass(frozen=True)
class Received:
    """How many alerts opened an outage, belonged to an open one, named no known host, or were no alarm."""

    opened: int = 0
    known: int = 0
    unknown: int = 0
    ignored: int = 0


def source_of(token: str) -> AlertSource | None:
    """The source that this bearer token belongs to, unless it was revoked."""
    if not token or len(token) > 200:
        return None
    query = select(AlertSource).where(AlertSource.token_hash == hash_token(token), AlertSource.revoked_at.is_(None))
    return db.session.scalars(query).one_or_none()


def receive(source: AlertSource, payload: Any) -> Received:
    """Sort the alerts of one payload. Raises AlertRefused, and then nothing was changed."""
    alerts = payload.get("alerts") if isinstance(payload, dict) else None
    if not isinstance(alerts, list) or len(alerts) > MOST_ALERTS:
        raise AlertRefused("alerts")
    if not all(isinstance(alert, dict) and isinstance(alert.get("labels", {}), dict) for alert in alerts):
        raise AlertRefused("labels")
    counts = dict.fromkeys(("opened", "known", "unknown", "ignored"), 0)
    for alert in alerts:
        counts[_sort(source, alert)] += 1
    return Received(**counts)


def _sort(source: AlertSource, alert: dict[str, Any]) -> str:
    if alert.get("status") != "firing":
        return "ignored"  # "resolved" never ends an outage
    hosts = [str(alert.get("labels", {}).get(label, ""))[:500] for label in HOST_LABELS]
    for host in filter(None, hosts):
        if node := _node(host):
            return _open(node, None, source, alert)
        if service := _service(host):
            return _open(None, service, source, alert)
    _keep_unknown(source, next(filter(None, hosts), "?"), alert)
    return "unknown"


def _node(host: str) -> Node | None:
    name = host.rsplit(":", 1)[0] if host.count(":") == 1 else host.strip("[]")
    query = select(Node).where(or_(Node.address == name.lower(), func.lower(Node.name) == host.lower()))
    return db.session.scalars(query.order_by(Node.id)).first()


def _service(host: str) -> WebService | None:
    name = host.lower()
    for service in db.session.scalars(select(WebService).order_by(WebService.id)):
        if name in (service.url.lower(), service.name.lower(), urlsplit(service.url).netloc.lower()):
            return service
    return None


def _open(node: Node | None, service: WebService | None, source: AlertSource, alert: dict[str, Any]) -> str:
    """One outage a cause: a node that is part of an open one opens none."""
    words = _("%(source)s: %(text)s", source=source.name, text=_text(alert))
    with write_transaction():
        if _is_known(node, service):
            return "known"
        if node is not None:
            subject = _("Gangguan jaringan: %(name)s", name=node.name)
            seen = Sighting(subject, words, node_id=node.id, began_at=_began(alert), source="alert")
            open_ticket("network_outage", "open_by_monitor", MONITOR, seen)
        elif service is not None:
            subject = _("Gangguan server: %(name)s", name=service.name)
            seen = Sighting(subject, words, service_id=service.id, began_at=_began(alert), source="alert")
            open_ticket("server_outage", "open_by_monitor", MONITOR, seen)
    return "opened"


def _is_known(node: Node | None, service: WebService | None) -> bool:
    query = select(Outage.ticket_id).join(Ticket).where(Ticket.is_open, Outage.ended_at.is_(None))
    if node is not None:
        part = select(OutageNode.ticket_id).where(OutageNode.node_id == node.id)
        query = query.where(or_(Outage.cause_node_id == node.id, Outage.ticket_id.in_(part)))
    else:
        query = query.where(Outage.service_id == (service.id if service else 0))
    return db.session.scalar(query.limit(1)) is not None


def _keep_unknown(source: AlertSource, host: str, alert: dict[str, Any]) -> None:
    with write_transaction():
        host = _plain(host)[:253]
        row = db.session.scalars(
            select(UnknownAlert).where(UnknownAlert.source_id == source.id, UnknownAlert.host == host)
        ).one_or_none()
        if row is None:
            row = UnknownAlert(source_id=source.id, host=host, times=0)
            db.session.add(row)
        row.times, row.last_at, row.text = row.times + 1, utcnow(), _text(alert)[:500]


def _text(alert: dict[str, Any]) -> str:
    """What the other monitor said; for staff only, never public."""
    annotations = alert.get("annotations")
    said = annotations if isinstance(annotations, dict) else {}
    words = said.get("summary") or said.get("description") or alert.get("labels", {}).get("alertname", "")
    return _plain(str(words))[:1000]


def _plain(text: str) -> str:
    return "".join(character if character.isprintable() else " " for character in text)


def _began(alert: dict[str, Any]) -> datetime | None:
    try:
        began = datetime.fromisoformat(str(alert.get("startsAt", "")))
    except ValueError:
        return None
    return began if began.tzinfo and (utcnow() - began).days < 30 else None
