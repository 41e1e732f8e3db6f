"""Uptime Kuma's webhook: one heartbeat of one monitor, or a bare message when the connection is tested."""

from __future__ import annotations

from typing import Any

from gateways.alerts.alert import Alert, Says, hosts_of, key_of, moment, plain
from models.base.columns.json_value import Json

STATES = {0: Says.FIRING, 1: Says.RESOLVED}  # 2 is pending, 3 Kuma's own maintenance
NO_URL = ("https://", "http://")  # what Kuma keeps as the URL of a monitor that has none
DOWN = "Down"


def read(body: Json) -> tuple[str, list[Alert]] | None:
    """The sender and its one alert; None where the body has another shape."""
    if not isinstance(body, dict) or not {"heartbeat", "monitor"} <= body.keys():
        return None
    heartbeat, monitor = body["heartbeat"], body["monitor"]
    if not isinstance(heartbeat, dict) or not isinstance(monitor, dict):
        return "uptime_kuma", [Alert(key_of("message"), Says.OTHER, text=plain(body.get("msg")))]
    alert = Alert(
        key=key_of("monitor", heartbeat.get("monitorID", monitor.get("id"))),
        says=_says(heartbeat.get("status")),
        name=DOWN,  # a heartbeat speaks of nothing but whether the monitor's target answers
        hosts=hosts_of(_hosts(monitor)),
        text=plain(heartbeat.get("msg")) or plain(body.get("msg")),
        began_at=moment(heartbeat.get("time")),
    )
    return "uptime_kuma", [alert]


def _says(status: Json) -> Says:
    return STATES.get(status, Says.OTHER) if isinstance(status, int) else Says.OTHER


def _hosts(monitor: dict[str, Json]) -> list[Any]:
    """What a monitor of this type asks; of a DNS monitor that is the name server, not the name looked up."""
    name, host, port, kind = (monitor.get(key) for key in ("name", "hostname", "port", "type"))
    if kind == "dns":
        return [monitor.get("dns_resolve_server"), name]
    url = monitor.get("url")
    asked = [] if url in NO_URL else [url]
    if host and port and kind != "ping":
        asked.append(f"[{host}]:{port}" if ":" in str(host) else f"{host}:{port}")
    return [*asked, host, name]
