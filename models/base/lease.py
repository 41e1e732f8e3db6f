"""Leases of work in hand: whoever dies leaves one behind, and it must end whatever the clock did meanwhile."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, or_

from models.base.db import utcnow

CLOCKS_DIFFER = timedelta(minutes=5)  # between the machines of one house


def is_ahead(column: Any, furthest: timedelta = timedelta(0)) -> ColumnElement[bool]:
    """Was this moment, `furthest` from now at most, written while the clock was ahead (Z36)?"""
    return column > utcnow() + furthest + CLOCKS_DIFFER


def has_ended(column: Any, length: timedelta) -> ColumnElement[bool]:
    """Is the lease over that `column` keeps and that was given for `length`?"""
    return or_(column <= utcnow(), is_ahead(column, length))


def is_over(until: datetime, length: timedelta) -> bool:
    """The same question about a value."""
    return not utcnow() < until <= utcnow() + length + CLOCKS_DIFFER
