"""Does one act to many tickets in a lane of the worker; every right is asked by the step itself.

How it goes:
 1. one run is claimed under a lease, in one short transaction;
 2. its tickets are taken a few at a time, each by its own step and transaction, as the person who asked is now;
    after each few the place, the refusals and the lease are written;
 3. at the end the person is told by mail; the report stands at the run's page.
A worker that dies leaves its lease behind; when it ends another goes on from the last place. Each step carries the
run's own mark (`once`), so that what was done and not yet noted is recognised and not done again.
"""

from __future__ import annotations

import logging
import threading
from time import monotonic

from flask import current_app
from flask_babel import force_locale
from sqlalchemy import ColumnElement, and_, delete, or_, select
from werkzeug.datastructures import MultiDict

from mails.tickets.bulk_notices import bulk_ended
from models.base import lease as leases
from models.base.columns.json_value import Json
from models.base.db import db, utcnow, write_transaction
from models.organisation import audit
from models.organisation.staff import Staff
from models.tickets.bulk_run import KEPT_FOR, LEASE, TRIES, BulkRun, RunState
from procedures.engine.declaration import Actor
from procedures.tickets.bulk_acts import FORMS, take_for

FEW = 20  # tickets between two notes of the place
log = logging.getLogger("helpdesk")


def run_bulk_acts(ended: threading.Event | None = None) -> int:
    """Go on with all that wait, oldest first; says how many came to their end."""
    finished = 0
    while not (ended and ended.is_set()) and (claimed := claim()):
        finished += _go_on(*claimed, ended)
    return finished


def _due() -> ColumnElement[bool]:
    """What waits, or whose worker has died."""
    has_died = and_(BulkRun.state == RunState.RUNNING, leases.has_ended(BulkRun.leased_until, LEASE))
    return or_(BulkRun.state == RunState.QUEUED, has_died)


def claim() -> tuple[int, str] | None:
    """The oldest run that waits or whose worker has died, now leased to us."""
    return leases.first_of(select(BulkRun).where(_due()).order_by(BulkRun.id), _take)


def _take(run: BulkRun) -> tuple[int, str] | None:
    if run.attempts >= TRIES:
        _end(run, RunState.FAILED)
        return None
    run.state = RunState.RUNNING.value
    return run.id, run.hold(LEASE)


def _go_on(run_id: int, lease: str, ended: threading.Event | None) -> bool:
    try:
        while True:
            if ended is not None and ended.is_set():
                _give_back(run_id, lease)
                return False
            began = monotonic()
            with current_app.app_context():  # whatever is read once in a context is read anew for the next few
                is_over = _do_few(run_id, lease)
            if is_over is not None:
                return is_over
            if ended is not None:  # SQLite has one writer: half of the time is the others'
                ended.wait(monotonic() - began)
    except Exception:  # the lease ends, and another turn goes on from the last place
        db.session.rollback()
        log.exception("run %s fell over", run_id)
        return False


def _do_few(run_id: int, lease: str) -> bool | None:
    """The next few tickets; True when there were no more, False when the run is another worker's now."""
    run = db.session.get_one(BulkRun, run_id, populate_existing=True)
    staff = db.session.get_one(Staff, run.staff_id, populate_existing=True)
    few, act, fields, place = run.picks[run.at : run.at + FEW], run.act, dict(run.fields), run.at
    by, refused = Actor("staff", staff.name, staff, run.ip), []
    with force_locale(run.language):
        form_class = FORMS[act]
        form = form_class(MultiDict(fields)) if form_class else None
        for ticket_id, version in few:
            if why := take_for(ticket_id, version, act, by, form, f"many:{run_id}:{ticket_id}"):
                refused.append([ticket_id, why.sentence])
    with write_transaction():
        ours = select(BulkRun).where(BulkRun.id == run_id, BulkRun.lease == lease).with_for_update(of=BulkRun)
        row = db.session.scalars(ours.execution_options(populate_existing=True)).one_or_none()
        if row is None:
            return False
        row.at, row.refused = place + len(few), [*row.refused, *refused]
        row.attempts, row.leased_until = 0, utcnow() + LEASE
        if row.at < len(row.picks):
            return None
        _end(row, RunState.DONE)
    return True


def _end(run: BulkRun, state: RunState) -> None:
    run.finish(state)
    bulk_ended(run)
    diff: dict[str, Json] = {
        "act": run.act,
        "done": run.done,
        "refused": len(run.refused),
        "left": len(run.picks) - run.at,
    }
    audit.record("bulk_ended", "BulkRun", run.id, staff=run.staff, diff=diff)


def _give_back(run_id: int, lease: str) -> None:
    """The worker is asked to end: the next one goes on, at once."""
    with write_transaction():
        ours = select(BulkRun).where(BulkRun.id == run_id, BulkRun.lease == lease).with_for_update(of=BulkRun)
        if (run := db.session.scalars(ours).one_or_none()) is not None:
            run.state, run.attempts = RunState.QUEUED.value, 0
            run.let_go()


def forget_runs() -> None:
    """Remove reports after seven days, and selections for which nothing was chosen."""
    with write_transaction():
        over = BulkRun.state.in_((RunState.DONE, RunState.FAILED, RunState.CHOSEN))
        db.session.execute(delete(BulkRun).where(over, BulkRun.created_at < utcnow() - KEPT_FOR))
