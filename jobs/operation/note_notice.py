"""Keeps a new version of the privacy notice where a new version of the product says or promises something else."""

from __future__ import annotations

from models.base.db import write_transaction
from models.base.periods.privacy_notice import keep_notice


def note_notice() -> None:
    """Called where the page differs from its newest version."""
    with write_transaction():
        keep_notice()
