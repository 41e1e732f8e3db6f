"""The answer to a network that has tried too often: what was too much, and when to come back.

Links and codes that we never gave are counted here: a network that tries many must wait, and known ones still open.
"""

from __future__ import annotations

import math

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from models.base import setting
from models.base.counter import count_up, ends_at
from models.base.db import keep_house, utcnow
from web.reader import network
from web.refusals import refused_because


def wait_page(sentence: str) -> ResponseReturnValue:
    """Too many tries from one network: when to come back."""
    refused_because("too many tries from this network")
    seconds = max(1, math.ceil((ends_at() - utcnow()).total_seconds()))
    page = render_template("public/frame/wait.html", sentence=sentence, minutes=math.ceil(seconds / 60))
    return page, 429, {"Retry-After": str(seconds)}


def wait_of_guesser() -> ResponseReturnValue | None:
    """Counts one more unknown link of this network; the page that says when to come back, once there were too many."""
    seen = keep_house(lambda: count_up(f"unknown-link:{network()}"))
    if (seen or 0) > int(setting.get("unknown_numbers_per_hour")):
        return wait_page(_("Terlalu banyak tautan yang tidak kami kenal dari jaringan Anda."))
    return None
