"""Tells one browser from another for a day, to count it once; nothing of it is kept longer."""

from __future__ import annotations

import hashlib
import secrets

from flask import session

from models.base.wording import today

KEY = "device"


def device_today() -> str:
    """A word that is this browser's today and leads to nobody: tomorrow it is another."""
    mark = session.get(KEY)
    if not isinstance(mark, str):
        mark = session[KEY] = secrets.token_urlsafe(12)
    return hashlib.sha256(f"{today()}|{mark}".encode()).hexdigest()[:32]
