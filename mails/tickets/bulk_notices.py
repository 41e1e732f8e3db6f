"""The mail about an act on many tickets: on how many it was done, and how many refused."""

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
