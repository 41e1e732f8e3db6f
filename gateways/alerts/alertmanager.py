"""Prometheus Alertmanager's webhook, Grafana's contact point of the same shape, and the list sent to /api/v2/alerts."""

from __future__ import annotations

from gateways.alerts.alert import Alert, BodyUnread, Says, hosts_of, key_of, moment, plain
from models.base.columns.json_value import Json
from models.base.db import utcnow

HOST_LABELS = (
    "host", "hostname", "instance", "nodename", "target", "node", "server", "ip", "address", "url",
    "monitor_name", "monitor_hostname", "monitor_url", "sysName",
)  # fmt: skip
STATES = {"firing": Says.FIRING, "resolved": Says.RESOLVED}


def read(body: Json) -> tuple[str, list[Alert]] | None:
    """The sender and its alerts; None where the body has another shape. Raises BodyUnread for a broken one."""
    if isinstance(body, dict) and "alerts" in body:
        return ("grafana" if "orgId" in body else "alertmanager"), _all(body["alerts"])
    if isinstance(body, list) and body and all(isinstance(one, dict) and "labels" in one for one in body):
        return "alertmanager", _all(body)
    return None


def _all(alerts: Json) -> list[Alert]:
    if not isinstance(alerts, list) or not all(isinstance(one, dict) for one in alerts):
        raise BodyUnread("alerts")
    return [_one(alert) for alert in alerts]


def _one(alert: dict[str, Json]) -> Alert:
    labels, notes = alert.get("labels", {}), alert.get("annotations") or {}
    if not isinstance(labels, dict):
        raise BodyUnread("labels")
    name = plain(labels.get("alertname"), 200)
    said = notes if isinstance(notes, dict) else {}
    return Alert(
        key=key_of(alert.get("fingerprint") or sorted((k, v) for k, v in labels.items() if k != "severity")),
        says=_says(alert),
        name=name,
        severity=plain(labels.get("severity") or labels.get("priority"), 40),
        hosts=hosts_of(labels.get(label) for label in HOST_LABELS),
        text=plain(said.get("summary")) or plain(said.get("description")) or plain(said.get("message")) or name,
        began_at=moment(alert.get("startsAt")),
    )


def _says(alert: dict[str, Json]) -> Says:
    """By its status; in the list, which has none, by its end: one to come is the sender's own time limit."""
    if "status" in alert:
        return STATES.get(plain(alert["status"]).lower(), Says.OTHER)
    ends_at = moment(alert.get("endsAt"))
    return Says.RESOLVED if ends_at is not None and ends_at <= utcnow() else Says.FIRING
