"""The mails about exports: ready to fetch, or why not."""

from __future__ import annotations

from mails.queue import queue
from mails.recipients import Recipient
from models.organisation.export import Export


def export_ended(export: Export) -> None:
    """The person learns that the file is ready and until when it is kept, or that there is none."""
    to = Recipient(export.staff.email, export.staff.name, export.language, is_staff=True)
    facts = {
        "title": export.title,
        "rows": export.rows,
        "is_cut": export.is_cut,
        "state": export.state,
        "until": export.expires_at.isoformat(),
    }
    if to.email:
        queue("export_ended", None, to, facts, dedupe_key=f"export:{export.id}")
