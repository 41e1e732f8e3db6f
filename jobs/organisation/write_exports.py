"""Writes the exports that take their time, in a lane of the worker.

How an export is made:
 1. one row is claimed under a lease (SKIP LOCKED lets many workers share), in one short transaction;
 2. the list is read as whoever asked may see it now, 1,000 rows a transaction; after each the lease is renewed and
    the progress is written; a worker that has lost its lease stops and leaves nothing behind;
 3. the file gets its name on disk when it is whole, and the row names it together with the mail.
A worker that dies leaves its lease behind; when it ends another begins from the start.
"""

from __future__ import annotations

import logging
import threading
from contextlib import suppress
from datetime import timedelta

from flask_babel import force_locale
from sqlalchemy import ColumnElement, and_, delete, or_, select, update

from gateways.files import export_files
from gateways.files.table_writer import write_table
from mails.organisation.export_notices import export_ended
from models.base import lease as leases
from models.base.columns.json_value import Json
from models.base.db import db, utcnow, write_transaction
from models.organisation import audit
from models.organisation.export import LEASE, TRIES, UNFINISHED, ZIP, Export, ExportState
from procedures.base.export_lists import ExportRefused, batches, bundle, named

HALVES_AGE = timedelta(hours=6)
log = logging.getLogger("helpdesk")


class ExportLeaseLost(Exception):
    """Another worker has taken over, or this one is to end."""


def write_exports(ended: threading.Event | None = None) -> int:
    """Write all that wait, oldest first; says how many became files."""
    written = 0
    while not (ended and ended.is_set()) and (claimed := claim()):
        written += _make(*claimed, ended)
    return written


def _due() -> ColumnElement[bool]:
    """What waits, or whose worker has died."""
    has_died = and_(Export.state == ExportState.RUNNING, leases.has_ended(Export.leased_until, LEASE))
    return or_(Export.state == ExportState.QUEUED, has_died)


def claim() -> tuple[int, str] | None:
    """The oldest export that waits or whose worker has died, now leased to us."""
    return leases.first_of(select(Export).where(_due()).order_by(Export.id), _take)


def _take(export: Export) -> tuple[int, str] | None:
    if export.attempts >= TRIES:  # three workers died on it: somebody must look, and whoever asked is told
        export.finish(ExportState.FAILED, export.error or "the worker died while it wrote this export")
        export_ended(export)
        return None
    export.state, export.rows = ExportState.RUNNING.value, 0
    return export.id, export.hold(LEASE)


def _make(export_id: int, lease: str, ended: threading.Event | None) -> bool:
    export = db.session.get_one(Export, export_id, populate_existing=True)
    key, staff_id, args, kind = export.view, export.staff_id, dict(export.args), export.format
    title, language = export.title, export.language
    db.session.rollback()

    def progress(count: int) -> None:
        if ended is not None and ended.is_set():
            raise ExportLeaseLost
        _hold(export_id, lease, count)

    try:
        with force_locale(language):
            if (listed := named(key)) is None:
                raise ExportRefused
            heads = listed.export_heads()
            with export_files.new_file() as (name, file):
                if kind == ZIP:
                    rows = bundle(file, key, staff_id, args, progress)
                else:
                    lines, scratch = batches(key, staff_id, args, progress), str(export_files.folder())
                    rows = write_table(kind, file, title, heads, lines, scratch=scratch)
                size = file.tell()
    except ExportLeaseLost:
        _give_back(export_id, lease)
        return False
    except ExportRefused:
        _end(export_id, lease, ExportState.REFUSED)
        return False
    except Exception as fault:  # told below; the other exports go on
        db.session.rollback()
        log.exception("export %s failed", export_id)
        _try_again(export_id, lease, f"{type(fault).__name__}: {fault}")
        return False
    if not _end(export_id, lease, ExportState.READY, name, rows, size):
        export_files.remove(name)
        return False
    return True


def _hold(export_id: int, lease: str, rows: int) -> None:
    """The lease for two minutes more, and how far we are; ExportLeaseLost when it is no longer ours."""
    with write_transaction():
        ours = db.session.execute(
            update(Export)
            .where(Export.id == export_id, Export.lease == lease)
            .values(rows=rows, leased_until=utcnow() + LEASE)
        )
        if ours.rowcount != 1:  # type: ignore[attr-defined]  # CursorResult, typed as Result
            raise ExportLeaseLost


def _give_back(export_id: int, lease: str) -> None:
    """The worker is asked to end: the next one begins afresh, at once."""
    with write_transaction():
        db.session.execute(
            update(Export)
            .where(Export.id == export_id, Export.lease == lease)
            .values(state=ExportState.QUEUED, lease="", leased_until=None, rows=0, attempts=Export.attempts - 1)
        )


def _try_again(export_id: int, lease: str, why: str) -> None:
    with write_transaction():
        export = _ours(export_id, lease)
        if export is not None and export.attempts >= TRIES:
            export.finish(ExportState.FAILED, why)
            export_ended(export)
        elif export is not None:
            export.state, export.error = ExportState.QUEUED.value, why[:300]
            export.let_go()


def _end(export_id: int, lease: str, state: ExportState, file: str = "", rows: int = 0, size: int = 0) -> bool:
    """The file's name is committed together with the mail that tells of it; False when the lease was lost."""
    with write_transaction():
        export = _ours(export_id, lease)
        if export is None:
            return False
        export.finish(state)
        export.file, export.rows, export.size = file, rows, size
        export_ended(export)
        diff: dict[str, Json] = {"view": export.view, "rows": rows, "format": export.format}
        audit.record(f"export_{state.value}", "Export", export.id, staff=export.staff, diff=diff)
    return True


def _ours(export_id: int, lease: str) -> Export | None:
    query = select(Export).where(Export.id == export_id, Export.lease == lease).with_for_update(of=Export)
    return db.session.scalars(query).one_or_none()


def forget_exports() -> None:
    """Remove files whose seven days are over with their rows, and what no row names."""
    with write_transaction():
        gone = (Export.expires_at < utcnow()) & Export.state.not_in(UNFINISHED)
        names = list(db.session.scalars(select(Export.file).where(gone, Export.file != "")))
        db.session.execute(delete(Export).where(gone))
    for name in names:
        with suppress(OSError):  # it is unnamed now, and the next turn removes it
            export_files.remove(name)
    kept = list(db.session.scalars(select(Export.file).where(Export.file != "")))
    db.session.rollback()
    export_files.remove_unnamed(kept, HALVES_AGE)
