"""The public page of current outages and planned work."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from models.base.db import utcnow
from procedures.outages import board
from public.frame.blueprint import site


@site.get("/gangguan")
def outages() -> ResponseReturnValue:
    """For people; `Accept: application/json` gives the same as data."""
    current, planned = board.current(), board.planned()
    if request.accept_mimetypes.best == "application/json":
        return {"current": [n.as_data() for n in current], "planned": [n.as_data() for n in planned]}
    return render_template("public/outages/board.html", current=current, planned=planned, as_of=utcnow())
