"""The mail about an act for many tickets that took its time: how many it was done to, and how many were left."""

from __future__ import annotations

from mails.queue import queue
from mails.recipients import Recipient
from models.tickets.bulk_run import BulkRun


def bulk_ended(run: BulkRun) -> None:
    """The person learns what became of it, and where the report stands."""
    to = Recipient(run.staff.email, run.staff.name, run.language, is_staff=True)
    facts = {
        "title": run.title,
        "done": run.done,
        "refused": len(run.refused),
        "left": len(run.picks) - run.at,
        "run": run.id,
    }
    if to.email:
        queue("bulk_ended", None, to, facts, dedupe_key=f"bulk:{run.id}")
