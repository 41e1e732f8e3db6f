"""The mail to the address that stood in a register before somebody's contact was changed (security.md I6)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from mails.queue import queue
from mails.recipients import Recipient


def contact_changed(fields: Sequence[str], by: str, waits_until: datetime | None, to: Recipient) -> None:
    """Which data changed, by whom, and until when no password link goes to the new address; never what it is now."""
    until = waits_until.isoformat() if waits_until else ""
    queue("contact_changed", None, to, {"fields": list(fields), "by": by, "until": until})
