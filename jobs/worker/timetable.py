"""Which job runs in which lane and how often; the one place that says it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from jobs.accounts.import_people_files import take_in_people
from jobs.accounts.keep_accounts import compare_directory, forget_secrets, reconcile_directory
from jobs.accounts.remind_reviews import remind_reviews
from jobs.installation.remind_units import remind_units
from jobs.operation.backup_timetable import run_due_backup
from jobs.operation.keep_statistics import keep_statistics
from jobs.operation.note_notice import note_notice
from jobs.operation.retention import forget_at_night, is_night_due, run_now
from jobs.operation.tidy import tidy
from jobs.operation.watch_house import watch_house
from jobs.organisation.send_digests import send_digests
from jobs.organisation.write_exports import write_exports
from jobs.outages.asked_probes import answer_asked_probes
from jobs.outages.static_copy import has_copy, write_outage_copy
from jobs.outages.upkeep import keep_up
from jobs.outages.watch import watch, watch_once
from jobs.tickets.await_mail import await_mail, is_any_fetched
from jobs.tickets.bulk_acts import run_bulk_acts
from jobs.tickets.close_resolved import close_resolved
from jobs.tickets.count_months import count_months
from jobs.tickets.count_services import count_services
from jobs.tickets.count_words import count_words
from jobs.tickets.escalate import escalate
from jobs.tickets.fetch_mail import fetch_mail, is_mail_expected
from jobs.tickets.fill_search import fill_search, has_search_to_fill
from jobs.tickets.make_monthly_report import make_monthly_report
from jobs.tickets.open_routines import open_routines
from jobs.tickets.read_files import has_files_to_read, read_files
from jobs.tickets.recount_due import is_recount_asked, recount_due
from jobs.tickets.remind_articles import remind_articles
from jobs.tickets.seal_evidence import seal_evidence
from jobs.worker.lane import Done, Job
from jobs.worker.print_documents import print_documents
from jobs.worker.send_outbox import send_outbox
from models.base.periods.privacy_notice import is_notice_new
from procedures.outages.deciding import decide_outages
from procedures.tickets.evidence.sealing import is_anything_new
from procedures.tickets.routine.open_due import is_routine_due

SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def _sweep(name: str, every: timedelta, do: Callable[[], Done], is_wanted: Callable[[], bool] = lambda: True) -> Job:
    return Job(name, every, lambda _ended: do(), is_sweep=True, is_wanted=is_wanted)


LANES: dict[str, list[Job]] = {
    "documents": [Job("print_documents", 2 * SECOND, print_documents)],
    "mail": [Job("send_outbox", 2 * SECOND, send_outbox)],
    "mailboxes": [Job("fetch_mail", 30 * SECOND, fetch_mail, is_sweep=True, is_wanted=is_mail_expected)],
    "mail news": [Job("await_mail", MINUTE, await_mail, is_sweep=True, once=lambda: None, is_wanted=is_any_fetched)],
    "probes": [Job("answer_asked_probes", 2 * SECOND, answer_asked_probes)],
    "watch": [Job("watch", 5 * SECOND, watch, is_lasting=True, once=watch_once)],
    "imports": [Job("take_in_people", 2 * SECOND, take_in_people)],
    "exports": [Job("write_exports", 2 * SECOND, write_exports)],
    "many": [Job("run_bulk_acts", 2 * SECOND, run_bulk_acts)],
    "directory": [
        Job("reconcile_directory", MINUTE, lambda _ended: reconcile_directory()),
        _sweep("compare_directory", DAY, compare_directory),
    ],
    "outages": [Job("decide_outages", MINUTE, lambda _ended: decide_outages())],
    "board": [_sweep("write_outage_copy", MINUTE, write_outage_copy, is_wanted=has_copy)],
    "backup": [_sweep("run_due_backup", 10 * MINUTE, run_due_backup)],
    "health": [_sweep("watch_house", 3 * MINUTE, watch_house)],
    "search": [Job("fill_search", MINUTE, fill_search, is_sweep=True, is_wanted=has_search_to_fill)],
    "evidence": [Job("seal_evidence", 20 * SECOND, seal_evidence, is_sweep=True, is_wanted=is_anything_new)],
    "retention": [
        Job("forget_at_night", 10 * MINUTE, forget_at_night, is_sweep=True, once=run_now, is_wanted=is_night_due),
    ],
    "files": [Job("read_files", 10 * SECOND, read_files, is_sweep=True, is_wanted=has_files_to_read)],
    "upkeep": [
        _sweep("recount_due", MINUTE, recount_due, is_wanted=is_recount_asked),
        _sweep("open_routines", 5 * MINUTE, open_routines, is_wanted=is_routine_due),
        _sweep("escalate", 5 * MINUTE, escalate),
        _sweep("outage_upkeep", 10 * MINUTE, keep_up),
        _sweep("close_resolved", 15 * MINUTE, close_resolved),
        _sweep("remind_units", 6 * HOUR, remind_units),
        _sweep("send_digests", 10 * MINUTE, send_digests),
        _sweep("remind_reviews", 12 * HOUR, remind_reviews),
        _sweep("remind_articles", 12 * HOUR, remind_articles),
        _sweep("forget_secrets", 6 * HOUR, forget_secrets),
        _sweep("note_notice", 10 * MINUTE, note_notice, is_wanted=is_notice_new),
        _sweep("tidy", HOUR, tidy),
        _sweep("keep_statistics", DAY, keep_statistics),
        _sweep("count_services", DAY, count_services),
        _sweep("count_words", DAY, count_words),
        _sweep("count_months", HOUR, count_months),
        _sweep("make_monthly_report", HOUR, make_monthly_report),
    ],
}
