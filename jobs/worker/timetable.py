"""Which job runs how often; exports, acts on many tickets and the watch run in threads beside it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from jobs.accounts.import_people_files import take_in_people
from jobs.accounts.keep_accounts import compare_directory, forget_secrets, reconcile_directory
from jobs.accounts.remind_reviews import remind_reviews
from jobs.installation.remind_units import remind_units
from jobs.operation.backup_timetable import run_due_backup
from jobs.operation.keep_statistics import keep_statistics
from jobs.operation.tidy import tidy
from jobs.outages.asked_probes import answer_asked_probes
from jobs.outages.static_copy import write_outage_copy
from jobs.outages.upkeep import keep_up
from jobs.tickets.close_resolved import close_resolved
from jobs.tickets.escalate import escalate
from jobs.worker.print_documents import print_documents
from jobs.worker.send_outbox import send_outbox
from procedures.outages.deciding import decide_outages

TIMETABLE: dict[str, tuple[timedelta, Callable[[], Any]]] = {
    "print_documents": (timedelta(seconds=3), print_documents),
    "remind_units": (timedelta(hours=6), remind_units),
    "send_outbox": (timedelta(seconds=3), send_outbox),
    "answer_asked_probes": (timedelta(seconds=2), answer_asked_probes),
    "take_in_people": (timedelta(seconds=2), take_in_people),
    "write_outage_copy": (timedelta(minutes=1), write_outage_copy),
    "decide_outages": (timedelta(minutes=1), decide_outages),
    "outage_upkeep": (timedelta(minutes=10), keep_up),
    "close_resolved": (timedelta(minutes=15), close_resolved),
    "escalate": (timedelta(minutes=5), escalate),
    "reconcile_directory": (timedelta(minutes=1), reconcile_directory),
    "compare_directory": (timedelta(days=1), compare_directory),
    "remind_reviews": (timedelta(hours=12), remind_reviews),
    "forget_secrets": (timedelta(hours=6), forget_secrets),
    "tidy": (timedelta(hours=1), tidy),
    "run_due_backup": (timedelta(minutes=10), run_due_backup),
    "keep_statistics": (timedelta(days=1), keep_statistics),
}
