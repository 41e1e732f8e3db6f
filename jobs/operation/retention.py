"""Forgets at night what is past its time, part by part, and records what went; `retention --dry-run` only counts.

How it goes:
 1. a run is a row; whoever finds one without an end goes on with it, so that a kill costs nothing but the last batch;
 2. each part reads the keys of what is due, then empties a batch in one short transaction, and looks again;
 3. between two batches the write lock is free for as long as the batch took, by the command too: nobody waits for the
    night's work, and what takes long to read is read before the lock;
 4. at the end the file store lets go of files that no row names, and once a week SQLite's file is written anew.
Rows that were emptied are no longer due: nothing is done twice, and nothing has to be remembered but the counts.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, text

from gateways.files.uploads import store
from jobs.operation.house import house_of_this_database
from jobs.operation.retention_parts import PARTS, RetentionPart
from jobs.operation.tidy import ORPHAN_AGE, hashes_in_use
from jobs.operation.write_anew import NAME, write_anew
from models.base.calendar import working_hours
from models.base.db import db, utcnow, write_transaction
from models.base.periods.retention_run import RetentionRun

NIGHT_BEGINS, NIGHT_ENDS = 1, 5  # o'clock, where the centre works
EVERY = timedelta(hours=20)  # one a night
LONGEST_WAIT = timedelta(hours=26)  # then it runs by day too: the machine is off at night
READ_AT_ONCE = 5_000
RUNS_KEPT = timedelta(days=730)
log = logging.getLogger("helpdesk")


def forget_at_night(ended: threading.Event | None = None) -> dict[str, list[int]]:
    """Go on with an unfinished run, or begin the night's; nothing by day. Says what went by part."""
    return run_now(ended) if is_night_due() else {}


def run_now(ended: threading.Event | None = None) -> dict[str, list[int]]:
    """The whole run, or the rest of one that was cut off: by part the rows, milliseconds, and the longest batch."""
    run_id, done = _run()
    for name, part in PARTS.items():
        if ended is not None and ended.is_set():
            return done
        _do(run_id, name, part, done, ended)
    if ended is not None and ended.is_set():
        return done
    _merge_search()
    store().remove_unnamed(hashes_in_use() | house_of_this_database().hashes_aside(), ORPHAN_AGE)
    if (millis := write_anew(done)) is not None:
        done[NAME] = [0, millis, millis]
    with write_transaction():
        run = db.session.get_one(RetentionRun, run_id)
        run.done = dict(done)
        run.ended_at = utcnow()
        for old in db.session.scalars(select(RetentionRun).where(RetentionRun.began_at < utcnow() - RUNS_KEPT)):
            db.session.delete(old)
    log.info("retention: %s", {name: counts[0] for name, counts in done.items() if counts[0]} or "nothing was due")
    return done


def due_now() -> dict[str, int]:
    """How many rows each part would take out now; nothing is written."""
    found = {name: db.session.scalar(select(func.count()).select_from(part.due().order_by(None).subquery())) or 0
             for name, part in PARTS.items()}  # fmt: skip
    db.session.rollback()
    return found


def is_night_due() -> bool:
    """Is it night and nothing forgotten yet, was a run cut off, or is a night overdue? Reads only."""
    last = db.session.scalars(select(RetentionRun).order_by(RetentionRun.id.desc()).limit(1)).first()
    now, zone = utcnow(), ZoneInfo(working_hours().zone)
    began, is_cut_off = (last.began_at, last.ended_at is None) if last is not None else (None, False)
    db.session.rollback()
    if is_cut_off:
        return True
    if began is not None and now - began < EVERY:
        return False
    is_night = NIGHT_BEGINS <= now.astimezone(zone).hour < NIGHT_ENDS
    return is_night or (began is not None and now - began > LONGEST_WAIT)


def _run() -> tuple[int, dict[str, list[int]]]:
    with write_transaction():
        query = select(RetentionRun).where(RetentionRun.ended_at.is_(None)).order_by(RetentionRun.id.desc()).limit(1)
        run = db.session.scalars(query).first()
        if run is None:
            run = RetentionRun(done={})
            db.session.add(run)
            db.session.flush()
        return run.id, dict(run.done)


def _do(run_id: int, name: str, part: RetentionPart, done: dict[str, list[int]], ended: threading.Event | None) -> None:
    after: int | None = None
    while keys := _keys(part, after):
        after = keys[-1]
        for at in range(0, len(keys), part.at_once):
            if ended is not None and ended.is_set():
                return
            some = keys[at : at + part.at_once]
            took = _batch(run_id, name, part.ahead(some) if part.ahead else part.forget, some, done)
            pause(took, ended)


def pause(seconds: float, ended: threading.Event | None = None) -> None:
    """Leave the lock to others for so long."""
    if ended is not None:
        ended.wait(seconds)
    else:
        time.sleep(seconds)


def _keys(part: RetentionPart, after: int | None) -> Sequence[int]:
    """The next keys that are due, in order; those that a batch left as they were are not read again."""
    due = part.due().order_by(None)
    key = due.selected_columns[0]
    if after is not None:
        due = due.where(key > after)
    found = list(db.session.scalars(due.order_by(key).limit(READ_AT_ONCE)))
    db.session.rollback()
    return found


def _batch(
    run_id: int, name: str, forget: Callable[[Sequence[int]], int], keys: Sequence[int], done: dict[str, list[int]]
) -> float:
    """Some rows and their count in one transaction; says how long the lock was held."""
    with write_transaction():
        began = time.monotonic()
        count = forget(keys)
        took = time.monotonic() - began
        rows, millis, longest = done.get(name, [0, 0, 0])
        took_ms = int(took * 1000)
        done[name] = [rows + count, millis + took_ms, max(longest, took_ms)]
        db.session.get_one(RetentionRun, run_id, populate_existing=True).done = dict(done)
    return took


def _merge_search() -> None:
    """SQLite's search index holds words that were taken out until its parts are merged: some pages at a time."""
    if db.engine.dialect.name != "sqlite":
        return
    for index in ("ticket_fts", "file_fts", "article_fts"):
        pages = -500
        for _turn in range(10_000):
            with write_transaction():
                connection = db.session.connection()
                before = connection.execute(text("SELECT total_changes()")).scalar_one()
                connection.execute(text(f"INSERT INTO {index}({index}, rank) VALUES('merge', {pages})"))  # noqa: S608
                after = connection.execute(text("SELECT total_changes()")).scalar_one()
            if after - before < 2:
                break
            pages = 500
