"""Writes down every refused request with its reason: who asks "why could I not?" finds the line by its reference."""

from __future__ import annotations

import logging
from http import HTTPStatus

from flask import Flask, Response, request

from procedures.engine.acts import note_refused, noted_refusal

log = logging.getLogger("helpdesk")
STATUS_OF = {"hidden": 404, "role": 403, "state": 409, "stale": 409, "need": 409, "told": 409, "form": 422}
"""The status of the answer to a refused step, by why it was refused (StepRefused.why)."""


def refused_because(reason: str) -> None:
    """The reason of the answer that this request will get; the first one stays."""
    note_refused(reason)


def init_refusals(app: Flask) -> None:
    """One line for each answer that refuses (4xx); faults of ours are logged where they happen."""

    @app.after_request
    def _log(response: Response) -> Response:
        if 400 <= response.status_code < 500:
            reason = noted_refusal() or HTTPStatus(response.status_code).phrase
            log.info("refused", extra={"status": response.status_code, "path": request.path, "reason": reason})
        return response
