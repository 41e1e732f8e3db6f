"""One JSON line an event, with the request's reference and without tokens (security.md S11, S12)."""

from __future__ import annotations

import json
import logging
import sys

from flask import Flask, has_request_context, request

from models.access_key import mask
from models.db import utcnow
from web.errors import reference

EXTRAS = ("status", "path", "mail", "job", "staff")


class JsonLine(logging.Formatter):
    """A record as one line of JSON; control characters are escaped by JSON itself."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": utcnow().isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if has_request_context():
            line |= {
                "reference": reference(),
                "method": request.method,
                "path": request.path,
                "ip": request.remote_addr or "",
            }
        line |= {key: value for key in EXTRAS if (value := getattr(record, key, None)) is not None}
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return mask(json.dumps(line, ensure_ascii=False, default=str))


def init_logs(app: Flask) -> None:
    """Send the house's log to standard error as JSON lines."""
    for name in ("helpdesk", app.logger.name):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(JsonLine())
        logger.addHandler(handler)
        logger.setLevel(logging.INFO if not app.config["TESTING"] else logging.WARNING)
        logger.propagate = app.config["TESTING"]
