"""Says what the service cannot do yet while an installation is set up: on the front page, and instead of each form."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from models.base.columns.shown import Shown
from procedures.engine import catalog
from procedures.tickets.readiness import missing_acts, public_words
from public.frame.blueprint import site


@site.before_request
def say_what_is_not_ready() -> ResponseReturnValue | None:
    """Nobody fills in a form that leads to no desk."""
    missing = missing_acts()
    if missing and _act_of(request.path) in missing:
        return render_template("public/tickets/not_yet.html"), 503
    return None


@site.context_processor
def not_ready_words() -> dict[str, Shown]:
    """What the front page says about it, and whether it offers the complaint form."""
    return {"not_yet_words": public_words(), "takes_complaints": "complaints" not in missing_acts()}


def _act_of(path: str) -> str:
    """What a form at this address is part of: complaints, or requests of units."""
    if path == catalog.get("complaint").form_path:
        return "complaints"
    return "requests" if path in {p.form_path for p in catalog.PROCEDURES.values() if p.form_path} else ""
