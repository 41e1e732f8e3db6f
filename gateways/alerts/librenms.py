"""LibreNMS's API transport, whose body is the template that the source's page gives to paste."""

from __future__ import annotations

from gateways.alerts.alert import Alert, Says, hosts_of, key_of, plain
from models.base.columns.json_value import Json

RESOLVED = ("0", "ok", "recovered", "recovery", "cleared", "clear", "resolved")
FIRING = ("1", "3", "4", "5", "alert", "alerting", "worse", "better", "changed", "firing", "down")  # 2: acknowledged
HOSTS = ("ip", "hostname", "sysName", "display")


def read(body: Json) -> tuple[str, list[Alert]] | None:
    """The sender and its one alert; None where the body has another shape."""
    if not isinstance(body, dict) or "state" not in body or not {"hostname", "sysName"} & body.keys():
        return None
    name = plain(body.get("name"), 200) or plain(body.get("rule"), 200) or plain(body.get("title"), 200)
    number, state = plain(body.get("alert_id")), plain(body.get("state")).lower()
    alert = Alert(
        key=key_of("alert", number) if number else key_of("rule", plain(body.get("hostname")), name),
        says=Says.RESOLVED if state in RESOLVED else Says.FIRING if state in FIRING else Says.OTHER,
        name=name,
        severity=plain(body.get("severity"), 40),
        hosts=hosts_of(body.get(key) for key in HOSTS),
        text=plain(body.get("title")) or name,
    )
    return "librenms", [alert]
