"""Where other monitors send their alerts; procedures/outages/alerts.py says what they mean."""

from __future__ import annotations

import json
from datetime import timedelta

from flask import request
from flask.typing import ResponseReturnValue

from doors.blueprint import doors
from models.base.counter import count_up
from models.base.db import utcnow, write_transaction
from procedures.outages.alerts import AlertRefused, receive, source_of

MOST_BYTES = 256 * 1024
A_MINUTE = 60


@doors.post("/api/alerts")
def receive_alerts() -> ResponseReturnValue:
    """Alertmanager's webhook format, a bearer token, 256 KB, 60 a minute; the only address without CSRF."""
    kind, _blank, token = request.headers.get("Authorization", "").partition(" ")
    source = source_of(token.strip()) if kind.lower() == "bearer" else None
    if source is None:
        return {"error": "unknown token"}, 401, {"WWW-Authenticate": "Bearer"}
    with write_transaction():
        count = count_up(f"alerts:{source.id}", timedelta(minutes=1))
        source.used_at = utcnow()
    if count > A_MINUTE:
        return {"error": "more than 60 a minute"}, 429, {"Retry-After": "60"}
    if (request.content_length or 0) > MOST_BYTES:
        return {"error": "more than 256 KB"}, 413
    body = request.stream.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        return {"error": "more than 256 KB"}, 413
    try:
        received = receive(source, json.loads(body))
    except (AlertRefused, ValueError, RecursionError):
        return {"error": "not in Alertmanager's format"}, 400
    return vars(received), 200
