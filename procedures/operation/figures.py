"""What the database says of the installation in numbers, for /metrics: tickets by state, ages of queues, jobs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import func, select

from models.base.db import db, utcnow
from models.base.heartbeat import Heartbeat, Sweep
from models.outages.network import Node, WebService
from models.tickets.issued_document import IssuedDocument
from models.tickets.outbox import Mail, MailState
from models.tickets.ticket import Ticket


class Figure(NamedTuple):
    """One number with its name, what it says, and its labels."""

    name: str
    says: str
    labels: dict[str, str]
    value: float


def figures() -> Iterator[Figure]:
    """All of them, in few statements; the caller guards against a database that is away."""
    yield from _tickets()
    yield from _queues()
    yield from _worker()
    yield from _watched()


def _tickets() -> Iterator[Figure]:
    open_ones = select(Ticket.procedure, Ticket.state, func.count()).where(Ticket.is_open)
    for procedure, state, count in db.session.execute(open_ones.group_by(Ticket.procedure, Ticket.state)).tuples():
        yield Figure("helpdesk_open_tickets", "Open tickets", {"procedure": procedure, "state": state}, count)
    late = select(func.count()).where(Ticket.is_open, Ticket.pause.is_(None), Ticket.due_at < utcnow())
    yield Figure("helpdesk_overdue_tickets", "Open tickets past their target", {}, db.session.scalar(late) or 0)


def _queues() -> Iterator[Figure]:
    waiting = Mail.state.in_((MailState.QUEUED, MailState.CLAIMED, MailState.DEAD, MailState.HELD))
    by_state = select(Mail.state, func.count()).where(waiting).group_by(Mail.state)
    for state, count in db.session.execute(by_state).tuples():
        yield Figure("helpdesk_outbox_mails", "Mails in the outbox that have not left", {"state": state}, count)
    due = select(func.min(Mail.not_before)).where(Mail.state == MailState.QUEUED, Mail.not_before <= utcnow())
    yield _age("helpdesk_outbox_oldest_seconds", "Age of the mail that is due longest", db.session.scalar(due))
    printed = select(func.min(IssuedDocument.issued_at), func.count()).where(
        IssuedDocument.sha256.is_(None), IssuedDocument.template != ""
    )
    oldest, count = db.session.execute(printed).one()
    yield Figure("helpdesk_documents_waiting", "Issued documents without a file", {}, count)
    yield _age("helpdesk_documents_oldest_seconds", "Age of the oldest of them", oldest)


def _worker() -> Iterator[Figure]:
    yield _age(
        "helpdesk_worker_beat_seconds",
        "Since the worker's last sign of life",
        db.session.scalar(select(func.max(Heartbeat.beat_at))),
    )
    for sweep in db.session.scalars(select(Sweep)):
        job = {"job": sweep.name}
        yield _age("helpdesk_job_age_seconds", "Since a recurring job last began", sweep.last_run_at, **job)
        yield Figure("helpdesk_job_failed", "Did its last run end with a fault?", job, float(bool(sweep.last_error)))


def _watched() -> Iterator[Figure]:
    for kind, model in (("node", Node), ("service", WebService)):
        columns: Any = model
        found = select(columns.condition, func.count()).where(columns.is_watched).group_by(columns.condition)
        for condition, count in db.session.execute(found).tuples():
            labels = {"kind": kind, "condition": str(condition)}
            yield Figure("helpdesk_watched", "Watched nodes and services", labels, count)


def _age(name: str, says: str, since: datetime | None, **labels: str) -> Figure:
    return Figure(name, says, labels, max(0.0, (utcnow() - since).total_seconds()) if since else 0.0)
