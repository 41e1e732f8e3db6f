"""The demonstration's clock: does what is inside the block at a moment of the past."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import models.base.db


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Do what is inside at a moment of the past."""
    before = models.base.db.clock
    models.base.db.clock = lambda: moment
    try:
        yield
    finally:
        models.base.db.clock = before
