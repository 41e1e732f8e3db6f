"""Reports and exports may be read from a replica of PostgreSQL (DATABASE_READ_URL), so that they hold up nobody's page.

How a question is asked there:
 1. the database says how far it has written; the replica is waited for until it is as far, so that whoever has just
    written something finds it in what they ask for;
 2. what is asked runs on a connection of the replica that cannot write;
 3. a replica that stays behind, or is away, or ends the question, is left alone for a while: a sentence in the log,
    and the question goes to the database itself.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from flask import Flask, current_app
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.orm import ORMExecuteState

from models.base.db import db, engine_options

R = TypeVar("R")
APART = "apart"  # in a session's info: the engine that is asked instead of the database
MOST_BEHIND_SECONDS, PAUSE_SECONDS = 2.0, 0.05
LEFT_ALONE_SECONDS = 30.0
log = logging.getLogger("helpdesk")


@dataclass
class Replica:
    """Of one process."""

    engine: Engine
    left_alone_until: float = 0.0

    def is_as_far(self, written: str) -> str:
        """Why it cannot be asked, in a sentence; empty when it has all that was written."""
        asked = text(
            "SELECT pg_is_in_recovery(), pg_wal_lsn_diff(CAST(:written AS pg_lsn), pg_last_wal_replay_lsn())"
        ).bindparams(written=written)
        until = time.monotonic() + MOST_BEHIND_SECONDS
        while True:
            try:
                with self.engine.connect() as connection:
                    is_replica, behind = connection.execute(asked).one()
            except SQLAlchemyError as fault:
                return f"it does not answer ({type(fault).__name__})"
            if not is_replica:
                return "it is no replica"
            if behind <= 0:
                return ""
            if time.monotonic() > until:
                return f"it is behind by {behind:,} bytes after {MOST_BEHIND_SECONDS:.0f} seconds"
            time.sleep(PAUSE_SECONDS)

    def leave_alone(self, why: str) -> None:
        self.left_alone_until = time.monotonic() + LEFT_ALONE_SECONDS
        log.warning("reports and exports are read from the database itself for a while; of the replica: %s", why)


def init_replica(app: Flask) -> None:
    """Nothing is connected before the first question: processes that are forked share no connection."""
    if url := app.config["DATABASE_READ_URL"]:
        options = engine_options(url)
        more = f"{options['connect_args']['options']} -c default_transaction_read_only=on"
        options |= {"pool_size": 2, "connect_args": {**options["connect_args"], "options": more, "connect_timeout": 2}}
        app.extensions["replica"] = Replica(create_engine(url, **options))
        if not event.contains(db.session, "do_orm_execute", _ask_apart):
            event.listen(db.session, "do_orm_execute", _ask_apart)


def _ask_apart(asked: ORMExecuteState) -> None:
    """The replica has a connection and a transaction of its own in the session; a rollback ends it with the other."""
    if engine := asked.session.info.get(APART):
        asked.bind_arguments["bind"] = engine


def replica() -> Replica | None:
    return current_app.extensions.get("replica")


def state_of_replica() -> tuple[bool, str]:
    """For the doctor."""
    found = replica()
    if found is None:
        return True, "No replica is named: reports are read from the database."
    why = found.is_as_far(_written())
    return not why, f"The replica of DATABASE_READ_URL is not asked: {why}." if why else "The replica is up to date."


def read_apart(ask: Callable[[], R]) -> R:
    """What `ask` says, asked of the replica if it may be; `ask` only reads, and may be called twice."""
    found = replica()
    if found is None or time.monotonic() < found.left_alone_until:
        return ask()
    if why := found.is_as_far(_written()):
        found.leave_alone(why)
        return ask()
    db.session.info[APART] = found.engine
    try:
        return ask()
    except OperationalError as fault:
        db.session.rollback()
        found.leave_alone(f"it ended a question ({type(fault.orig).__name__})")
    finally:
        db.session.info.pop(APART, None)
    return ask()


@contextmanager
def at_home() -> Iterator[None]:
    """Inside a question that is asked apart: what is asked or written here goes to the database itself."""
    engine = db.session.info.pop(APART, None)
    try:
        yield
    finally:
        if engine is not None:
            db.session.info[APART] = engine


def _written() -> str:
    return str(db.session.scalar(text("SELECT pg_current_wal_lsn()")))
