"""Reads the body of an alert, whichever known monitor sent it: by its shape, so that no setting can be wrong."""

from __future__ import annotations

import json
from typing import NamedTuple

from gateways.alerts import alertmanager, librenms, uptime_kuma, zabbix
from gateways.alerts.alert import Alert, BodyUnread
from models.base.columns.json_value import Json

READERS = (alertmanager.read, uptime_kuma.read, librenms.read, zabbix.read)
MOST_ALERTS = 500


class AlertBody(NamedTuple):
    """Who seems to have sent it (alertmanager, grafana, uptime_kuma, zabbix, librenms) and its alerts."""

    sender: str
    alerts: list[Alert]


def read_alerts(body: bytes | str) -> AlertBody:
    """The alerts of one body. Raises BodyUnread when it is none, or holds more than 500."""
    found = _json(body)
    for read in READERS:
        if (reading := read(found)) is not None:
            if len(reading[1]) > MOST_ALERTS:
                raise BodyUnread("more than 500 alerts")
            return AlertBody(*reading)
    raise BodyUnread("no known shape")


def _json(body: bytes | str) -> Json:
    """One JSON value, or a value a line; raw line breaks inside strings are what a template leaves there."""
    try:
        text = (body.decode("utf-8-sig") if isinstance(body, bytes) else body.lstrip("\ufeff")).strip()
        try:
            return json.loads(text, strict=False)
        except ValueError:
            return [json.loads(line, strict=False) for line in text.splitlines() if line.strip()]
    except (ValueError, RecursionError) as broken:
        raise BodyUnread("no JSON") from broken
