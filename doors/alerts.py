"""Where other monitors send their alerts; procedures/outages/alerts.py says what comes of them."""

from __future__ import annotations

import base64
import binascii
from datetime import timedelta

from flask import request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from doors.blueprint import doors
from gateways.alerts.alert import BodyUnread
from models.base.counter import count_up
from models.base.db import keep_house, utcnow
from models.outages.alert import AlertSource
from procedures.outages.alerts import receive, source_of
from web.refusals import refused_because

MOST_BYTES = 256 * 1024
A_MINUTE = 60
READ = "Alertmanager, Grafana, Uptime Kuma, Zabbix, LibreNMS"


@doors.post("/api/alerts")
@doors.post("/api/alerts/api/v2/alerts")  # what Prometheus and LibreNMS make of an Alertmanager's address
def receive_alerts() -> ResponseReturnValue:
    """The bodies of known monitors, a token, 256 KB, 60 a minute; the only address without CSRF."""
    source = source_of(_token())
    if source is None:
        refused_because("unknown token")
        return {"error": "unknown token"}, 401, {"WWW-Authenticate": "Bearer"}
    if _count(source) > A_MINUTE:
        return {"error": "more than 60 a minute"}, 429, {"Retry-After": "60"}
    if (request.content_length or 0) > MOST_BYTES:
        return {"error": "more than 256 KB"}, 413
    try:
        body = _body()
    except RequestEntityTooLarge:
        body = b" " * (MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        return {"error": "more than 256 KB"}, 413
    try:
        return dict(receive(source, body)), 200
    except BodyUnread as unread:
        refused_because(f"body: {unread}")
        return {"error": f"no body of {READ}"}, 400


def _count(source: AlertSource) -> int:
    """How many alerts of this source this minute has seen; one that cannot be counted is heard all the same."""

    def count() -> int:
        source.used_at = utcnow()
        return count_up(f"alerts:{source.id}", timedelta(minutes=1))

    return keep_house(count) or 0


def _token() -> str:
    """The bearer token; or the password of a monitor that speaks basic authentication alone."""
    kind, _blank, given = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() == "bearer":
        return given.strip()
    if kind.lower() == "basic" and len(given) < 1_000:
        try:
            return base64.b64decode(given, validate=True).decode().partition(":")[2]
        except (binascii.Error, UnicodeDecodeError):
            return ""
    return ""


def _body() -> bytes:
    """As it came; of a form, as Uptime Kuma can send one, its field `data`."""
    if request.mimetype == "multipart/form-data":
        return request.form.get("data", "").encode()
    return request.stream.read(MOST_BYTES + 1)
