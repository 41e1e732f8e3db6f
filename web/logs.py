"""One JSON line an event, with the request's reference and without tokens (security.md S11, S12)."""

from __future__ import annotations

import json
import logging
import sys

from flask import Flask, has_request_context, request

from models.base.db import utcnow
from models.tickets.access_key import mask
from web.errors import reference
from web.secret_addresses import mask_addresses

EXTRAS = ("status", "path", "reason", "mail", "job", "lane", "ticket", "staff")
LONGEST_AGENT = 200  # characters
NOT_IN_A_LINE = {ord(c): f"\\u{ord(c):04x}" for c in "<>&\x7f"}


class JsonLine(logging.Formatter):
    """A record as one line of plain ASCII: what breaks a line, colours a terminal or turns text around is escaped.

    JSON escapes controls below a space and, in ASCII, all of Unicode's line ends, C1 controls and marks of direction;
    delete and the signs of HTML are added, so that a page that shows a log without care shows text.
    """

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
                "agent": request.headers.get("User-Agent", "")[:LONGEST_AGENT],
            }
        line |= {key: value for key in EXTRAS if (value := getattr(record, key, None)) is not None}
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        safe = {key: value if isinstance(value, int) else _masked(str(value)) for key, value in line.items()}
        return json.dumps(safe).translate(NOT_IN_A_LINE)  # masked before: a mask in the JSON could eat a quote's escape


def _masked(text: str) -> str:
    return mask_addresses(mask(text))


def init_logs(app: Flask) -> None:
    """Send the house's log, and the warnings of its libraries, to standard error as JSON lines."""
    names = ("helpdesk", app.logger.name) if app.config["TESTING"] else ("helpdesk", app.logger.name, None)
    for name in names:
        logger = logging.getLogger(name)
        logger.handlers.clear()
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(JsonLine())
        logger.addHandler(handler)
        logger.setLevel(logging.INFO if name and not app.config["TESTING"] else logging.WARNING)
        logger.propagate = app.config["TESTING"]
