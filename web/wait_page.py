"""The answer to a network that has tried too often: what was too much, and when to come back."""

from __future__ import annotations

import math

from flask import render_template
from flask.typing import ResponseReturnValue

from models.base.counter import ends_at
from models.base.db import utcnow
from web.refusals import refused_because


def wait_page(sentence: str) -> ResponseReturnValue:
    """Too many tries from one network: when to come back."""
    refused_because("too many tries from this network")
    seconds = max(1, math.ceil((ends_at() - utcnow()).total_seconds()))
    page = render_template("public/frame/wait.html", sentence=sentence, minutes=math.ceil(seconds / 60))
    return page, 429, {"Retry-After": str(seconds)}
